"""The calls of the reports: searched by all that can be asked, told as a story, listened to, made again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import orjson
import pytest
from desk_day import CALLER, Day
from flask import Flask
from people_rooms import office_of, opened, settings_in
from sqlalchemy import select
from visitors import Hands, Visitor, welcomed

from ivr.config import Settings
from ivr.phone.scripts import read_script_file
from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash
from ivr.store.desk_tables import messages
from ivr.store.embedded import Embedded
from ivr.web.people.office import Office

SignedIn = Callable[..., Visitor]

NOW = datetime(2026, 7, 3, 15, tzinfo=UTC)


@pytest.fixture
def people_app(settings: Settings) -> Iterator[Flask]:
    """The application at a moment of its own."""
    with opened(settings, clock=Hands(NOW)) as app:
        office_of(app).redis.flushall()
        yield app


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Visitor]:
    """An analyst who looks at some calls and changes nothing: one for all tests that only read."""
    folder = tmp_path_factory.mktemp("read")
    with opened(settings_in(folder, valkey.url, menus=folder), clock=Hands(NOW)) as app:
        some_calls(Day(office_of(app)))
        yield welcomed(app, "anna", "analyst")


@pytest.fixture
def day(office: Office) -> Day:
    """A line, a team."""
    return Day(office)


@pytest.fixture
def anna(signed_in: SignedIn) -> Visitor:
    """An analyst."""
    return signed_in("anna", "analyst")


def logged(
    day: Day,
    sid: str,
    at: datetime,
    *events: dict[str, Any],
    caller: str = CALLER,
    line: str = "meridian",
    how: str = "completed",
) -> str:
    """A call in the log, with these events at its second record."""
    records = [
        {
            "seq": 1,
            "input": {
                "kind": "started", "at": at, "caller": caller, "to": "+15005550006", "line": line,
                "version": day.version,
            },
            "events": [{"kind": "entered", "step": "main"}],
        },
        {"seq": 2, "input": {"kind": "silent", "at": at + timedelta(seconds=30)}, "events": list(events)},
        {
            "seq": 3,
            "input": {"kind": "hung_up", "at": at + timedelta(seconds=75), "status": how},
            "events": [{"kind": "ended", "step": "main", "how": how}],
        },
    ]  # fmt: skip
    entries = [Entry(b"{p00}:log", b"1-0", sid, orjson.dumps(it)) for it in records]
    written = CallLog(day.office.engine, day.office.hashes).write(entries)
    assert not written.refused
    return sid


def event(kind: str, step: str = "main", **fields: Any) -> dict[str, Any]:
    """An event."""
    return {"kind": kind, "step": step, **fields}


@pytest.fixture
def log(day: Day) -> Day:
    """Some calls."""
    return some_calls(day)


def some_calls(day: Day) -> Day:
    """Calls, each with something of its own."""
    at = NOW - timedelta(days=1)
    logged(day, "CA01", at, event("no_match", keys="7"), event("chose", key="1", to="pin"), event("entered", "pin"))
    logged(day, "CA02", at + timedelta(minutes=1), event("goal_reached", goal="departure_told"), caller="+15005550177")
    wait = (
        event("entered", "wait"),
        event("queue_entered", "wait", queue="bookings", position=2, language="en-US", head_start=0),
    )
    logged(
        day,
        "CA03",
        at + timedelta(minutes=2),
        *wait,
        event("abandoned", "wait", queue="bookings", position=2, entered_at=2, waited=140),
    )
    talk = event("connected", "wait", queue="bookings", offer="o1", agent="ana", waited=12, rang=3)
    over = event("completed", "wait", queue="bookings", agent="ana", waited=12, talked=30, by="caller")
    score = event("survey_answered", "survey", survey="satisfaction", question="csat", measure="csat", value=2)
    asked = event("survey_asked", "survey", survey="satisfaction")
    logged(
        day,
        "CA04",
        at + timedelta(minutes=3),
        *wait,
        talk,
        over,
        asked,
        score,
        event("language_chosen", language="es-MX"),
    )
    logged(day, "CA05", at - timedelta(days=30), line="press-one", how="lost")
    return day


def sids(page: str) -> list[str]:
    """The calls of a list, in its order."""
    return re.findall(r"/reports/calls/(CA\w+)", page)


FINDS = (
    ("", ["CA04", "CA03", "CA02", "CA01"]),
    ("since=2026-05-01", ["CA04", "CA03", "CA02", "CA01", "CA05"]),
    ("since=2026-05-01&line=press-one", ["CA05"]),
    ("since=2026-05-01&outcome=lost", ["CA05"]),
    ("until=2026-07-02T15:01:30Z", ["CA02", "CA01"]),
    ("outcome=abandoned", ["CA03"]),
    ("outcome=answered", ["CA04"]),
    ("outcome=goal", ["CA02"]),
    ("outcome=no_goal", ["CA04", "CA03", "CA01"]),
    ("outcome=something", ["CA04", "CA02"]),
    ("step=wait", ["CA04", "CA03"]),
    ("step=main&next=pin", ["CA01"]),
    ("step=wait&next=pin", []),
    ("last=pin", ["CA01"]),
    ("event=no_match", ["CA01"]),
    ("event=no_match&at=main&key=7", ["CA01"]),
    ("event=no_match&at=main&key=8", []),
    ("event=chose&at=main&key=1", ["CA01"]),
    ("goal=departure_told", ["CA02"]),
    ("queue=bookings", ["CA04", "CA03"]),
    ("step=main&queue=bookings&wait=0..&line=meridian", ["CA04", "CA03"]),
    ("step=main&score=csat&caller=" + str(CallerHash("k" * 40).of(CALLER)), ["CA04"]),
    ("queue=-", ["CA02", "CA01"]),
    ("agent=ana", ["CA04"]),
    ("language=es-MX", ["CA04"]),
    ("score=csat:1..2", ["CA04"]),
    ("score=csat:3..", []),
    ("score=csat&survey=satisfaction", ["CA04"]),
    ("score=csat&survey=other", []),
    ("wait=120..", ["CA03"]),
    ("wait=..20&agent=ana", ["CA04"]),
    ("figure=csat", ["CA04"]),
    ("figure=csat&value=0", ["CA04"]),
    ("figure=csat&value=1", []),
    ("figure=service_level&value=0&set=seconds:5", ["CA04", "CA03"]),
    ("figure=service_level&value=1&set=seconds:20", ["CA04"]),
    ("figure=ended_abandoned", ["CA03"]),
    ("figure=asa&step=wait&queue=bookings", ["CA04"]),
    ("trouble=main", ["CA03", "CA01"]),
    ("callbacks=no&step=wait&line=meridian&version=none", []),
)


def test_each_filter_finds_its_calls(read: Visitor) -> None:
    """The newest first, and their number."""
    for query, found in FINDS:
        page = read.get(f"/reports/calls?{query}").get_data(as_text=True)
        assert sids(page) == found, query
        assert not found or f"{len(found)} call" in page, query


REFUSED = (
    ("outcome=great", "outcome: there is no “great”"),
    ("score=csat:7", "score: “7” is not from 1 to 5, as csat is"),
    ("score=happy:1", "score: “happy” is nothing that surveys measure"),
    ("wait=long", "wait: “long” is no number such as 3 and no range"),
    ("wait=9..3", "ends before it begins"),
    ("event=exploded", "event: there is no “exploded”"),
    ("key=1", "key: it says more of event, which is not there"),
    ("next=pin", "next: it says more of step"),
    ("figure=luck", "figure: there is no figure “luck”"),
    ("figure=csat&set=luck:1", "set: “luck:1” sets nothing"),
    ("figure=service_level&set=seconds:soon", "set: seconds is a number"),
    ("value=1", "value: it says more of figure"),
    ("caller=%2B15005550140", "caller: that is no hash"),
    ("older=x", "older: that is no place in the list"),
    ("colour=red", "colour"),
    ("since=yesterday", "since"),
)


def test_what_makes_no_sense_is_told(read: Visitor) -> None:
    """With 400, what, and where."""
    for query, words in REFUSED:
        response = read.get(f"/reports/calls?{query}")
        assert response.status_code == 400, query
        assert words in unescape(re.sub(r"<[^>]+>", "", response.get_data(as_text=True))), query


def test_a_number_stays_out_of_url_and_page(read: Visitor) -> None:
    """What is typed is hashed; however it is written, the same calls are found; filters stay."""
    for typed in ("+15005550177", "+1 (500) 555-0177", "500 555 0177", "0015005550177", "00 1 500 555-0177"):
        read.get("/reports/calls")
        response = read.post("/reports/calls/number?step=main", number=typed)
        there = response.headers["Location"]
        assert response.status_code == 302
        assert "0177" not in there
        assert f"caller={CallerHash('k' * 40).of('+15005550177')}" in there
        page = read.get(there).get_data(as_text=True)
        assert sids(page) == ["CA02"]
        assert "5005550177" not in page
    assert read.post("/reports/calls/number", number="CA03").headers["Location"].endswith("/reports/calls/CA03")
    refused = read.post("/reports/calls/number", number="nobody")
    assert refused.status_code == 400
    text = refused.get_data(as_text=True)
    assert "write it with its country" in text
    assert "/reports/calls/number" not in text  # nobody can go back there
    assert re.search(r'<form class="filters card" method="get" action="/reports/calls"', text)
    assert read.post("/reports/calls/number", number="anonymous").status_code == 400


def test_a_number_as_its_carrier_writes_it(log: Day, anna: Visitor) -> None:
    """Without the plus it has another hash: the one that has calls is looked for."""
    logged(log, "CAplain", NOW - timedelta(hours=1), caller="15005550188")
    anna.get("/reports/calls")
    there = anna.post("/reports/calls/number", number="+1 500 555 0188").headers["Location"]
    assert sids(anna.get(there).get_data(as_text=True)) == ["CAplain"]


@pytest.mark.long
def test_pages_go_through_all_calls_once(day: Day, anna: Visitor) -> None:
    """By the place where the last one ended, also where calls began in the same moment."""
    for number in range(70):
        logged(day, f"CA{number:03}", NOW - timedelta(hours=1, seconds=number // 3), event("entered", "wait"))
    for query in ("", "step=wait"):
        seen: list[str] = []
        path: str | None = f"/reports/calls?{query}"
        while path:
            page = anna.get(path).get_data(as_text=True)
            assert "70 calls" in page
            seen += sids(page)
            found = re.search(r'href="([^"]+)" rel="next"', page)
            path = unescape(found[1]) if found else None
        assert seen == sorted(
            (f"CA{it:03}" for it in range(70)), key=lambda it: (-(int(it[2:]) // 3), it), reverse=True
        )


@pytest.mark.long
def test_more_than_can_be_counted(day: Day, anna: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is said that they are more."""
    for number in range(12):
        logged(day, f"CA{number:02}", NOW - timedelta(hours=1, seconds=number))
    monkeypatch.setattr("ivr.reports.call_search.MOST", 10)
    assert "More than 10 calls" in anna.get("/reports/calls").get_data(as_text=True)


