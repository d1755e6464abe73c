"""Makes the pictures of docs/pictures that show the reports: python tests/browser/reports_pictures.py."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from phones import PHONE, ROOT, WIDE, chromium

sys.path.insert(0, str(ROOT / "tests"))

from click.testing import CliRunner
from desks import Desk, Desks
from playwright.sync_api import sync_playwright

from ivr.cli import ivr

PICTURES = ROOT / "docs" / "pictures"
UNTIL = "2026-07-01T15:00"
WEEKS = "since=2026-06-17&until=2026-06-30&zone=America/Chicago"
PAGES = (
    ("reports-overview.png", f"/reports?{WEEKS}", WIDE, "light"),
    ("reports-overview-phone.png", f"/reports?{WEEKS}", PHONE, "dark"),
    ("reports-flow.png", f"/reports/flow?{WEEKS}", {"width": 1280, "height": 1500}, "light"),
    ("reports-queues.png", f"/reports/queues?{WEEKS}", WIDE, "light"),
    ("reports-agents.png", f"/reports/agents?{WEEKS}", WIDE, "light"),
    ("reports-figure.png", f"/reports/figures/service_level?{WEEKS}", WIDE, "light"),
)


def main() -> None:
    """Each page over a log that nobody called."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        desks = Desks(Path(folder))
        settings = {"IVR_DATA": folder, "IVR_MENUS": str(ROOT / "menus"), "DATABASE_URL": "", "REDIS_URL": ""}
        made = CliRunner().invoke(ivr, ["demo-data", "--calls", "10000", "--until", UNTIL, "--force"], env=settings)
        assert made.exit_code == 0, made.output
        browser = playwright.chromium.launch(executable_path=chromium())
        try:
            for name, path, screen, colours in PAGES:
                options = {"viewport": screen, "color_scheme": colours, "reduced_motion": "reduce"}
                page = Desk(browser, desks.url, "sue", path, **options).page
                page.wait_for_selector('html[data-plots="drawn"]')
                # Soft shadows are most of a picture's bytes.
                page.evaluate("document.documentElement.style.setProperty('--shade', 'none')")
                page.screenshot(path=PICTURES / name, full_page=screen is WIDE)
        finally:
            browser.close()
            desks.close()


if __name__ == "__main__":
    main()
