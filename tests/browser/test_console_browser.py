"""The console in a browser: the ten minutes of its page step by step, and edit, break, mend, conflict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from eyes import findings, screens, spotless
from owners import owners_tab, serving
from phones import ROOT, WIDE, Served, until
from playwright.sync_api import Browser, Page, expect

STEPS = re.split(r"^\d+\. ", (ROOT / "docs" / "console.md").read_text("utf-8").split("## Ten minutes")[1], flags=re.M)


def says(step: int, label: str) -> str:
    """The label, which the documentation's step has in bold."""
    assert f"**{label}**" in " ".join(STEPS[step].split()), f"step {step} does not say **{label}**"
    return label


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service of its own, as `make run` starts it: these tests change its menus."""
    with serving(tmp_path_factory.mktemp("console")) as made:
        yield made


@pytest.fixture(scope="module")
def owner(house: Served, browser: Browser) -> Iterator[Page]:
    """A tab of the first owner, who followed the link; nothing may go wrong in it."""
    with owners_tab(house, browser, button=says(1, "Keep it and sign in")) as page:
        yield page


def menu(served: Served, name: str) -> Path:
    """A file of the service's menus."""
    return served.data.parent / "menus" / name


def live(served: Served) -> dict[str, str]:
    """The live version of each line, as the service answers it."""
    return {it["file"]: it["version"] for it in httpx.get(f"{served.app}/dev/lines", timeout=10).json()}


def test_ten_minutes(house: Served, owner: Page) -> None:
    """The steps of docs/console.md: words, the draft in the phone, scripts, published with a reason, taken back."""
    page, before = owner, live(house)["press-one"]
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=says(2, "Console")).click()
    card = page.locator("section.line", has_text="Press One")
    expect(card).to_contain_text("+15005550001")
    expect(card).to_contain_text("first start")
    card.get_by_role("link", name=says(2, "Words")).click()
    hello = page.locator("#step-hello").get_by_role("group", name="Key 1").locator("textarea")
    hello.fill("To hear something very nice")
    expect(page.locator("#unsaved")).to_have_text("1 not saved yet.")
    page.get_by_role("button", name=says(3, "Save the words")).click()
    expect(page.locator(".note")).to_contain_text("Callers hear it once it is published.")
    assert "To hear something very nice" in menu(house, "press-one.yaml").read_text()
    page.get_by_role("link", name=says(4, "Try"), exact=True).click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=says(4, "Call the draft")).click()
    phone = opened.value
    expect(phone.locator("#line-facts")).to_contain_text("The draft of press-one.yaml")
    phone.click("#mute")
    phone.click("#call")
    expect(phone.locator("#transcript")).to_contain_text("To hear something very nice, press 1.", timeout=30_000)
    phone.click("#hang-up")
    phone.close()
    assert live(house)["press-one"] == before
    page.get_by_role("button", name=says(5, "Run the scripted calls")).click()
    expect(page.locator("#scripts")).to_contain_text("scripted calls failed.", timeout=90_000)
    expect(page.locator(".heard")).to_contain_text("+en-US")
    page.get_by_role("button", name=says(5, "What was heard is right: write it into the scripts")).click()
    expect(page.locator("#scripts")).to_contain_text("scripted calls passed.", timeout=90_000)
    page.get_by_role("link", name=says(6, "Publish"), exact=True).click()
    expect(page.locator("main")).to_contain_text("To hear something very nice")
    page.get_by_label("Why").fill("friendlier")
    page.get_by_role("button", name=says(6, "Publish version")).click()
    expect(page.locator(".note")).to_contain_text("press-one is live as version")
    until(lambda: live(house)["press-one"] != before)
    expect(page.locator("#versions")).to_contain_text("friendlier")
    page.locator("#back").get_by_label("Why").fill("a mistake")
    page.get_by_role("button", name=says(7, "Go back to this version")).click()
    expect(page.locator(".note")).to_contain_text(f"press-one is live as version {before}")
    until(lambda: live(house)["press-one"] == before)
    page.get_by_role("link", name="Audit trail").click()
    expect(page.locator("tbody tr").first).to_contain_text("line rolled back")


def test_edit_break_mend_and_a_conflict(house: Served, owner: Page) -> None:
    """A broken line is told beside it while one types; saved on a clean check; git's change is not overwritten."""
    page, path = owner, menu(house, "quick.yaml")
    page.goto(f"{house.people}/console/files/quick.yaml")
    text = page.locator("#text")
    was = text.input_value()
    text.fill(was.replace("1 -> pin:", "1 -> pinn:"))
    problem = page.locator("#problems li.error")
    expect(problem.first).to_contain_text('there is no step "pinn"')
    row = was[: was.index("1 -> pin:")].count("\n") + 1
    expect(page.locator(".gutter div.error")).to_have_text(str(row))
    problem.first.get_by_role("link").click()
    expect(page.locator("#here")).to_contain_text(f"Line {row}: there is no step")
    text.fill(was.replace("say: Goodbye.", "say: So long."))
    expect(page.locator("#problems .error")).to_have_count(0)
    expect(page.locator("#unsaved")).to_be_visible()
    text.press("Control+s")
    expect(page.locator(".note")).to_contain_text("Saved.")
    assert "So long." in path.read_text()
    path.write_text(path.read_text().replace("Nothing came.", "Nothing from git."))
    text.fill(was.replace("say: Goodbye.", "say: From the browser."))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_contain_text("was changed by somebody else")
    expect(page.locator(".difference .gone")).to_contain_text(["Nothing from git.", "So long."])
    assert "Nothing from git." in path.read_text()
    assert findings(page) == []
    page.get_by_label("Yours").fill(path.read_text().replace("So long.", "From the browser."))
    page.get_by_role("button", name="Save what stands under").click()
    expect(page.locator(".note")).to_contain_text("Saved.")
    said = path.read_text()
    assert "Nothing from git." in said
    assert "From the browser." in said


def test_by_keyboard(house: Served, owner: Page) -> None:
    """Enter keeps the indentation, Tab leaves the text for what comes next, so nobody is caught in it."""
    page = owner
    page.goto(f"{house.people}/console/files/press-one.yaml")
    text = page.locator("#text")
    text.focus()
    text.evaluate("it => it.setSelectionRange(it.value.indexOf('  hello:') + 8, it.value.indexOf('  hello:') + 8)")
    page.keyboard.press("Enter")
    page.keyboard.type("x")
    assert "  hello:\n    x\n" in text.input_value()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Tab")
    expect(text).not_to_be_focused()
    page.on("dialog", lambda it: it.accept())
    page.goto(f"{house.people}/console")


def test_all_pages_are_accessible_and_fit_a_phone(house: Served, owner: Page) -> None:
    """axe finds nothing serious at 1280 and 390 pixels, in light and dark, and nothing is wider than the window."""
    page, path = owner, menu(house, "quick.yaml")
    path.write_text(path.read_text().replace("say: From", "say: Straight from").replace("go: main}", "go: main}", 1))
    pages = ("", "/lines/quick", "/files", "/files/meridian.yaml", "/words/meridian.yaml", "/lines/quick/try")
    for _ in screens(page):
        for address in (*pages, "/lines/quick/publish", "/audit"):
            page.goto(f"{house.people}/console{address}")
            if address.startswith("/files/"):
                expect(page.locator("#problems")).to_have_attribute("data-checked", re.compile("."))
            spotless(page, address)
    page.set_viewport_size(WIDE)
