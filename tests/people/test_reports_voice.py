"""Voice of the caller: scores over time and by what they are of, and what callers said, to listen to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any

import orjson
import pytest
from desk_day import CALLER, Day
from flask import Flask
from people_rooms import office_of, opened, settings_in
from sqlalchemy import update
from visitors import Hands, Visitor, welcomed

from ivr.reports.kpi import Scope
from ivr.reports.survey_kpis import CSAT, NPS, RESPONSE
from ivr.reports.voice_figures import by_weeks, figures, marks, voice_spreads
from ivr.reports.voices import voices
from ivr.store.call_log import CallLog, Entry
from ivr.store.desk_tables import messages
from ivr.store.embedded import Embedded
from ivr.web.people.office import Office

NOW = datetime(2026, 7, 3, 15, tzinfo=UTC)


def answered(
    day: Day, sid: str, at: datetime, agent: str, *said: tuple[str, int | None], survey: str = "after"
) -> None:
    """A call that talked with an agent and answered a survey: its measures and marks; None is a spoken comment."""
    there = {"step": "wait", "queue": "bookings"}
    events: list[dict[str, Any]] = [
        {"kind": "queue_entered", **there, "position": 1},
        {"kind": "connected", **there, "offer": sid, "agent": agent, "waited": 5, "rang": 2},
        {"kind": "completed", **there, "agent": agent, "waited": 5, "talked": 9, "by": "agent"},
    ]
    started = {"kind": "started", "at": at, "caller": CALLER, "to": "+15005550006", "line": "meridian", "version": "v1"}
    records: list[dict[str, Any]] = [
        {"seq": 1, "input": started, "events": [{"kind": "entered", "step": "wait"}]},
        {"seq": 2, "input": {"kind": "silent", "at": at}, "events": events},
        {
            "seq": 3,
            "input": {"kind": "told", "at": at, "outcome": "found"},
            "events": [{"kind": "survey_asked", "step": "survey", "survey": survey}],
        },
    ]
    for measure, value in said:
        seq, fields = len(records) + 1, {"step": "survey", "survey": survey, "question": measure}
        event = {"kind": "survey_answered", **fields, "measure": measure, "value": value}
        if value is None:
            event = {"kind": "survey_commented", **fields, "url": f"http://here/{sid}{seq}", "seconds": 4}
        moment = at + timedelta(seconds=seq)
        records.append({"seq": seq, "input": {"kind": "pressed", "at": moment, "keys": "1"}, "events": [event]})
    entries = [Entry(b"{p00}:log", b"1-0", sid, orjson.dumps(it)) for it in records]
    assert not CallLog(day.office.engine, day.office.hashes).write(entries).refused


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """Answers of three days, comments and a message: one for all tests, which change nothing."""
    folder = tmp_path_factory.mktemp("voice")
    with opened(settings_in(folder, valkey.url, menus=folder), clock=Hands(NOW)) as made:
        office = office_of(made)
        day = Day(office)
        answered(day, "CA01", NOW - timedelta(days=2), "ana", ("csat", 5), ("nps", 10), ("comment", None))
        answered(day, "CA02", NOW - timedelta(days=1), "ana", ("csat", 1), ("nps", 2), ("comment", None))
        answered(day, "CA03", NOW - timedelta(days=1, minutes=5), "raj", ("csat", 4), ("nps", 9))
        answered(day, "CA04", NOW - timedelta(hours=1), "raj", survey="other")
        answered(day, "CA05", NOW - timedelta(hours=2), "raj", ("csat", 3), ("comment", None), survey="other")
        day.leaves_message("bookings", seconds=2)
        with office.engine.begin() as connection:
            connection.execute(update(messages).where(messages.c.kind == "comment").values(audio="kept", file="x.wav"))
        yield made


@pytest.fixture(scope="module")
def reads(people_app: Flask) -> Callable[[str], Visitor]:
    """Signs somebody of a role in."""
    return cache(lambda role: welcomed(people_app, f"some.{role}", role))


SCOPE = Scope(NOW - timedelta(days=7), NOW, now=NOW)


def test_scores_by_what_they_are_of(office: Office) -> None:
    """By agent, day, survey; of one survey alone; the parts make up the whole, and agree with the figures elsewhere."""
    agents = voice_spreads(office.engine, SCOPE, None, "agent")
    assert {of: it.value for of, it in figures(agents["csat"], CSAT).items()} == {"ana": 0.5, "raj": 0.5}
    assert {of: it.value for of, it in figures(agents["nps"], NPS).items()} == {"ana": 0.0, "raj": 100.0}
    surveys = voice_spreads(office.engine, SCOPE, None, "survey")
    assert {of: (it.value, it.n) for of, it in figures(surveys["survey_response"], RESPONSE).items()} == {
        "after": (1.0, 3),
        "other": (0.5, 2),
    }
    for kpi in (CSAT, NPS, RESPONSE):
        whole = figures(voice_spreads(office.engine, SCOPE, None, "all")[kpi.name], kpi)[""]
        assert whole == kpi.measure(office.engine, SCOPE, by="all")[""]
        split = [
            figures(voice_spreads(office.engine, SCOPE, name, "all").get(kpi.name, {}), kpi)
            for name in ("after", "other")
        ]
        assert sum(it[""].n for it in split if it) == whole.n
    days = voice_spreads(office.engine, SCOPE, None, "day")["csat"]
    assert {of: it.n for of, it in days.items()} == {"2026-07-01": 1, "2026-07-02": 2, "2026-07-03": 1}
    assert {of: it.n for of, it in by_weeks(days).items()} == {"2026-06-29": 4}
    only = voice_spreads(office.engine, SCOPE, "after", "day")["csat"]
    assert {of: it.n for of, it in only.items()} == {"2026-07-01": 1, "2026-07-02": 2}


def test_how_answers_are_spread(office: Office) -> None:
    """Question by question, each mark with its times."""
    found = {(it.survey, it.kind): dict(it.times) for it in marks(office.engine, SCOPE)}
    assert found == {
        ("after", "csat"): {1: 1, 4: 1, 5: 1},
        ("after", "nps"): {2: 1, 9: 1, 10: 1},
        ("other", "csat"): {3: 1},
    }


def test_what_callers_said(office: Office) -> None:
    """With the scores of the same call; the lowest first where asked; pages go through all of them once."""
    newest = voices(office.engine, SCOPE)
    assert [it.call_sid for it in newest.voices if it.kind == "comment"] == ["CA05", "CA02", "CA01"]
    assert newest.number == 4
    assert [(it.kind, it.value) for it in newest.voices[-1].scores] == [("csat", 5), ("nps", 10)]
    lowest = voices(office.engine, SCOPE, what="comment", order="lowest")
    assert [it.call_sid for it in lowest.voices] == ["CA02", "CA05", "CA01"]
    for order in ("newest", "lowest"):
        seen, after = [], None
        while True:
            page = voices(office.engine, SCOPE, order=order, after=after, size=1)  # type: ignore[arg-type]
            seen += [it.id for it in page.voices]
            if (after := page.older) is None:
                break
        assert sorted(seen) == sorted(set(seen))
        assert len(seen) == 4


@pytest.mark.long
def test_the_page(reads: Callable[[str], Visitor]) -> None:
    """Plots with their tables, players that lead to the moment in the call; narrowed by score and survey."""
    anna = reads("analyst")
    page = anna.get("/reports/voice?by=agent&order=lowest&zone=UTC").get_data(as_text=True)
    text = unescape(re.sub(r"<[^>]+>", " ", page))
    assert "Ana Ruiz" in text
    assert "csat: 1 of 5" in text
    assert '/reports/calls/CA02#r6"' in page
    assert page.count("<audio") == 4
    assert page.index("CA02#r6") < page.index("CA05#r5") < page.index("CA01#r6")
    assert "1 comments, the newest first" in anna.get("/reports/voice?what=comment&score=csat:..2").get_data(
        as_text=True
    )
    assert "CA05" in anna.get("/reports/voice?survey=other").get_data(as_text=True)
    assert "CA02#" not in anna.get("/reports/voice?survey=other").get_data(as_text=True)
    assert "Nobody answered a survey in this time." in anna.get(
        "/reports/voice?since=2026-01-01&until=2026-01-02"
    ).get_data(as_text=True)


def test_what_makes_no_sense_and_who_may_not(reads: Callable[[str], Visitor]) -> None:
    """400 with words; ops read and do not hear; an agent gets 403."""
    anna = reads("analyst")
    for query, words in (
        ("by=luck", "by: there is no “luck”; there are queue, agent"),
        ("order=loudest", "order: there is no “loudest”"),
        ("what=all&score=csat:9", "score: “9” is not from 1 to 5"),
        ("survey=none", "survey: nobody was asked a survey none; there are after, other"),
        ("older=9", "older: that is no place in the list"),
    ):
        response = anna.get(f"/reports/voice?{query}")
        assert response.status_code == 400
        assert words in unescape(re.sub(r"<[^>]+>", "", response.get_data(as_text=True)))
    otto = reads("ops").get("/reports/voice").get_data(as_text=True)
    assert "<audio" not in otto
    assert "Your role does not allow listening." in otto
    assert reads("agent").get("/reports/voice").status_code == 403
