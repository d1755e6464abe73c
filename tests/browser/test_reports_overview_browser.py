"""The reports' overview and a figure's page in Chromium: wide, on a phone's screen, in the dark, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from desks import Desks, Opens
from phones import PHONE, WIDE
from playwright.sync_api import Browser, expect
from reports_week import fill

WEEK = "since=2026-06-25&until=2026-07-01&zone=America%2FChicago"
OVERVIEW = f"/reports?{WEEK}"
FIGURE = f"/reports/figures/service_level?{WEEK}&by=queue"
REFUSED = "/reports?since=soon&zone=Mars%2FPhobos"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The pages for people, with a week in the log."""
    made = Desks(tmp_path_factory.mktemp("reports"))
    fill(made.office.engine)
    yield made
    made.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("path", [OVERVIEW, FIGURE, "/reports/figures", REFUSED])
def test_everybody_can_read_it(opens: Opens, path: str, screen: dict[str, int], colours: str) -> None:
    """axe-core finds nothing serious; nothing is wider than the screen; the policy refuses nothing of ours."""
    page = opens(path, plots=path in (OVERVIEW, FIGURE), viewport=screen, color_scheme=colours).page
    found = Axe().run(page).response["violations"]
    assert [it["id"] for it in found if it["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


def test_plots_are_drawn_and_lead_to_calls(opens: Opens) -> None:
    """The bars are there; a click on one opens the calls of that day."""
    page = opens(OVERVIEW).page
    bar = page.locator("#days .barlayer .point").first
    expect(bar).to_be_attached()
    expect(page.locator("#week .heatmaplayer image")).to_be_attached()
    page.locator("#days").scroll_into_view_if_needed()
    box = page.locator("#days .barlayer .trace").first.locator(".point path").nth(4).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(r"/reports/calls\?.*since=2026-06-29"), timeout=60_000)


def test_without_scripts_the_numbers_are_there(opens: Opens, browser: Browser, desks: Desks) -> None:
    """Tiles, trends and outcomes need no script, and the numbers of each plot are in its table."""
    page = opens(OVERVIEW, plots=False, java_script_enabled=False).page
    expect(page.locator(".figure.card")).to_have_count(8)
    page.locator("#days ~ details summary").click()
    expect(page.get_by_role("row", name="Mon 2026-06-29")).to_contain_text("3")


def test_filters_survive_the_way_through_the_pages(opens: Opens) -> None:
    """Set by the form, they are in the URL; a link of the navigation keeps them; going back has them again."""
    page = opens(OVERVIEW).page
    page.get_by_label("Line").select_option("meridian")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile(r"/reports\?.*line=meridian"), timeout=60_000)
    page.get_by_label("Reports").get_by_role("link", name="Figures").click()
    page.wait_for_url(re.compile(r"/reports/figures\?.*line=meridian"), timeout=60_000)
    expect(page.get_by_label("Line")).to_have_value("meridian")
    assert "since=2026-06-25" in page.url
    page.go_back()
    page.wait_for_url(re.compile(r"/reports\?.*line=meridian"), timeout=60_000)


def test_days_are_those_of_the_browser(opens: Opens) -> None:
    """Where the URL names no zone, the page is in that of the browser, also of a half-hour one, at its first sight."""
    page = opens("/reports?since=2026-06-25&until=2026-07-01", timezone_id="Asia/Kolkata").page
    expect(page.locator(".about")).to_contain_text("UTC+5:30", timeout=60_000)  # Chromium calls it Asia/Calcutta


def test_it_prints(opens: Opens, tmp_path: Path) -> None:
    """On paper there are the figures and the plots, and neither navigation nor filters."""
    page = opens(OVERVIEW).page
    printed = page.pdf(format="A4", path=tmp_path / "overview.pdf")
    assert printed.startswith(b"%PDF")
    assert len(printed) > 20_000
    page.emulate_media(media="print")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".sections")).to_be_hidden()
    expect(page.locator("#days .main-svg").first).to_be_visible()


def test_a_keyboard_is_enough(opens: Opens) -> None:
    """From the top of the page one comes by Tab to the skip link, and by Enter past the navigation."""
    page = opens(OVERVIEW).page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".sections a").first).to_be_focused()