def test_the_story_of_a_call(read: Visitor) -> None:
    """Who talked, under their own name; times of the viewer; the caller's other calls; nothing whole of the number."""
    page = read.get("/reports/calls/CA04?zone=Asia/Kolkata").get_data(as_text=True)
    text = unescape(re.sub(r"<[^>]+>", " ", page))
    assert "20:33:00" in text  # 15:03 UTC, by a clock that is five hours and a half ahead
    assert "+0:30" in text
    assert "talks with Ana Ruiz, after 12 s in bookings" in text
    assert "answered csat of satisfaction = 2" in text
    assert {"CA01", "CA03"} <= set(sids(page))
    assert "5005550140" not in page


def test_the_words_of_a_call(day: Day, anna: Visitor) -> None:
    """As they were heard; a secret is how many keys and what they were judged to be."""
    sid = day.calls("1", "4711", ends=True)
    text = unescape(re.sub(r"<[^>]+>", " ", anna.get(f"/reports/calls/{sid}").get_data(as_text=True)))
    assert "To change a booking, press 1." in text
    assert "Enter your PIN." in text
    assert "••••" in text
    assert "4711" not in text


def test_a_call_that_is_not_there(read: Visitor) -> None:
    """404, and it says which."""
    response = read.get("/reports/calls/CA404")
    assert response.status_code == 404
    assert "The log has no call CA404." in response.get_data(as_text=True)
    assert read.get("/reports/calls/CA404/again.call").status_code == 404
    assert read.get("/reports/calls/recordings/404.wav").status_code == 404


