"""The picture of a line in a browser: sized, moved, its steps opened, and a real caller who goes from step to step."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from callers import caller
from eyes import screens, spotless
from owners import owners_tab, serving
from phones import PHONE, ROOT, WIDE, Served, until
from playwright.sync_api import Browser, Locator, Page, expect

PATIENCE = 30_000
PIECES = "+15005550008"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service of its own."""
    with serving(tmp_path_factory.mktemp("pictures")) as made:
        yield made


@pytest.fixture(scope="module")
def owner(house: Served, browser: Browser) -> Iterator[Page]:
    """A tab of the first owner, who followed the link; nothing may go wrong in it."""
    with owners_tab(house, browser) as page:
        page.set_default_timeout(PATIENCE)
        yield page


def opened(page: Page, served: Served, path: str) -> Page:
    """The page of a picture, in a window of the usual size, when its script has run."""
    page.set_viewport_size(WIDE)
    page.goto(f"{served.people}/console/lines/{path}")
    expect(page.locator("#view.zooms")).to_be_visible(timeout=PATIENCE)
    return page


def seen(page: Page) -> list[float]:
    """What of the picture is in the box: x, y, width, height."""
    return [float(it) for it in str(page.locator("#view > svg").get_attribute("viewBox")).split()]


def still(page: Page) -> list[float]:
    """The same, when it has come to rest."""
    found: list[list[float]] = [[]]

    def rests() -> bool:
        found.append(seen(page))
        page.wait_for_timeout(120)
        return found[-1] == seen(page) == found[-2]

    until(rests, 30)
    return found[-1]


def step(page: Page, name: str) -> Locator:
    """A step on the picture, as a link."""
    return page.locator(f'#view .node[data-step="{name}"] > g > a').first


def count(page: Page, name: str) -> Locator:
    """The number of callers at a step."""
    return page.locator(f'#view .badge[data-at="{name}"] text')


def test_it_is_whole_at_first_and_sized_by_wheel_buttons_and_keys(house: Served, owner: Page) -> None:
    """The wheel keeps what is under the pointer; the smallest is the whole; a drag moves and opens nothing."""
    page = opened(owner, house, "meridian/picture")
    whole = still(page)
    box = page.locator("#view").bounding_box()
    assert box
    assert whole[2] / whole[3] == pytest.approx(box["width"] / box["height"], rel=0.02)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -500)
    until(lambda: seen(page)[2] < whole[2] * 0.8)
    near = still(page)
    assert near[0] + near[2] / 2 == pytest.approx(whole[0] + whole[2] / 2, abs=3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 150, box["y"] + box["height"] / 2 - 40, steps=5)
    page.mouse.up()
    moved = still(page)
    assert moved[0] > near[0]
    assert moved[1] > near[1]
    assert "step=" not in page.url
    page.get_by_role("button", name="Whole").click()
    assert still(page) == pytest.approx(whole, abs=1)
    page.get_by_role("button", name="Larger").click()
    assert still(page)[2] == pytest.approx(whole[2] / 1.3, rel=0.01)
    page.get_by_role("button", name="Smaller").click()
    assert still(page) == pytest.approx(whole, abs=1)
    page.locator("#view").focus()
    for _ in range(4):
        page.keyboard.press("+")
        still(page)
    before = seen(page)
    page.keyboard.press("ArrowRight")
    assert seen(page)[0] > before[0]
    page.keyboard.press("0")
    assert still(page) == pytest.approx(whole, abs=1)


def test_two_fingers_size_it(house: Served, owner: Page) -> None:
    """On a screen that is touched."""
    page = opened(owner, house, "meridian/picture")
    whole = still(page)
    box = page.locator("#view").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}] if apart else []
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 50)
    for apart in (70, 90, 110, 130, 150):
        touch("touchMove", apart)
    touch("touchEnd", 0)
    until(lambda: seen(page)[2] < whole[2] / 2)


