"""Makes docs/pictures/console-numbers.png; with a FOLDER, each page at 1280 and 390: numbers_pictures.py [FOLDER]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from phones import PHONE, ROOT, WIDE, chromium

sys.path.insert(0, str(ROOT / "tests"))

from console_house import House
from playwright.sync_api import sync_playwright

LINE = "/console/lines/meridian"
PAGES = {
    "numbers": "/console/numbers",
    "trial": f"{LINE}/trial",
    "retire": f"{LINE}/retire",
    "compare": f"{LINE}/compare",
    "line": LINE,
    "publish": f"{LINE}/publish",
    "lines": "/console",
}


def main() -> None:
    """The page as the documentation shows it; or each page on both screens, to be looked at."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        house = House(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium())
        try:
            options = {"viewport": WIDE, "color_scheme": "light", "reduced_motion": "reduce"}
            page = house.tab(browser.new_context(**options))
            if len(sys.argv) > 1:
                for name, address in PAGES.items():
                    for screen in (WIDE, PHONE):
                        page.set_viewport_size(screen)  # type: ignore[arg-type]
                        page.goto(f"{house.url}{address}")
                        page.screenshot(path=Path(sys.argv[1]) / f"{name}-{screen['width']}.png", full_page=True)
                return
            page.set_viewport_size({"width": 1280, "height": 1000})
            page.goto(f"{house.url}/console/numbers")
            # Soft shadows are most of a picture's bytes.
            page.evaluate("document.documentElement.style.setProperty('--shade', 'none')")
            page.screenshot(path=ROOT / "docs" / "pictures" / "console-numbers.png")
        finally:
            browser.close()
            house.close()


if __name__ == "__main__":
    main()
