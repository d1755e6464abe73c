"""Makes the pictures of docs/calls.md: python tests/browser/calls_pictures.py."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from phones import ROOT, chromium

sys.path.insert(0, str(ROOT / "tests"))

from click.testing import CliRunner
from desks import Desk, Desks
from playwright.sync_api import sync_playwright
from sqlalchemy import select

from ivr.cli import ivr
from ivr.store.survey_tables import survey_answers
from ivr.web.people.office import Office

PICTURES = ROOT / "docs" / "pictures"
UNTIL = "2026-07-01T15:00"
WEEKS = "since=2026-06-18&until=2026-06-30&zone=America/Chicago"


def commented(office: Office) -> str:
    """A call whose caller spoke a comment."""
    query = select(survey_answers.c.call_sid).where(survey_answers.c.kind == "comment").order_by(survey_answers.c.at)
    with office.engine.connect() as connection:
        return str(connection.scalars(query.limit(1)).one())


def main() -> None:
    """Each page over a log that nobody called."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        desks = Desks(Path(folder))
        settings = {"IVR_DATA": folder, "IVR_MENUS": str(ROOT / "menus"), "DATABASE_URL": "", "REDIS_URL": ""}
        made = CliRunner().invoke(ivr, ["demo-data", "--calls", "3000", "--until", UNTIL, "--force"], env=settings)
        assert made.exit_code == 0, made.output
        pages = (
            ("reports-calls.png", f"/reports/calls?{WEEKS}&outcome=abandoned", 820),
            ("reports-call.png", f"/reports/calls/{commented(desks.office)}?zone=America/Chicago", 1200),
            ("reports-voice.png", f"/reports/voice?{WEEKS}&order=lowest&by=agent", 1500),
        )
        browser = playwright.chromium.launch(executable_path=chromium())
        try:
            for name, path, height in pages:
                options = {"viewport": {"width": 1280, "height": height}, "reduced_motion": "reduce"}
                page = Desk(browser, desks.url, "sue", path, **options).page
                page.wait_for_timeout(4000)  # until plots are drawn, where there are any
                # Soft shadows are most of a picture's bytes.
                page.evaluate("document.documentElement.style.setProperty('--shade', 'none')")
                page.screenshot(path=PICTURES / name)
        finally:
            browser.close()
            desks.close()


if __name__ == "__main__":
    main()
