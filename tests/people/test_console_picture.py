"""The picture of a line in the console: what it draws, what a step tells, and where the callers are now."""

from __future__ import annotations

import html
import json
import re
import shutil
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flow_calls import NOW, fill
from people_rooms import joins, office_of, opened, settings_in
from redis import RedisError
from visitors import Visitor

from ivr.call.state import Call, Queued
from ivr.store.calls import PARTITIONS, Calls, Saved, call_key, partition
from ivr.store.embedded import Embedded
from ivr.store.versions import Versions
from ivr.switchboard import whereabouts
from ivr.switchboard.pictures import DrawingError
from ivr.switchboard.publish import Publisher
from ivr.switchboard.sealing import Sealer
from ivr.switchboard.stepping import KEPT_SECONDS
from ivr.switchboard.whereabouts import LiveCalls
from ivr.web.console import picture_drawn
from ivr.web.console.picture_drawn import KEPT, Drawings
from ivr.web.people.office import Office

PIECES = Path(__file__).parents[1] / "menu" / "ok_pieces"
EVIL = '<script>alert("1")</script> & co'

SHOP = f"""\
line: '{EVIL}'
numbers: ["+15005550009"]
timezone: America/Chicago
languages: [en-US, es-MX]
start: main
operator: office
steps:
  main:
    say:
      en-US: '"Welcome" & hello, javascript:alert(1).'
      es-MX: Bienvenido & hola.
    menu:
      1 -> news:
        en-US: To hear & read "news"
        es-MX: Para oír <call.to as digits>
      2 -> office:
        en-US: To talk to us
        es-MX: Para hablar con nosotros
  news:
    say:
      - en-US: The news.
        es-MX: Las noticias.
      - en-US: The same news.
        es-MX: Las mismas.
    go: main
  office:
    dial: "+15005550199"
    answered: hangup
    busy: hangup
    no_answer: hangup
    failed: hangup
"""


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """Give the application: a line with calls in the log and no file, one with hostile words, one with pieces."""
    folder = tmp_path_factory.mktemp("picture")
    settings = settings_in(folder, valkey.url, recordings=folder / "recordings")
    shutil.copytree(PIECES, settings.menus, dirs_exist_ok=True)
    line = (PIECES / "line.yaml").read_text().replace("0006", "0008")
    with opened(settings, clock=lambda: NOW, fill=fill) as made:
        office = office_of(made)
        publisher = Publisher(Versions(office.engine), office.redis, office.clock)
        for name, text in (("line", line), ("shop", SHOP)):
            (settings.menus / f"{name}.yaml").write_text(text, "utf-8")
            publisher.publish(settings.menus / f"{name}.yaml", who="olga", force=True, why="a test")
        for role in ("analyst", "ops"):
            joins(office, f"{role}.one", role)
        yield made


@pytest.fixture(scope="module")
def ops(entered: Callable[[str], Visitor]) -> Visitor:
    """Give somebody who looks after the lines."""
    return entered("ops")


@pytest.fixture
def redis_calls(office: Office) -> Iterator[Calls]:
    """Give the calls, of which there are none before and after."""
    office.redis.flushall()
    yield office.calls
    office.redis.flushall()


def page(visitor: Visitor, path: str) -> str:
    """A page that is there."""
    response = visitor.get(f"/console/lines/{path}")
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def calling(calls: Calls, sid: str, place: str, seq: int = 1, line: str = "shop", **fields: Any) -> None:
    """A call that is at a step of a line, or ended there."""
    call = Call(sid, "v1", line, "+15005550101", "+15005550009", "en-US", place, seq, **fields)
    saved = Saved(seq=seq, turn=seq, state=Sealer("k" * 40).seal(call), reply=b"")
    ended = bool(call.ended)
    assert calls.close(sid, saved, expected=seq - 1, records=[b"{}"], expires=KEPT_SECONDS, ended=ended)


def test_only_who_may_sees_it(people_app: Flask, entered: Callable[[str], Visitor]) -> None:
    """Strangers sign in first, others get 403: the page, a step, the callers."""
    stranger = Visitor(people_app.test_client())
    assert stranger.get("/console/lines/shop/picture").headers["Location"].startswith("/sign-in")
    asked = {"headers": {"Accept": "application/json"}}
    assert stranger.get("/console/lines/shop/picture/live", **asked).status_code == 401
    for path in ("", "/step?step=main", "/live"):
        assert entered("analyst").get(f"/console/lines/shop/picture{path}").status_code == 403


