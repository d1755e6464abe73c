"""A service with its browser phone, and what a person does with the page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import httpx
from playwright.sync_api import Page, expect
from redis import Redis

from ivr.store.embedded import attach
from ivr.store.queues import Queues

ROOT = Path(__file__).parents[2]
MERIDIAN = "+15005550006"
QUICK = "+15005550007"
AGENT = "+15005550100"  # whom Quick dials
ANA = "+15005550401"  # where an agent of Meridian's queue is called
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 800}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

LINE = """\
line: Quick
numbers: ["+15005550007"]
timezone: America/Chicago
country: US
languages: [en-US]
start: main
hours: {office: "Mo-Fr 08:00-18:00; PH off"}
steps:
  main:
    wait: 1s
    tries: 9
    menu:
      1 -> pin: To sign in
      2 -> message: To leave a message
      3 -> when: To hear whether we are open
      4 -> notice: To hear a notice
      5 -> person: To talk to one of us
    no_input: Nothing came.
    no_match: That was none of the choices.
  notice:
    say: This must be heard, whatever anybody presses meanwhile.
    interruptible: no
    go: main
  pin:
    say: One moment.
    ask: Enter your PIN.
    type: pin
    save: pin
    go: size
  size:
    ask: Enter your shoe size.
    digits: 2
    save: size
    go: booking
  booking:
    lookup: bookings
    found: main
    not_found: main
    failed: main
  when: {hours: office, open: open_now, closed: closed_now}
  open_now: {say: We are open., go: main}
  closed_now: {say: We are closed., go: main}
  person:
    dial: "+15005550100"
    answered: bye
    busy: nobody
    no_answer: nobody
    failed: nobody
  nobody: {say: Nobody can take your call right now., go: message}
  message:
    voicemail: general
    go: bye
  bye: {say: Goodbye., go: hangup}
lookups:
  bookings:
    post: http://127.0.0.1:9/
    body: {pin: <pin>}
    gives: {status: text}
    timeout: 0.5s
"""


def chromium() -> str | None:
    """Where the system's Chromium is."""
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Waits until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)


def free_ports() -> int:
    """A port that nobody has, and neither the two after it."""
    for _ in range(200):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = int(probe.getsockname()[1])
        with suppress(OSError, OverflowError):
            for port in range(first, first + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
    raise AssertionError("no three ports in a row are free")


def _is_there(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


class Served:
    """An `ivr serve` in development, on a folder of its own."""

    def __init__(self, folder: Path, *, token: str = "", recordings: Path = ROOT / "recordings") -> None:
        menus = folder / "menus"
        shutil.copytree(ROOT / "menus", menus)
        (menus / "quick.yaml").write_text(LINE, "utf-8")
        self.port = free_ports()
        self.log = folder / "serve.log"
        self.data = folder / "var"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IVR_", "TWILIO_"))}
        for name in ("REDIS_URL", "DATABASE_URL", "PUBLIC_URL"):
            kept.pop(name, None)
        settings = {"IVR_MENUS": menus, "IVR_RECORDINGS": recordings, "IVR_DATA": self.data}
        environment = kept | {name: str(value) for name, value in settings.items()}
        if token:
            environment["TWILIO_AUTH_TOKEN"] = token
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from ivr.cli import main; main()", "serve", "--port", str(self.port)],
                env=environment,
                stdout=log,
                stderr=log,
            )
        until(lambda: self.answers() or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.log.read_text()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port + 2}"

    @property
    def app(self) -> str:
        """Where the application is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def people(self) -> str:
        """Where the pages for people are."""
        return f"http://127.0.0.1:{self.port + 1}"

    def answers(self) -> bool:
        """Whether the phone is there, and the application behind it."""
        return _is_there(f"{self.url}/lines")

    def welcomes(self) -> bool:
        """Whether the pages for people are there."""
        return _is_there(f"{self.people}/healthz")

    def call(self, sid: str) -> dict[str, Any]:
        """The inside of a call."""
        return dict(httpx.get(f"{self.app}/dev/calls/{sid}", timeout=10).json())

    def agent(self, name: str, state: Literal["away", "available"]) -> None:
        """Lets an agent of the team be there, or away."""
        with Redis.from_url(attach(self.data / "valkey")) as redis:
            Queues(redis).set_agent(name, state, time.time())

    def child(self, module: str) -> int:
        """The pid of the service's child that runs a module."""
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parent = int(path.read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and module in (path.parent / "cmdline").read_text():
                    return int(path.parent.name)
        raise AssertionError(f"nobody runs {module}")

    def stop(self) -> None:
        """Ends it as a supervisor does."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.log.read_text()


class Phone:
    """A tab, as somebody uses it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.open()

    def open(self) -> None:
        """Loads the page, and waits until it can call."""
        self.page.goto(self.url)
        expect(self.page.locator("#call")).to_be_enabled()
        expect(self.page.locator("#line option").first).to_be_attached()

    def choose(self, number: str, at: str | None = None) -> None:
        """Sets up the call: the number, and the moment in the line's own time."""
        self.page.locator("#more").evaluate("fold => { fold.open = true }")
        self.page.fill("#to", number)
        if at is not None:
            self.page.get_by_label("Another time").check()
            self.page.fill("#moment", at)

    def call(self, number: str, at: str | None = None) -> None:
        """Calls, by mouse."""
        self.choose(number, at)
        self.page.click("#call")

    def own(self, address: str) -> None:
        """Lets an address ring here."""
        self.page.locator("#more").evaluate("fold => { fold.open = true }")
        self.page.fill("#mine", address)
        self.page.check("#rings")

    def press(self, keys: str) -> None:
        """Presses keys, by mouse."""
        for key in keys:
            self.page.click(f'[data-key="{key}"]')

    def hears(self, words: str, language: str | None = None, times: int = 1) -> None:
        """Waits until these words stand in the transcript, so often at least, in this language."""
        kind = f'.line[data-language="{language}"]' if language else ""
        item = self.page.locator(f"#transcript li{kind}", has_text=words)
        expect(item.nth(times - 1)).to_be_attached(timeout=20_000)

    def status(self, words: str | re.Pattern[str]) -> None:
        """Waits for the status in the display."""
        expect(self.page.locator("#status")).to_have_text(words, timeout=20_000)

    def trouble(self, words: str) -> None:
        """Waits for a trouble to be told."""
        expect(self.page.locator("#trouble")).to_contain_text(words, timeout=20_000)

    def sid(self) -> str:
        """The call that the inspector shows."""
        panel = self.page.locator("#panel-place")
        expect(panel).to_contain_text("CA", timeout=20_000)
        found = re.search(r"CA[0-9a-f]{32}", panel.inner_text() or panel.text_content() or "")
        assert found, panel.text_content()
        return found[0]
