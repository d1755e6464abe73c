"""Makes the pictures of docs/pictures that show the desk: python tests/browser/desk_pictures.py."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from phones import ROOT, WIDE, chromium

sys.path.insert(0, str(ROOT / "tests"))

from desks import Desk, Desks
from playwright.sync_api import expect, sync_playwright

PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    """An agent's desk while a call is offered, and the supervisors' page at the same moment."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        desks = Desks(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium())
        try:
            _a_day(desks)
            options = {"viewport": WIDE, "reduced_motion": "reduce"}
            ana = Desk(browser, desks.url, "ana", "/desk", **options)
            sue = Desk(browser, desks.url, "sue", "/desk/live", **options)
            ana.page.click("#available")
            ana.is_("Available")
            waiting = desks.day.waits(desks.day.calls("1", "4821", "123456"), since=250)
            desks.day.offers(waiting, "ana")
            ana.is_("Ringing")
            expect(sue.page.locator("#callers")).to_contain_text("rings at")
            for desk, name in ((ana, "desk.png"), (sue, "desk-live.png")):
                desk.page.mouse.move(5, 5)
                expect(desk.page.locator("#said")).to_be_empty(timeout=10_000)
                # Soft shadows are most of a picture's bytes.
                desk.page.evaluate("document.documentElement.style.setProperty('--shade', 'none')")
                desk.page.screenshot(path=PICTURES / name)
        finally:
            browser.close()
            desks.close()


def _a_day(desks: Desks) -> None:
    day, queues, now = desks.day, desks.office.queues, desks.office.clock()
    for _ in range(2):
        day.calls("2", ends=True)
    day.leaves_message(seconds=19, sid=day.calls("2", caller="+15005550119", ends=True))
    day.leaves_message(audio="waiting", seconds=31, sid=day.calls("2", caller="+15005550121", ends=True))
    day.wants_callback(caller="+15005550177", state="calling", tries=2, why="no answer")
    for number, waited in enumerate([8] * 10 + [50] * 3):
        event: dict[str, object] = {"kind": "connected", "step": "wait", "queue": "bookings", "waited": waited}
        day.happened(f"CA{number}", now, event)
    gone: dict[str, object] = {"kind": "abandoned", "step": "wait", "queue": "bookings", "waited": 33}
    day.happened("CA99", now, gone)
    queues.set_agent("mei", "away", day.now - 800, "lunch")
    queues.set_agent("raj", "available", day.now - 300)
    day.waits(day.calls("2", caller="+15005550166"), since=130, language="es-MX")
    day.waits(day.calls("2", caller="+15005550155"), "lost_property", since=44)


if __name__ == "__main__":
    main()