def test_every_step_is_drawn_once_and_opens(ops: Visitor) -> None:
    """Each is a link of the picture, which the Tab key comes to once; nothing of it can run, whatever the words say."""
    found = page(ops, "shop/picture")
    drawing = found[found.index("<svg") : found.index("</svg>")]
    assert sorted(re.findall(r'data-step="(\w+)" class="node', drawing)) == ["hangup", "main", "news", "office"]
    for step in ("main", "news", "office"):
        stops = re.findall(rf'<a href="/console/lines/shop/picture\?step={step}" aria-label="{step}"(.*?)>', drawing)
        assert [stop for stop in stops if "tabindex" not in stop] == [""], step
    assert "<script>" not in drawing
    assert "style=" not in drawing
    assert "<title>" not in drawing
    assert html.escape(EVIL, quote=False)[:20] in drawing
    assert "alert" not in re.sub(r">[^<]*<", "><", drawing)
    assert 'aria-current="page">Picture<' in found


def test_it_is_laid_out_once_and_what_cannot_be_is_said(ops: Visitor, monkeypatch: Any) -> None:
    """Looked at again, the picture is the one that was drawn; where there is none, the page says why."""
    page(ops, "shop/picture")

    def too_large(*_: object) -> str:
        raise DrawingError("it is too large")

    monkeypatch.setattr(picture_drawn, "svg", too_large)
    assert "<svg" in page(ops, "shop/picture?step=news")
    found = page(ops, "shop/picture?calls=28d&step=news")
    assert "There is no picture of it: it is too large." in found
    assert "The same news." in found


def test_what_is_not_there_is_404(ops: Visitor) -> None:
    """A line, a step; what nobody could have asked for is 400."""
    for path in ("nothing/picture", "shop/picture?step=nothing", "shop/picture/step", "shop/picture/step?step=<b>"):
        assert ops.get(f"/console/lines/{path}").status_code == 404, path
    for query in ("of=yesterday", "calls=9d"):
        assert ops.get(f"/console/lines/shop/picture?{query}").status_code == 400, query
    assert "There is no such version" in page(ops, "meridian/picture?of=draft")
    assert page(ops, "shop/picture?closed=nothing&closed=main").count("<svg") == 1


def test_a_step_tells_its_words_ways_and_editor(ops: Visitor) -> None:
    """In each language with the seconds, and how they are said; its keys and where they lead; alone for the script."""
    whole, alone = page(ops, "shop/picture?step=main"), page(ops, "shop/picture/step?step=main")
    assert alone.strip() in whole
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", alone)).split())
    assert '"Welcome" & hello, javascript:alert(1). en-US · about' in text
    assert re.search(r"Bienvenido & hola\. es-MX · about \d\.\d s · missing", text)
    assert re.search(r"Para oír <call\.to as digits>, oprima 1\. es-MX · about \d\.\d s · spoken", text)
    assert '1 To hear & read "news" → news' in text
    assert '"/console/lines/shop/picture?step=news"' in alone
    assert 'href="/console/words/shop.yaml#step-main"' in alone
    assert "No call came here." in text
    news = page(ops, "shop/picture/step?step=news")
    assert ["Says" in news, "Says, time 2" in news, "The same news." in news] == [True] * 3


def test_a_step_tells_its_figures_and_leads_to_its_calls(ops: Visitor) -> None:
    """As the reports count them, of all versions; without a file there is nothing to edit."""
    found = page(ops, "meridian/picture/step?step=main")
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found)).split())
    assert "Visits 19" in text
    assert "Calls 11" in text
    assert "Wrong keys 2: 7 (2)" in text
    assert "Silence 4" in text
    assert re.search(r"Seconds, median \d+ s", text)
    assert re.search(r"pressed 1, “To hear when the next coach leaves” 8 72\.7 %", text)
    assert "/console/words/" not in found
    for link in re.findall(r'href="(/reports/[^"#]+)', found):
        assert ops.get(html.unescape(link)).status_code == 200, link


@pytest.mark.long
def test_traffic_is_on_the_picture_where_it_is_asked_for(ops: Visitor) -> None:
    """With the calls of so many days, and their words."""
    assert "11 calls" not in page(ops, "meridian/picture")
    found = page(ops, "meridian/picture?calls=28d")
    assert "11 calls from 2026" in html.unescape(found)
    assert 'href="/console/lines/meridian/picture?calls=28d&amp;step=main"' in found


