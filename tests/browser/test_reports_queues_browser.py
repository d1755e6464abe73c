"""The pages of queues and agents in Chromium: wide, on a phone's screen, in the dark, on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from desks import Desks, Opens
from phones import PHONE, WIDE
from playwright.sync_api import expect
from queue_day import fill

DAY = "since=2026-07-06&until=2026-07-06&zone=UTC"
QUEUES, AGENTS = f"/reports/queues?{DAY}", f"/reports/agents?{DAY}"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The pages for people, with a day of queues in the log."""
    made = Desks(tmp_path_factory.mktemp("queues"))
    fill(made.office.engine, made.office.settings.menus)
    yield made
    made.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("path", [QUEUES, AGENTS])
def test_everybody_can_read_it(opens: Opens, path: str, screen: dict[str, int], colours: str) -> None:
    """axe-core finds nothing serious; nothing is wider than the screen."""
    page = opens(path, viewport=screen, color_scheme=colours).page
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(it["id"], it["nodes"][0]["html"]) for it in found if it["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


def test_a_bar_leads_to_its_calls(opens: Opens) -> None:
    """A click on the handled visits of a day opens them."""
    page = opens(QUEUES).page
    page.locator("#days").scroll_into_view_if_needed()
    box = page.locator("#days .barlayer .trace").first.locator(".point path").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/reports/calls?*figure=handled*")


def test_the_aim_is_set_in_the_form(opens: Opens) -> None:
    """It is in the URL then, and the table goes by it."""
    page = opens(QUEUES).page
    page.get_by_label("Answered within, s").fill("95")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**seconds=95*")
    expect(page.get_by_role("row", name="bookings").first).to_contain_text("80 % in 95 s")


def test_without_scripts_the_numbers_are_there(opens: Opens) -> None:
    """Tiles and tables need no script."""
    page = opens(AGENTS, plots=False, java_script_enabled=False).page
    expect(page.get_by_role("row", name="Ana Ruiz").first).to_contain_text("110 s")


@pytest.mark.parametrize("path", [QUEUES, AGENTS])
def test_it_prints(opens: Opens, path: str) -> None:
    """On paper there are the figures, and neither navigation nor filters."""
    page = opens(path).page
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".figure.card").first).to_be_visible()
