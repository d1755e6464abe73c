"""The console on a carrier's account of its own: lines, numbers that are set well and badly, and a trial that is on."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from people_rooms import PASSWORD, at_a_port, joins, office_of, opened, settings_in
from playwright.sync_api import BrowserContext, Page

from ivr.phone import Exchange, ManualClock, RestServer
from ivr.phone.exchange import ACCOUNT
from ivr.store.embedded import Embedded
from ivr.store.versions import Versions
from ivr.switchboard.publish import Publisher

TOKEN = "t" * 32
BASE = "https://phone.example.com"
OLD = "http://old.example.com/answer.php?line=2"

LINE = """\
line: {title}
numbers: [{numbers}]
timezone: America/Chicago
languages: [en-US]
start: hello
steps:
  hello:
    menu:
      1 -> bye: To hang up
  bye: {{say: Goodbye., go: hangup}}
"""


class House:
    """The pages on a free port, the carrier behind them, and a tab of somebody of ops."""

    def __init__(self, folder: Path) -> None:
        self._held = ExitStack()
        held = self._held.enter_context
        redis_url = held(Embedded(folder / "valkey")).url
        self.exchange = held(Exchange(ManualClock(), auth_token=TOKEN))
        api_url = held(RestServer(self.exchange)).url
        account = {"account_sid": ACCOUNT, "auth_tokens": (TOKEN,), "api_url": api_url, "public_url": BASE}
        settings = settings_in(folder, redis_url, **account)
        app = held(opened(settings))
        self.office = office_of(app)
        joins(self.office, "otto", "ops")
        self._lines(settings.menus)
        self._numbers()
        self.url = held(at_a_port(app))

    def _lines(self, menus: Path) -> None:
        publisher = Publisher(Versions(self.office.engine), self.office.redis, self.office.clock)
        for name, title, numbers in (
            ("meridian", "Meridian Coaches", '"+15005550006", "+15005550007", "+15005550008"'),
            ("lost", "Lost property", '"+15005550009"'),
            ("new", "Night line", '"+15005550010"'),
        ):
            path = menus / f"{name}.yaml"
            path.write_text(LINE.format(title=title, numbers=numbers), "utf-8")
            if name != "new":
                publisher.publish(path, who="olga", why="first start")
        path = menus / "meridian.yaml"
        path.write_text(path.read_text("utf-8").replace("To hang up", "To end this call"), "utf-8")
        publisher.publish(path, who="olga", why="clearer", share=0.1)

    def _numbers(self) -> None:
        ends = (f"{BASE}/voice/fallback", f"{BASE}/voice/status")
        self.exchange.line("+15005550006", f"{BASE}/voice", fallback_url=ends[0], status_url=ends[1])
        self.exchange.line("+15005550007", OLD)
        self.exchange.line("+15005550008", f"{BASE}/voice").trunk = "TK" + "0" * 32
        self.exchange.line("+15005550999", "https://other.example.com/voice")

    def tab(self, context: BrowserContext) -> Page:
        """A tab of ops, who has signed in."""
        page = context.new_page()
        page.goto(f"{self.url}/sign-in")
        page.fill("#name", "otto")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(f"{self.url}/")
        return page

    def close(self) -> None:
        """Ends the pages, and all behind them."""
        self._held.close()