@pytest.mark.long
def test_recordings_are_played_as_they_stand(ops: Visitor, office: Office) -> None:
    """One that fits, one whose words have changed, which says so; and a list that cannot be read."""
    folder = office.settings.recordings
    said = {"en-US": '"Welcome" & hello, javascript:alert(1).', "es-MX": "Hola <b>."}
    try:
        for language in said:
            sound(folder / language / "shop" / "main.say.wav")
        (folder / "manifest.json").write_text(
            json.dumps({f"{language}/shop/main.say.wav": {"text": words} for language, words in said.items()})
        )
        found = page(ops, "shop/picture/step?step=main")
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found)).split())
        assert "en-US · 2.0 s · recorded Play" in text
        assert "stale : its recording says Hola <b>. Play the old one" in text
        plays = [html.unescape(it) for it in re.findall(r'class="play" href="([^"]+)"', found)]
        assert len(plays) == 2
        for path in plays:
            with ops.client.get(path) as answer:
                assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "audio/wav", b"RIFF")
        (folder / "manifest.json").write_text("[")
        found = page(ops, "shop/picture/step?step=main")
        assert "Which recordings there are cannot be told" in found
        assert "Play" not in found
    finally:
        shutil.rmtree(folder)


def sound(path: Path) -> None:
    """Two seconds of silence."""
    path.parent.mkdir(parents=True)
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(bytes(32000))


@pytest.mark.long
def test_pieces_are_boxes_that_open_and_close(ops: Visitor) -> None:
    """All are open at first; a closed one is one box whose steps are told still, and what is in it closes with it."""
    opened = page(ops, "line/picture")
    assert 'data-step="who.number"' in opened
    assert 'data-step="again.sure.right"' in opened
    close = re.search(r'href="([^"]+)">Close<span class="hidden"> who<', opened)
    assert close
    closed = page(ops, html.unescape(close[1]).removeprefix("/console/lines/"))
    assert 'data-step="who.number"' not in closed
    assert 'data-step="who"' in closed
    assert 'data-step="again.sure.right"' in closed
    assert ">who.sure</strong>" not in closed
    assert re.search(r'<a href="/console/lines/line/picture">Open<span class="hidden"> who<', closed)
    step = page(ops, "line/picture/step?step=who.number&closed=who")
    assert "Enter your account number." in step
    assert 'href="/console/words/pieces/identify.yaml#step-number"' in step
    assert "Identify the caller" in page(ops, "line/picture/step?step=who&closed=who")


@pytest.mark.long
def test_the_draft_is_another_picture(ops: Visitor, office: Office) -> None:
    """Of the file as it is; with what is open kept where both have it, and words where the file has errors."""
    path = office.settings.menus / "shop.yaml"
    try:
        path.write_text(SHOP.replace("news:", "events:").replace("-> news", "-> events"))
        draft = page(ops, "shop/picture?of=draft")
        assert 'data-step="events"' in draft
        assert 'data-step="news"' not in draft
        assert 'href="/console/lines/shop/picture">Live</a>' in page(ops, "shop/picture?of=draft&step=events")
        assert 'href="/console/lines/shop/picture?step=main">Live</a>' in page(ops, "shop/picture?of=draft&step=main")
        path.write_text(SHOP.replace("go: main", "go: nowhere"))
        assert "There is no such version" in page(ops, "shop/picture?of=draft")
        assert "The file has errors" in page(ops, "shop/picture")
    finally:
        path.write_text(SHOP)


