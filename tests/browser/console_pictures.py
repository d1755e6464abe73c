"""Makes the pictures of docs/pictures that show the console: python tests/browser/console_pictures.py."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from phones import MERIDIAN, ROOT, WIDE, Served, chromium

sys.path.insert(0, str(ROOT / "tests"))

from callers import caller
from click.testing import CliRunner
from owners import serving, welcome
from playwright.sync_api import Page, expect, sync_playwright
from test_console_prompts_browser import tone

from ivr.cli import ivr

PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    """The editor with a problem, and what is to be published, of the demo line."""
    expect.set_options(timeout=30_000)
    with (
        tempfile.TemporaryDirectory() as folder,
        _tab(folder, viewport=WIDE, reduced_motion="reduce") as (served, page),
    ):
        file = served.data.parent / "menus" / "meridian.yaml"
        text = file.read_text("utf-8")
        page.goto(f"{served.people}/console/files/meridian.yaml")
        page.fill("#text", text.replace("2 -> booking:", "2 -> bookng:"))
        expect(page.locator("#problems li.error").first).to_be_visible()
        page.locator("#problems li.error a").first.click()
        _picture(page, "console-edit.png")
        page.on("dialog", lambda it: it.accept())
        file.write_text(text.replace("en-US: To check a booking", "en-US: To check or change a booking"), "utf-8")
        page.goto(f"{served.people}/console/lines/meridian/publish")
        page.locator("summary").click()
        page.get_by_label("Why").fill("Bookings can be changed by phone now")
        page.set_viewport_size({"width": 1280, "height": 1130})
        page.locator("h1").click()
        _picture(page, "console-publish.png")
    on_the_picture()
    with_recordings()
    in_an_emergency()


def on_the_picture() -> None:
    """The demo line with a week's traffic, a step that is open, and callers on it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"IVR_DATA": f"{folder}/var", "IVR_MENUS": str(ROOT / "menus"), "DATABASE_URL": "", "REDIS_URL": ""}
        made = CliRunner().invoke(ivr, ["demo-data", "--calls", "3000", "--force"], env=settings)
        assert made.exit_code == 0, made.output
        with _tab(folder, viewport={"width": 1180, "height": 680}) as (served, page), ExitStack() as stack:
            for number, keys in enumerate(("1", "1 1", "1 1", "2 2", "1 3", "1", "1 4")):
                it = stack.enter_context(caller(served, f"+1500555010{number}", MERIDIAN))
                for key in keys.split():
                    it.keys.put(key)
            page.goto(f"{served.people}/console/lines/meridian/picture?calls=7d&step=main")
            expect(page.locator("#calls tbody tr")).to_have_count(7)
            page.get_by_role("button", name="Open", exact=True).click()
            page.wait_for_timeout(1000)
            page.locator("#view").focus()
            for _ in range(3):
                page.keyboard.press("ArrowRight")
            page.keyboard.press("-")
            page.mouse.move(5, 5)
            page.evaluate("document.activeElement.blur()")
            page.wait_for_timeout(1500)
            _picture(page, "console-picture.png")


def with_recordings() -> None:
    """Recordings of the demo line that were sent: one that fits, one that is none, one that is too long."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "recordings", Path(folder, "recordings"))
        recordings = Path(folder, "recordings")
        with _tab(folder, recordings, viewport={"width": 1180, "height": 1010}) as (served, page):
            page.goto(f"{served.people}/console/lines/meridian/prompts")
            none = {"name": "goodbye.say.wav", "mimeType": "audio/wav", "buffer": b"a text, renamed"}
            good, long = tone("main.menu.1.wav", 3.1), tone("stop.ask.wav", 12)
            page.get_by_label("Files, named").set_input_files([good, none, long])
            page.get_by_role("button", name="Check and hear them").click()
            expect(page.locator(".sent")).to_have_count(3)
            _picture(page, "console-prompts.png")


def in_an_emergency() -> None:
    """What is on, and the switch, of the demo lines."""
    size = {"width": 1000, "height": 965}
    with tempfile.TemporaryDirectory() as folder, _tab(folder, viewport=size) as (served, page):
        settings = {"IVR_DATA": str(served.data), "IVR_MENUS": f"{folder}/menus"}
        assert CliRunner().invoke(ivr, ["retire", "quick"], env=settings).exit_code == 0
        page.goto(f"{served.people}/console/notices?target=queue:bookings&does=close")
        page.locator("summary").click()
        page.get_by_label("en-US").fill("We had to leave our office.")
        page.get_by_label("es-MX").fill("Tuvimos que salir de la oficina.")
        page.get_by_role("button", name="Keep it prepared").click()
        page.goto(f"{served.people}/console/notices?target=meridian&does=say")
        page.get_by_label("en-US").fill("All coaches to the north are delayed by snow.")
        page.get_by_label("es-MX").fill("Los autobuses al norte llegan tarde por la nieve.")
        page.get_by_role("button", name="Say it now").click()
        page.goto(f"{served.people}/console/notices")
        _picture(page, "console-notices.png")


@contextmanager
def _tab(folder: str, recordings: Path = ROOT / "recordings", **options: object) -> Iterator[tuple[Served, Page]]:
    with serving(Path(folder), recordings) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        try:
            page = browser.new_page(color_scheme="light", **options)  # type: ignore[arg-type]
            welcome(page, served)
            yield served, page
        finally:
            browser.close()


def _picture(page: Page, name: str) -> None:
    # Soft shadows are most of a picture's bytes.
    page.evaluate("document.documentElement.style.setProperty('--shade', 'none')")
    page.screenshot(path=PICTURES / name)


if __name__ == "__main__":
    main()
