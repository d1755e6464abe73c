"""The console on a carrier's account of its own: lines, numbers that are set well and badly, and a trial that is on."""

from __future__ import annotations

import threading
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from ivr.config import Settings
from ivr.phone import Exchange, ManualClock, RestServer
from ivr.phone.exchange import ACCOUNT
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.publish import Publisher
from ivr.web.people import create_people
from ivr.web.people.guard import hashed
from ivr.web.people.office import Office

TOKEN = "t" * 32
BASE = "https://phone.example.com"
OLD = "http://old.example.com/answer.php?line=2"
PASSWORD = "correct horse battery"

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
        self._valkey = Embedded(folder / "valkey")
        self.exchange = Exchange(ManualClock(), auth_token=TOKEN)
        self._rest = RestServer(self.exchange)
        self._rest.__enter__()
        settings = Settings(
            redis_url=self._valkey.__enter__().url, data=folder, menus=folder / "menus", secret_key="k" * 40,
            account_sid=ACCOUNT, auth_tokens=(TOKEN,), api_url=self._rest.url, public_url=BASE,
        )  # fmt: skip
        settings.menus.mkdir()
        engine = open_engine(settings.database)
        migrate(engine)
        engine.dispose()
        app = create_people(settings)
        self.office: Office = app.extensions["ivr"]
        self.office.people.set_password(self.office.people.add("otto", "ops", None).id, hashed(PASSWORD))
        self._lines(settings.menus)
        self._numbers()
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

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

    def tab(self, browser: Browser, **options: object) -> tuple[BrowserContext, Page]:
        """A tab of ops, who has signed in."""
        context = browser.new_context(**options)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{self.url}/sign-in")
        page.fill("#name", "otto")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(f"{self.url}/")
        return context, page

    def close(self) -> None:
        """Ends the pages, and all behind them."""
        self._server.shutdown()
        self._thread.join(30)
        self._server.server_close()
        self.office.close()
        self._rest.__exit__()
        self.exchange.close()
        self._valkey.__exit__(None, None, None)
