"""Where callers go in Chromium: wide, on a phone's screen, in the dark; the picture's parts lead to calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from desks import Desks, Opens
from flow_calls import OLD, fill
from phones import PHONE, WIDE
from playwright.sync_api import expect

FLOW = f"/reports/flow?since=2026-06-30&until=2026-07-01&zone=America%2FChicago&version={OLD}"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The pages for people, with some calls in the log."""
    made = Desks(tmp_path_factory.mktemp("flow"))
    fill(made.office.engine)
    yield made
    made.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_everybody_can_read_it(opens: Opens, screen: dict[str, int], colours: str) -> None:
    """axe-core finds nothing serious, with all of it unfolded; nothing but the picture is wider than the screen."""
    page = opens(FLOW, viewport=screen, color_scheme=colours).page
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(it["id"], it["nodes"][0]["html"]) for it in found if it["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


def test_a_step_of_the_picture_leads_to_its_calls(opens: Opens) -> None:
    """All nodes and links are drawn; a click on a step's node opens the calls that came to it."""
    page = opens(FLOW).page
    expect(page.locator("#flow .sankey-link")).to_have_count(7)
    node = page.locator("#flow .sankey-node").filter(has_text="main").locator("rect").first
    node.scroll_into_view_if_needed()
    box = node.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#flow.linked")).to_be_attached(timeout=30_000)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(f"**/reports/calls?*version={OLD}*step=main*", timeout=30_000)


def test_a_step_leads_to_what_happened_there(opens: Opens) -> None:
    """From the table of the worst places to the step, which unfolds, and from there to the calls."""
    page = opens(FLOW).page
    page.get_by_role("rowheader", name="main", exact=True).get_by_role("link").first.click()
    step = page.locator("#step-main")
    expect(step).to_have_attribute("open", "", timeout=30_000)
    step.get_by_role("row", name="pressed 1").first.get_by_role("link").last.click()
    page.wait_for_url("**/reports/calls?*event=chose*", timeout=30_000)