def test_a_step_opens_beside_it_without_loading_the_page(house: Served, owner: Page) -> None:
    """By mouse, by keys, by name; the address is that of the step, and back closes it again."""
    page = opened(owner, house, "meridian/picture")
    page.evaluate("window.stays = true")
    step(page, "main").click()
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text("main", timeout=PATIENCE)
    expect(panel.locator("h2")).to_be_focused()
    expect(panel).to_contain_text("To hear when the next coach leaves, press 1.")
    expect(panel).to_contain_text("Para saber a qué hora sale el próximo autobús")
    assert page.url.endswith("/picture?step=main")
    expect(page.locator("#view .node.open")).to_have_attribute("data-step", "main")
    panel.locator(".leads").get_by_role("link", name="stop", exact=True).click()
    expect(panel.locator("h2")).to_have_text("stop", timeout=PATIENCE)
    page.go_back()
    expect(panel.locator("h2")).to_have_text("main", timeout=PATIENCE)
    page.get_by_label("Step", exact=True).select_option("goodbye")
    page.get_by_role("button", name="Open").click()
    expect(panel.locator("h2")).to_have_text("goodbye", timeout=PATIENCE)
    until(lambda: seen(page)[2] < 1500)
    panel.get_by_role("link", name="Close").click()
    expect(panel.locator("h2")).to_have_count(0)
    expect(step(page, "goodbye")).to_be_focused()
    step(page, "welcome").focus()
    page.keyboard.press("Enter")
    expect(panel.locator("h2")).to_have_text("welcome", timeout=PATIENCE)
    assert page.evaluate("window.stays")
    page.get_by_role("link", name="7 days").click()
    page.wait_for_url("**calls=7d**")
    expect(panel.locator("h2")).to_have_text("welcome", timeout=PATIENCE)


def test_a_recording_is_played(house: Served, owner: Page) -> None:
    """In place, and stopped by a second press."""
    page = opened(owner, house, "meridian/picture?step=goodbye")
    play = page.locator("#panel .play").first
    with page.expect_response(lambda it: "/prompts/audio" in it.url, timeout=PATIENCE) as answer:
        play.click()
    assert answer.value.status in (200, 206)
    expect(play).to_have_class(re.compile("plays"))
    assert page.url.endswith("step=goodbye")
    play.click()
    expect(play).not_to_have_class(re.compile("plays"))


