"""The prompts of a line in a browser: heard, sent, refused, kept; with the eyes of axe at both sizes."""

from __future__ import annotations

import math
import re
import shutil
import struct
import wave
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from eyes import screens, spotless
from owners import owners_tab, serving
from phones import ROOT, WIDE, Served, until
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service of its own, with recordings of its own: these tests change them."""
    folder = tmp_path_factory.mktemp("prompts")
    shutil.copytree(ROOT / "recordings", folder / "recordings")
    with serving(folder, recordings=folder / "recordings") as made:
        yield made


@pytest.fixture(scope="module")
def owner(house: Served, browser: Browser) -> Iterator[Page]:
    """A tab of the first owner; nothing may go wrong in it."""
    with owners_tab(house, browser) as page:
        page.set_default_timeout(30_000)
        yield page


def tone(name: str, seconds: float) -> FilePayload:
    """A file of audio as a studio sends it."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        samples = (int(4000 * math.sin(at / 8)) for at in range(round(seconds * 16000)))
        file.writeframes(b"".join(struct.pack("<h", one) for one in samples))
    return {"name": name, "mimeType": "audio/wav", "buffer": out.getvalue()}


def plays(player: Locator) -> None:
    """Plays it by keyboard, until something was heard."""
    player.focus()
    player.press("Space")
    expect(player).to_have_js_property("error", None)
    until(lambda: bool(player.evaluate("it => it.currentTime > 0")), 30)
    player.evaluate("it => it.pause()")


def test_heard_sent_and_kept(house: Served, owner: Page) -> None:
    """What is no audio is refused beside its text; a good file is heard, kept, and played to callers."""
    page = owner
    page.goto(f"{house.people}/console/lines/meridian")
    page.get_by_role("link", name="Prompts", exact=True).click()
    expect(page.locator(".stand")).to_contain_text("draft")
    plays(page.locator("audio").first)
    page.goto(f"{house.people}/console/lines/press-one/prompts")
    page.locator(".stand").get_by_role("link", name=re.compile("^missing")).first.click()
    expect(page).to_have_url(re.compile("state=missing"))
    page.get_by_role("link", name="Record cheer.say in en-US").click()
    words = page.locator(".words").inner_text()
    field = page.get_by_label("A file of these words")
    field.set_input_files({"name": "take.wav", "mimeType": "audio/wav", "buffer": b"no sounds at all" * 20})
    page.get_by_role("button", name="Check and hear it").click()
    expect(page.get_by_role("alert")).to_contain_text("take.wav: no audio that can be read")
    expect(page.locator(".words")).to_have_text(words)
    page.get_by_label("A file of these words").set_input_files(tone("take 2.wav", 2.5))
    page.get_by_role("button", name="Check and hear it").click()
    expect(page.locator(".sent")).to_contain_text("LUFS")
    plays(page.locator("audio").first)
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".note")).to_contain_text("Callers hear it from now on.")
    plays(page.get_by_label("What callers hear"))
    file = f"{house.app}/recordings/en-US/press-one/cheer.say.wav"
    assert httpx.get(file, timeout=30).content[:4] == b"RIFF"
    page.get_by_text("Take the recording away").click()
    page.get_by_role("button", name="Take it away").click()
    expect(page.locator(".note")).to_contain_text("The recording is taken away.")
    assert httpx.get(file, timeout=30).status_code == 404


def test_several_at_once_and_every_page_is_accessible(house: Served, owner: Page, tmp_path: Path) -> None:
    """Each file has its verdict; axe finds nothing serious at 1280 and 390 pixels, and nothing is wider."""
    page = owner
    lists = f"{house.people}/console/lines/press-one/prompts"
    page.goto(lists)
    large = tmp_path / "large.wav"
    with large.open("wb") as out:
        out.truncate(51_000_000)
    page.get_by_label("Files, named").set_input_files(large)
    assert page.get_by_label("Files, named").evaluate("it => it.validationMessage").startswith("large.wav has 51 MB")
    good, bad = tone("cheer.say.wav", 2.5), tone("cheer.sya.wav", 1)
    page.get_by_label("Files, named").set_input_files([good, bad])
    page.get_by_role("button", name="Check and hear them").click()
    expect(page.locator(".sent")).to_contain_text(["Keep it", 'did you mean "cheer.say"'])
    heap = page.url
    one = f"{lists}/one?address=cheer.say&variant=0&language=en-US"
    addresses = (lists, lists.replace("press-one", "meridian"), one, heap)
    for _ in screens(page):
        for address in addresses:
            page.goto(address)
            spotless(page, address)
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".note")).to_contain_text("1 recording is kept.")
    page.goto(lists)
    page.get_by_role("link", name="as a page to print").first.click()
    expect(page.locator("h1")).to_have_text("Studio script")
    assert page.evaluate("getComputedStyle(document.body).maxWidth") == "960px"
