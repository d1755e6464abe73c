"""Makes the pictures of docs/pictures that show the console: python tests/browser/console_pictures.py."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import httpx
from phones import ROOT, WIDE, Served, chromium, until
from playwright.sync_api import Page, expect, sync_playwright

PICTURES = ROOT / "docs" / "pictures"
PASSWORD = "correct horse battery"


def main() -> None:
    """The editor with a problem, and what is to be published, of the demo line."""
    expect.set_options(timeout=30_000)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        served = Served(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium())
        try:
            people = f"http://127.0.0.1:{served.port + 1}"
            until(lambda: _answers(f"{people}/healthz"), 60)
            page = browser.new_page(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
            _sign_in(page, served)
            file = served.data.parent / "menus" / "meridian.yaml"
            text = file.read_text("utf-8")
            page.goto(f"{people}/console/files/meridian.yaml")
            page.fill("#text", text.replace("2 -> booking:", "2 -> bookng:"))
            expect(page.locator("#problems li.error").first).to_be_visible()
            page.locator("#problems li.error a").first.click()
            _picture(page, "console-edit.png")
            page.on("dialog", lambda it: it.accept())
            file.write_text(text.replace("en-US: To check a booking", "en-US: To check or change a booking"), "utf-8")
            page.goto(f"{people}/console/lines/meridian/publish")
            page.locator("summary").click()
            page.get_by_label("Why").fill("Bookings can be changed by phone now")
            page.set_viewport_size({"width": 1280, "height": 1130})
            page.locator("h1").click()
            _picture(page, "console-publish.png")
        finally:
            browser.close()
            served.stop()


def _sign_in(page: Page, served: Served) -> None:
    link = re.search(r"http://\S+/welcome/\S+", served.log.read_text())
    assert link
    page.goto(link[0])
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("main button")


def _picture(page: Page, name: str) -> None:
    # Soft shadows are most of a picture's bytes.
    page.evaluate("document.documentElement.style.setProperty('--shade', 'none')")
    page.screenshot(path=PICTURES / name)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


if __name__ == "__main__":
    main()