def test_what_a_call_leaves_is_heard_and_noted(day: Day, anna: Visitor, signed_in: SignedIn) -> None:
    """Each listening is in the audit, once; who may not listen sees that there is something, and hears nothing."""
    id_ = day.leaves_message("bookings", seconds=2)
    with day.office.engine.connect() as connection:
        sid = connection.execute(select(messages.c.call_sid)).scalar_one()
    path = f"/reports/calls/recordings/{id_}.wav"
    with anna.client.get(path) as whole:
        assert (whole.status_code, whole.mimetype, whole.data[:4]) == (200, "audio/wav", b"RIFF")
    with anna.client.get(path, headers={"Range": "bytes=100-199"}) as part:
        assert part.status_code == 206
    heard = [(it.who, dict(it.about)) for it in day.office.audit.newest(10, "message_heard")]
    assert heard == [("anna", {"recording": str(id_), "call": sid, "box": "bookings"})]
    otto = signed_in("otto", "ops")
    assert otto.get(path).status_code == 403
    assert len(day.office.audit.newest(10, "message_heard")) == 1


def test_the_number_of_an_open_callback(log: Day, anna: Visitor, signed_in: SignedIn) -> None:
    """Whole for who may, and noted; an analyst gets 403; where none is kept, it is said."""
    callback = log.wants_callback()
    logged(log, callback.call_sid, NOW - timedelta(hours=2))
    path = f"/reports/calls/{callback.call_sid}/number"
    assert anna.post(path).status_code == 403
    sue = signed_in("sue", "supervisor")
    page = sue.get(f"/reports/calls/{callback.call_sid}").get_data(as_text=True)
    assert "Show the whole number" in page
    assert CALLER not in page
    assert CALLER in sue.post(path).get_data(as_text=True)
    assert dict(log.office.audit.newest(1)[0].about) == {"callback": callback.id, "call": callback.call_sid}
    assert sue.post("/reports/calls/CA01/number").status_code == 404


