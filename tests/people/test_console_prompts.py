"""The prompts of a line in the console: how texts stand, what is played; recordings sent, heard, kept, taken away."""

from __future__ import annotations

import csv
import json
import re
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from people_rooms import opened, settings_in
from visitors import Visitor, hidden, welcomed
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from ivr.store.embedded import Embedded
from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.prompts.manifest import read
from ivr.switchboard.publish import Publisher
from ivr.web.console import prompts_sent
from ivr.web.people.office import Office

LINE = """\
line: Corner Shop
numbers: ["+15005550006"]
timezone: America/Chicago
languages: [en-US, es-MX]
start: hello
operator: bye
steps:
  hello:
    menu:
      1 -> news:
        en-US: To hear the news
        es-MX: Para escuchar las noticias
      2 -> bye:
        en-US: To hang up
        es-MX: Para colgar
  news:
    say:
      - en-US: The shop is open all day.
        es-MX: La tienda abre todo el día.
      - en-US: =1+1 is open.
        es-MX: Abre.
    go: time
  time:
    say:
      en-US: It is <now as time>.
      es-MX: Son las <now as time>.
    go: closing
  closing:
    say:
      en-US: Goodbye.
      es-MX: Adiós.
    go: bye
  bye:
    say:
      en-US: Goodbye.
      es-MX: Adiós.
    go: hangup
"""

SHOP = "/console/lines/shop/prompts"
BYE = {"address": "bye.say", "variant": "0", "language": "en-US"}

SignedIn = Callable[..., Visitor]


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """Give one application for all tests here, with a folder for recordings."""
    folder = tmp_path_factory.mktemp("console")
    with opened(settings_in(folder, valkey.url, recordings=folder / "recordings")) as app:
        yield app


@pytest.fixture(scope="module")
def other(people_app: Flask) -> Visitor:
    """Give somebody else who brings recordings in."""
    return welcomed(people_app, "ines", "ops")


@pytest.fixture
def shop(office: Office) -> Iterator[Path]:
    """Give the file of a line that is live, without recordings."""
    path = office.settings.menus / "shop.yaml"
    path.write_text(LINE, "utf-8")
    Publisher(Versions(office.engine), office.redis, utc_now).publish(path, who="olga", why="the first")
    yield path
    folder = office.settings.recordings
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    if folder.exists():
        folder.rmdir()


def tone(seconds: float = 2.0, loud: float = 0.1, rate: int = 16000) -> bytes:
    """A file of audio: a tone that swells like speech, with silence around it."""
    at = np.arange(round(seconds * rate)) / rate
    sound = loud * np.sin(2 * np.pi * 300 * at) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at))
    quiet = np.zeros(rate // 4)
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.concatenate([quiet, sound, quiet]) * 32767).astype("<i2").tobytes())
    return out.getvalue()


TONE = tone()