def test_callers_are_told_masked_and_by_step(ops: Visitor, redis_calls: Calls, monkeypatch: Any) -> None:
    """Those of this line that have not ended; four digits of the number and nothing that anybody entered."""
    monkeypatch.setattr(whereabouts, "FRESH", 0)
    calling(redis_calls, "CA1", "main", values={"pin": "4821"}, typed="48")
    calling(redis_calls, "CA2", "office", secrets={"pin": "4821"})
    calling(redis_calls, "CA3", "main", line="line")
    calling(redis_calls, "CA4", "main", ended="completed")
    answer = ops.get("/console/lines/shop/picture/live")
    found = answer.get_json()
    assert {(it["sid"], it["caller"], it["step"]) for it in found["calls"]} == {
        ("CA1", "…0101", "main"),
        ("CA2", "…0101", "office"),
    }
    assert not found["more"]
    assert all(0 <= time.time() - it["since"] < 300 for it in found["calls"])
    assert b"4821" not in answer.data
    assert b"5005550101" not in answer.data
    again = ops.get("/console/lines/shop/picture/live", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "Set-Cookie" not in again.headers
    listed = page(ops, "shop/picture")
    assert listed.count("…0101") == 2
    assert 'id="count">2</span>' in listed


def test_with_redis_away_the_page_says_so(ops: Visitor, office: Office, monkeypatch: Any) -> None:
    """The picture stays; only where the callers are cannot be told, which the script says of its 503."""

    def away(*_: object) -> None:
        raise RedisError

    monkeypatch.setattr(whereabouts, "FRESH", 0)
    monkeypatch.setattr(type(office.calls), "lately", away)
    found = page(ops, "shop/picture")
    assert "Redis cannot be reached" in found
    assert "<svg" in found
    assert ops.get("/console/lines/shop/picture/live").status_code == 503


def test_a_look_reads_only_what_has_changed(redis_calls: Calls, monkeypatch: Any) -> None:
    """A state is read while its second goes on, and then no more until something happens; since when they are there."""
    clock = [100.0]
    asked: list[list[str]] = []
    states = redis_calls.states
    monkeypatch.setattr(redis_calls, "states", lambda sids: asked.append(sorted(sids)) or states(sids), raising=False)
    live = LiveCalls(redis_calls, lambda: clock[0])

    def look() -> list[tuple[str, str]]:
        clock[0] += 1
        return sorted((it.sid, it.step) for it in live.of("shop").here)

    calling(redis_calls, "CA1", "main")
    calling(redis_calls, "CA2", "main", queued=Queued("bookings", 1234.5, 1, 1))
    assert look() == [("CA1", "main"), ("CA2", "main")]
    since = {it.sid: it.since for it in live.of("shop").here}
    assert since["CA2"] == 1234.5
    for _ in range(4):
        look()
    assert asked[-1] == []
    redis_calls._redis.zadd(f"{{p{partition('CA1'):02}}}:live", {"CA1": since["CA1"] + KEPT_SECONDS + 7})
    assert look() == [("CA1", "main"), ("CA2", "main")]
    assert asked[-1] == ["CA1"]
    assert {it.sid: it.since for it in live.of("shop").here} == since  # silence, and they are where they were
    calling(redis_calls, "CA1", "news", seq=2)
    assert look() == [("CA1", "news"), ("CA2", "main")]
    redis_calls._redis.delete(call_key("CA2"))
    calling(redis_calls, "CA1", "news", seq=3, ended="completed")
    clock[0] += 60
    assert look() in ([], [("CA2", "main")])  # the second has expired without a word


def test_more_callers_than_are_told(redis_calls: Calls, monkeypatch: Any) -> None:
    """Of a line at most so many, of a partition likewise; that there are more is said."""
    monkeypatch.setattr(whereabouts, "MOST", 3)
    for number in range(4):
        calling(redis_calls, f"CA{number}", "main")
    found = LiveCalls(redis_calls).of("shop")
    assert (len(found.here), found.more) == (3, True)
    monkeypatch.setattr(whereabouts, "MOST", 1000)
    assert not LiveCalls(redis_calls).of("shop").more
    listed, cut = redis_calls.lately(1)
    assert cut
    assert len(listed) <= PARTITIONS


def test_states_of_other_releases_are_left_out(redis_calls: Calls, office: Office) -> None:
    """What this release cannot read is nowhere, and keeps nobody else from being shown."""
    calling(redis_calls, "CA1", "main")
    calling(redis_calls, "CA2", "main")
    office.redis.hset(call_key("CA2"), "state", orjson.dumps({"sid": "CA2", "of_the_future": 1}))
    assert [it.sid for it in LiveCalls(redis_calls).of("shop").here] == ["CA1"]


def test_a_picture_is_drawn_once_and_few_are_kept() -> None:
    """Who comes while somebody else's is drawn gets that; what cannot be drawn is not tried again at once."""
    drawings, drawn, began, go_on = Drawings(), [], threading.Event(), threading.Event()

    def slowly() -> str:
        drawn.append(1)
        began.set()
        assert go_on.wait(30)
        return "<svg/>"

    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(drawings.of("a", slowly))) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert began.wait(30)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert (found, len(drawn)) == (["<svg/>"] * 4, 1)
    for number in range(KEPT):
        drawings.of(number, lambda: "other")
    assert drawings.of("a", lambda: "anew") == "anew"

    def never() -> str:
        drawn.append(1)
        raise DrawingError("it is too large")

    def broken() -> str:
        drawn.append(1)
        raise KeyError

    for _ in range(2):
        with pytest.raises(DrawingError):
            drawings.of("b", never)
    for _ in range(2):
        with pytest.raises(KeyError):
            drawings.of("c", broken)
    assert len(drawn) == 1 + 1 + 2