@pytest.mark.long
def test_nothing_for_whom_reports_are_not(log: Day, signed_in: SignedIn, visitor: Callable[[], Visitor]) -> None:
    """An agent gets 403 from every address, whether it is there or not; a stranger the sign-in."""
    ana = signed_in("ana", "agent", "ana")
    for path in ("", "/CA01", "/CA404", "/CA01/again.call", "/recordings/1.wav"):
        response = ana.get(f"/reports/calls{path}")
        assert response.status_code == 403
        assert "CA01" not in response.get_data(as_text=True)
        assert visitor().get(f"/reports/calls{path}").status_code == 302


@pytest.mark.long
def test_a_call_as_a_script(day: Day, anna: Visitor) -> None:
    """It can be read as one, but for the secret, which whoever calls fills in."""
    sid = day.calls("1", "4711", "123456", ends=True)
    response = anna.get(f"/reports/calls/{sid}/again.call")
    text = response.get_data(as_text=True)
    assert response.headers["Content-Disposition"] == f'attachment; filename="{sid}.call"'
    assert "4711" not in text
    assert "<4-secret-keys>" in text
    script = read_script_file(text.replace("<4-secret-keys>", "0000"))
    assert script.line == "meridian.yaml"
    assert script.to == "+15005550006"
    assert "ivr call menus/meridian.yaml --at" in anna.get(f"/reports/calls/{sid}").get_data(as_text=True)