def test_a_caller_goes_from_step_to_step(house: Served, owner: Page) -> None:
    """A real call: its number is on the step, flies to the next at each key, is in the list, and goes with the call."""
    page = opened(owner, house, "quick/picture")
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate(
        """() => { window.flights = 0; new MutationObserver((found) => found.forEach((it) => it.addedNodes.forEach(
        (made) => { if (made.classList?.contains("flight")) window.flights += 1; }))).observe(
        document.querySelector("#view .here"), {childList: true}); }"""
    )
    with caller(house, "+15005550106") as held:
        expect(count(page, "main")).to_have_text("1", timeout=PATIENCE)
        rows = page.locator("#calls tbody tr")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("…0106")
        expect(rows.get_by_role("link", name="main")).to_be_visible()
        with caller(house, "+15005550107") as other:
            expect(count(page, "main")).to_have_text("2", timeout=PATIENCE)
            held.keys.put("1")
            expect(count(page, "pin")).to_have_text("1", timeout=PATIENCE)
            expect(count(page, "main")).to_have_text("1")
            held.keys.put("1234#")
            expect(count(page, "size")).to_have_text("1", timeout=PATIENCE)
            expect(count(page, "pin")).to_have_count(0)
            assert page.evaluate("window.flights") == 2
            expect(page.locator("#told")).to_contain_text("on the line", timeout=PATIENCE)
            assert "1234" not in page.content()
            assert "5005550106" not in page.content()
            other.keys.put("3")
        expect(rows).to_have_count(1, timeout=PATIENCE)
        rows.get_by_role("link", name="size").click()
        expect(page.locator("#panel h2")).to_have_text("size", timeout=PATIENCE)
    expect(page.locator("#nobody")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#view .badge")).to_have_count(0)


def test_a_caller_within_a_closed_piece_is_on_its_box(house: Served, owner: Page) -> None:
    """The step is told in the list; on the picture the box has the number, and the step itself when it is open."""
    menus = house.data.parent / "menus"
    shutil.copytree(ROOT / "tests" / "menu" / "ok_pieces" / "pieces", menus / "pieces", dirs_exist_ok=True)
    text = (ROOT / "tests" / "menu" / "ok_pieces" / "line.yaml").read_text()
    text = text.replace("+15005550006", PIECES).replace("account: <who", "booking: <who")
    (menus / "line.yaml").write_text(text, "utf-8")
    command = [sys.executable, "-c", "from ivr.cli import main; main()", "publish", str(menus / "line.yaml")]
    data = {"IVR_DATA": str(house.data), "IVR_MENUS": str(menus)}
    subprocess.run(command, env=os.environ | data, check=True, timeout=120, capture_output=True)
    with caller(house, "+15005550111", PIECES):
        page = opened(owner, house, "line/picture?closed=who")
        expect(count(page, "who")).to_have_text("1", timeout=PATIENCE)
        expect(page.locator("#calls tbody tr")).to_contain_text("who.number")
        page.locator(".pieces").get_by_role("link", name="Open who", exact=True).click()
        expect(count(page, "who.number")).to_have_text("1", timeout=PATIENCE)
        expect(count(page, "who")).to_have_count(0)


def test_while_redis_is_away_the_page_says_so(house: Served, owner: Page) -> None:
    """The picture stays and steps open; what is told of callers is marked as old, until Redis is back."""
    page = opened(owner, house, "quick/picture")
    pid = int((house.data / "valkey" / "valkey.pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        expect(page.locator("#trouble")).to_contain_text("cannot be reached", timeout=PATIENCE)
        step(page, "bye").click()
        expect(page.locator("#panel h2")).to_have_text("bye", timeout=PATIENCE)
        page.reload()
        expect(page.locator("#away")).to_be_visible(timeout=PATIENCE)
        expect(step(page, "bye")).to_be_visible()
    finally:
        os.kill(pid, signal.SIGCONT)
    expect(page.locator("#trouble")).to_be_hidden(timeout=PATIENCE)
    expect(page.locator("#away")).to_have_count(0)


def test_motion_is_left_out_for_who_asks_so(house: Served, owner: Page) -> None:
    """The numbers change, and nothing flies or glides."""
    page = opened(owner, house, "quick/picture")
    page.emulate_media(reduced_motion="reduce")
    whole = seen(page)
    page.get_by_role("button", name="Larger").click()
    assert seen(page)[2] == pytest.approx(whole[2] / 1.3, rel=0.01)
    with caller(house, "+15005550108") as held:
        expect(count(page, "main")).to_have_text("1", timeout=PATIENCE)
        held.keys.put("1")
        expect(count(page, "pin")).to_have_text("1", timeout=PATIENCE)
        assert page.locator("#view .flight").count() == 0
    page.emulate_media(reduced_motion=None)


def test_it_is_accessible_and_fits_a_phone(house: Served, owner: Page) -> None:
    """axe finds nothing serious at 1280 and 390 pixels, light and dark, with a step open and a caller on the line."""
    with caller(house, "+15005550109"):
        for screen in screens(owner):
            for path in ("meridian/picture", "meridian/picture?step=main", "quick/picture?step=pin&calls=28d"):
                page = opened(owner, house, path)
                page.set_viewport_size(screen)
                if path.startswith("quick"):
                    expect(count(page, "main")).to_have_text("1", timeout=PATIENCE)
                spotless(page, path)
    owner.emulate_media(color_scheme=None)
    owner.set_viewport_size(WIDE)


def test_without_script_all_of_it_is_links(house: Served, owner: Page, browser: Browser) -> None:
    """The picture scrolls, a step opens by its link, and who is on the line stands in the list."""
    kept = owner.context.storage_state()
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, storage_state=kept)
    try:
        page = context.new_page()
        with caller(house, "+15005550110"):
            page.goto(f"{house.people}/console/lines/quick/picture")
            until(lambda: page.reload() and "…0110" in page.locator("#calls").inner_text())
            view = page.locator("#view")
            expect(page.get_by_role("button", name="Whole")).to_have_count(0)
            assert view.get_attribute("class") == "view"
            page.locator("#calls").get_by_role("link", name="main").click()
            expect(page.locator("#panel h2")).to_have_text("main")
            page.locator("#panel .leads").get_by_role("link", name="pin").click()
            expect(page.locator("#panel h2")).to_have_text("pin")
            page.get_by_label("Step", exact=True).select_option("bye")
            page.get_by_role("button", name="Open").click()
            expect(page.locator("#panel h2")).to_have_text("bye")
            step(page, "bye").click()
            expect(page.locator("#panel h2")).to_have_text("bye")
            expect(page.locator("#panel")).to_contain_text("Goodbye.")
    finally:
        context.close()