def posts(who: Visitor, path: str, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    """Send a form with files, as a browser does."""
    values = {"csrf_token": who.token, **fields, "files": [FileStorage(BytesIO(held), name) for name, held in files]}
    boundary, body = encode_multipart(values)
    answer = who.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    return who._seen(answer)


def send(who: Visitor, *files: tuple[str, bytes], **data: str) -> TestResponse:
    """Send files from the page that has the form: that of a text, or that of all."""
    where = f"{SHOP}/one" if "address" in data else SHOP
    page = who.get(where, query_string=data if "address" in data else None).get_data(as_text=True)
    form = {"language": "en-US", "read_as": hidden(page, "read_as")} | data
    return posts(who, SHOP, *files, **form)


def heard(who: Visitor, sent: TestResponse) -> tuple[str, str]:
    """The address and the page of what was sent."""
    assert sent.status_code == 303, sent.get_data(as_text=True)
    return sent.headers["Location"], who.get(sent.headers["Location"]).get_data(as_text=True)


def audio(
    who: Visitor, path: str, query: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> TestResponse:
    """Fetch audio, to its end."""
    return who.client.get(path, query_string=query, headers=headers, buffered=True)


def kept(who: Visitor, sent: TestResponse) -> TestResponse:
    """Keep all that fits."""
    where, page = heard(who, sent)
    return who.post(where, **everything(page))


def everything(page: str) -> dict[str, str]:
    """The form of what was sent, as it stands."""
    found = re.findall(r'name="(seen \d+)" value="([^"]*)"', page)
    ticks = re.findall(r'name="keep" value="(\d+)" checked', page)
    return {**dict(found), "keep": ticks}  # type: ignore[dict-item]  # a list of them


def text(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def says(who: Visitor, path: str, **query: str) -> str:
    """What a page of the prompts says."""
    answer = who.get(f"{SHOP}{path}", query_string=query)
    assert answer.status_code == 200
    return text(answer.get_data(as_text=True))


def recorded(office: Office) -> dict[str, str]:
    """The words of what is recorded, by path."""
    return {path: entry.text for path, entry in read(office.settings.recordings).items()}


def test_only_who_may_sees_hears_and_sends(people_app: Flask, signed_in: SignedIn, shop: Path) -> None:
    """Strangers sign in first; agents and analysts get 403 everywhere, also with a large file."""
    assert Visitor(people_app.test_client()).get(SHOP).headers["Location"].startswith("/sign-in")
    for role in ("agent", "analyst"):
        it = signed_in(f"{role}-one", role)
        for path in ("", "/one", "/audio", "/script.csv", "/sent/x"):
            assert it.get(f"{SHOP}{path}", query_string=BYE).status_code == 403
        for path in ("", "/away", "/sent/x"):
            assert it.post(f"{SHOP}{path}", **BYE).status_code == 403
        assert posts(it, SHOP, ("a.wav", bytes(2_000_000))).status_code == 413


def test_each_text_stands_by_step_with_counts_and_filters(ops: Visitor, shop: Path, office: Office) -> None:
    """Recorded, stale, missing and spoken; what is shared; and only those that the address asks for."""
    kept(ops, send(ops, ("x", TONE), **BYE))
    kept(ops, send(ops, ("x", TONE), address="news.say", variant="0", language="es-MX"))
    shop.write_text(LINE.replace("La tienda abre todo", "Abierto todo"), "utf-8")
    page = says(ops, "")
    assert "These are the words of the file, which are not live yet." in page
    assert re.search(r"en-US all \d+ recorded 2 missing \d+ spoken \d+ about", page)
    assert re.search(r"es-MX all \d+ stale 1 missing \d+ spoken \d+ to be recorded \d+ about", page)
    assert "The old recording says: La tienda abre todo el día." in page
    assert "Also said at closing.say : one recording serves both." in page
    assert "Played from bye.say , the same words." in page
    wanted = says(ops, "", state="wanted", language="es-MX")
    assert "Abierto todo el día." in wanted
    assert "The shop is open all day." not in wanted
    assert "hello" in wanted
    assert "time" not in says(ops, "", state="stale").split("es-MX")[-1]
    assert "No text stands so." in says(ops, "", state="draft")
    for wrong in ({"state": "best"}, {"language": "fr-CA"}):
        assert ops.get(SHOP, query_string=wrong).status_code == 404
    assert ops.get("/console/lines/none/prompts").status_code == 404
    assert 'aria-current="page">Prompts</a>' in ops.get(SHOP).get_data(as_text=True)
    shop.write_text("line: x", "utf-8")
    assert "These are the words that are live: the file has errors" in says(ops, "")


def test_a_line_without_words_says_so(ops: Visitor, office: Office) -> None:
    """A new line with errors: nothing can be told of it, and nothing sent."""
    path = office.settings.menus / "new.yaml"
    path.write_text("line: New", "utf-8")
    assert "The prompts cannot be told" in ops.get("/console/lines/new/prompts").get_data(as_text=True)
    assert ops.get("/console/lines/new/prompts/audio", query_string=BYE).status_code == 404
    assert posts(ops, "/console/lines/new/prompts", ("x.wav", TONE)).status_code == 404
    path.unlink()


def test_what_callers_hear_is_played_and_nothing_else(ops: Visitor, shop: Path, office: Office) -> None:
    """A range of it, as audio alone; of a text that is played; a stale one only where it is asked for."""
    kept(ops, send(ops, ("x", TONE), **BYE))
    answer = audio(ops, f"{SHOP}/audio", BYE, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.data, answer.mimetype) == (206, b"RIFF", "audio/wav")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; media-src 'self'")
    shared = audio(ops, f"{SHOP}/audio", BYE | {"address": "closing.say"})
    assert shared.data == (office.settings.recordings / "en-US/shop/bye.say.wav").read_bytes()
    for wrong in ({"address": "hello.menu.1"}, {"address": "../manifest.json"}, {"variant": "1"}, {"language": ""}):
        assert audio(ops, f"{SHOP}/audio", BYE | wrong).status_code == 404
    shop.write_text(LINE.replace("Goodbye.", "So long."), "utf-8")
    assert audio(ops, f"{SHOP}/audio", BYE).status_code == 404
    for query in ({"stale": "yes"}, {"of": "live"}):
        assert audio(ops, f"{SHOP}/audio", BYE | query).status_code == 200
    assert "The recording says: Goodbye." in says(ops, "/one", **BYE)
    secret = office.settings.recordings.parent / "secret.wav"
    secret.write_bytes(b"RIFF")
    told = {"en-US/../../secret.wav": {"text": "To hang up", "piece": ""}, "../secret.wav": {"text": "So long."}}
    (office.settings.recordings / "manifest.json").write_text(json.dumps(told))
    assert audio(ops, f"{SHOP}/audio", BYE | {"address": "hello.menu.2"}).status_code == 404
    assert audio(ops, f"{SHOP}/audio", BYE).status_code == 404
    secret.unlink()


def test_a_recording_is_heard_before_it_is_kept(ops: Visitor, shop: Path, office: Office) -> None:
    """Loudness before and after, and the very audio; kept on a second press, noted, and played."""
    where, page = heard(ops, send(ops, ("My voice (3).flac", tone(9.0)), **BYE))
    assert "My voice (3).flac" in page
    assert re.search(r"9\.\d s, where the words take about 0\.\d s · loudness from -2\d\.\d to -20\.0 LUFS", page)
    assert "is it the right one?" in page
    played = audio(ops, f"{where}/0.wav", headers={"Range": "bytes=0-3"})
    assert (played.status_code, played.data) == (206, b"RIFF")
    with wave.open(BytesIO(audio(ops, f"{where}/0.wav").data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
    assert not office.settings.recordings.exists()
    answer = ops.post(where, **everything(page))
    assert answer.status_code == 302
    page = text(ops.get(answer.headers["Location"]).get_data(as_text=True))
    assert "1 recording is kept. Callers hear it from now on." in page
    assert "recorded Says" in page
    assert recorded(office) == {"en-US/shop/bye.say.wav": "Goodbye."}
    deed = office.audit.newest(1)[0]
    assert (deed.who, deed.did, deed.about["recordings"]) == ("otto", "recordings_kept", "en-US/shop/bye.say.wav")
    assert ops.get(where).status_code == 404
    shop.write_text(LINE.replace("To hang up", "To end the call"), "utf-8")
    done = kept(ops, send(ops, ("x", TONE), address="hello.menu.2", variant="0", language="en-US"))
    assert "publish the line for the rest" in ops.get(done.headers["Location"]).get_data(as_text=True)


MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(range(256)) * 40

BAD = {
    "empty": (b"", "it is empty"),
    "a text": (b"These are no sounds." * 50, "no audio that can be read; send WAV, AIFF, FLAC, OGG or MP3"),
    "a video": (MP4, "no audio that can be read"),
    "half a head": (TONE[:30], "it breaks off"),
    "silence": (tone(loud=0), "nothing but silence"),
    "a click": (tone(0.05), "too short"),
    "a page": (b"<script>alert(1)</script>", "no audio that can be read"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_audio_is_refused_by_content(ops: Visitor, shop: Path, office: Office, kind: str) -> None:
    """Whatever it is called; told beside the text, and nothing is changed."""
    held, why = BAD[kind]
    answer = send(ops, ("<b>good</b>.wav", held), **BYE)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, why in page, "Goodbye." in page) == (422, True, True)
    assert "<b>good" not in page
    assert not office.settings.recordings.exists()


def test_what_is_sent_is_bound_in_size(ops: Visitor, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, and all together; more than a form may have is taken, though."""
    assert send(ops, ("x.wav", tone(40)), **BYE).status_code == 303
    monkeypatch.setattr(prompts_sent, "LARGEST", 1000)
    assert "too large: 0 MB" in send(ops, ("x.wav", TONE), **BYE).get_data(as_text=True)
    monkeypatch.setattr(prompts_sent, "AT_ONCE", 1000)
    answer = send(ops, ("x.wav", bytes(1_100_000)), **BYE)
    assert (answer.status_code, "Nothing was changed: a file has at most" in answer.get_data(as_text=True)) == (
        413,
        True,
    )


def test_what_cannot_be_sent_is_told(ops: Visitor, shop: Path) -> None:
    """No file, two for one text, words that hold a value, a language or text that the line has not."""
    assert "Choose a file first." in send(ops, **BYE).get_data(as_text=True)
    assert "Choose a file first." in send(ops).get_data(as_text=True)
    assert "Choose one file" in send(ops, ("a.wav", TONE), ("b.wav", TONE), **BYE).get_data(as_text=True)
    page = ops.get(SHOP).get_data(as_text=True)
    form = {"read_as": hidden(page, "read_as"), "language": "en-US", "address": "time.say"}
    answer = posts(ops, SHOP, ("x.wav", TONE), **form)
    assert (answer.status_code, "these words hold a value" in answer.get_data(as_text=True)) == (422, True)
    for wrong, code in (({"address": "none.say"}, 404), ({"address": "", "language": "fr-CA"}, 400)):
        assert posts(ops, SHOP, ("x.wav", TONE), **(form | wrong)).status_code == code


def test_several_are_for_the_texts_of_their_names(ops: Visitor, shop: Path, office: Office) -> None:
    """Each with its verdict; a folder's language goes before the field's; what is ticked is kept, all of it or none."""
    sent = send(
        ops,
        ("hello.menu.1.wav", TONE),
        ("../../en-US/news.say.2.WAV", TONE),
        ("studio/es-MX/news.say.wav", TONE),
        ("hello.menu.11.wav", TONE),
        ("es-MX/hello.menu.1.wav", TONE),
        ("time.say.wav", TONE),
        ("notes.txt", b"take 3"),
        ("hello.menu.2.wav", b"x"),
        language="es-MX",
    )
    where, page = heard(ops, sent)
    told = text(page)
    assert "hello.menu.1.wav Para escuchar las noticias" in told
    assert "../../en-US/news.say.2.WAV =1+1 is open." in told
    assert "studio/es-MX/news.say.wav La tienda abre todo el día." in told
    assert "is no address of a prompt (did you mean &#34;hello.menu.1&#34;?)" in told
    assert "Refused: hello.menu.1.wav is for the same words; take one of them away." in told
    assert "Refused: these words hold a value" in told
    assert "notes.txt Left out: it is not named as a recording." in told
    assert "hello.menu.2.wav Para colgar, oprima 2. Refused: no audio that can be read" in told
    assert ops.post(where).status_code == 422
    assert ops.post(where, **(everything(page) | {"keep": ["0", "1", "3", "99", "x"]})).status_code == 302
    assert set(recorded(office)) == {"es-MX/shop/hello.menu.1.wav", "en-US/shop/news.say.2.wav"}
    assert "2 recordings are kept." in says(ops, "")
    assert list(office.settings.recordings.parent.glob("*.wav")) == []
    nothing = send(ops, ("x.wav", TONE), ("y.wav", b""))
    assert (nothing.status_code, "Nothing of it can be kept." in nothing.get_data(as_text=True)) == (422, True)


def test_other_words_than_those_that_were_read_are_told(ops: Visitor, shop: Path, office: Office) -> None:
    """Changed before it was sent, or before it was kept: a conflict that says the new words, and nothing is bound."""
    page = ops.get(f"{SHOP}/one", query_string=BYE).get_data(as_text=True)
    form = BYE | {"read_as": hidden(page, "read_as")}
    shop.write_text(LINE.replace("Goodbye.", "So long."), "utf-8")
    answer = posts(ops, SHOP, ("x.wav", TONE), **form)
    assert answer.status_code == 409
    assert "the words were changed since the page was opened. They say now: “So long.”" in answer.get_data(as_text=True)
    heap = posts(ops, SHOP, ("bye.say.wav", TONE), **(form | {"address": ""}))
    assert (heap.status_code, "They say now" in heap.get_data(as_text=True)) == (409, True)
    where, page = heard(ops, send(ops, ("x.wav", TONE), **BYE))
    shop.write_text(LINE, "utf-8")
    answer = ops.post(where, **everything(page))
    assert (answer.status_code, "They say now: “Goodbye.”" in answer.get_data(as_text=True)) == (409, True)

    assert not office.settings.recordings.exists()


def test_of_two_who_keep_one_is_told(ops: Visitor, other: Visitor, shop: Path, office: Office) -> None:
    """Who was slower hears what is there now, and may then put theirs in its place; nobody has another's upload."""
    mine, page = heard(ops, send(ops, ("mine.wav", tone(1.0)), **BYE))
    assert other.get(mine).status_code == audio(other, f"{mine}/0.wav").status_code == 404
    assert kept(other, send(other, ("theirs.wav", tone(3.0)), **BYE)).status_code == 302
    answer = ops.post(mine, **everything(page))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "somebody else changed the recording en-US/shop/bye.say.wav meanwhile" in page
    assert "In its place is a recording of 3.2 s:" in text(page)
    assert ops.post(mine, **everything(page)).status_code == 302
    assert read(office.settings.recordings)["en-US/shop/bye.say.wav"].seconds == pytest.approx(1.15, abs=0.1)
    for token in ("x", "..", "a" * 22, "%2e%2e"):
        assert ops.get(f"{SHOP}/sent/{token}").status_code == 404
    where, _ = heard(ops, send(ops, ("x.wav", TONE), **BYE))
    assert ops.post(where, away="yes").status_code == 302
    assert ops.get(where).status_code == 404
    assert list((office.settings.data / "uploads").glob(f"{where[-22:]}*")) == []


def test_a_recording_is_taken_away_again(ops: Visitor, other: Visitor, shop: Path, office: Office) -> None:
    """Its words are spoken again; noted; not where it is another's, or another recording by now."""
    kept(ops, send(ops, ("x.wav", TONE), **BYE))
    page = ops.get(f"{SHOP}/one", query_string=BYE).get_data(as_text=True)
    form = BYE | {"seen": hidden(page, "seen")}
    assert ops.post(f"{SHOP}/away", **form | {"address": "closing.say"}).status_code == 404
    kept(other, send(other, ("x.wav", tone(3.0)), **BYE))
    answer = ops.post(f"{SHOP}/away", **form)
    assert (answer.status_code, "Nothing was taken away" in answer.get_data(as_text=True)) == (409, True)
    answer = ops.post(f"{SHOP}/away", **form | {"seen": hidden(answer.get_data(as_text=True), "seen")})
    assert answer.status_code == 302
    page = ops.get(answer.headers["Location"]).get_data(as_text=True)
    assert "The recording is taken away. Nobody has recorded it, so it is spoken." in page
    assert recorded(office) == {}
    assert not (office.settings.recordings / "en-US/shop/bye.say.wav").exists()
    assert [(it.who, it.did) for it in office.audit.newest(1)] == [("otto", "recording_taken_away")]
    assert ops.post(f"{SHOP}/away", **form).status_code == 404


def test_a_broken_manifest_is_told_and_left_alone(ops: Visitor, shop: Path, office: Office) -> None:
    """On the list, for audio, and where something would be kept."""
    where, page = heard(ops, send(ops, ("x.wav", TONE), **BYE))
    manifest = office.settings.recordings / "manifest.json"
    manifest.parent.mkdir()
    manifest.write_text("{ oh", "utf-8")
    for path in ("", "/one", "/audio", "/script.csv"):
        answer = ops.get(f"{SHOP}{path}", query_string=BYE)
        assert (answer.status_code, "this is no JSON" in answer.get_data(as_text=True)) == (503, True)
    answer = ops.post(where, **everything(page))
    assert (answer.status_code, "Nothing was changed" in answer.get_data(as_text=True)) == (503, True)
    assert manifest.read_text("utf-8") == "{ oh"


def test_a_folder_that_cannot_be_written_is_told(
    ops: Visitor, shop: Path, office: Office, people_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read only, as some mount it, or full: a page of ours, and nothing is changed."""
    locked = replace(office.settings, recordings=Path("/proc/recordings"))
    monkeypatch.setitem(people_app.extensions, "ivr", replace(office, settings=locked))
    where, page = heard(ops, send(ops, ("x.wav", TONE), **BYE))
    answer = ops.post(where, **everything(page))
    assert (answer.status_code, "Nothing was changed: /proc/recordings" in answer.get_data(as_text=True)) == (503, True)
    nowhere = replace(office.settings, data=Path("/proc/data"))
    monkeypatch.setitem(people_app.extensions, "ivr", replace(office, settings=nowhere))
    answer = send(ops, ("x.wav", TONE), **BYE)
    assert (answer.status_code, "Nothing was changed: /proc" in answer.get_data(as_text=True)) == (503, True)


def test_the_script_is_taken_along(ops: Visitor, shop: Path) -> None:
    """CSV that no spreadsheet runs, and a page that prints and may load nothing; what is recorded only if asked."""
    kept(ops, send(ops, ("x.wav", TONE), **BYE))
    answer = ops.get(f"{SHOP}/script.csv", query_string={"language": "en-US"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="shop-en-US.csv"'
    rows = {row["address"]: row for row in csv.DictReader(StringIO(answer.get_data(as_text=True)))}
    assert {row["language"] for row in rows.values()} == {"en-US"}
    assert "bye.say" not in rows
    assert any(row["words"] == "'=1+1 is open." for row in rows.values())
    everything_ = ops.get(f"{SHOP}/script.csv", query_string={"all": "yes"}).get_data(as_text=True)
    assert "recorded" in everything_
    page = ops.get(f"{SHOP}/script.html")
    assert re.search(r"default-src 'none'; style-src 'sha256-[\w+/]{43}='", page.headers["Content-Security-Policy"])
    assert "Para escuchar las noticias" in page.get_data(as_text=True)
    assert ops.get(f"{SHOP}/script.exe").status_code == 404
    assert ops.get(f"{SHOP}/script.csv", query_string={"language": "xx"}).status_code == 404
