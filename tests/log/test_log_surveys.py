"""Surveys in SQL: each answer once, with what the call was by then, in whatever order its records come."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_keeping import remove_old
from log_making import BEGAN, CALLER, HASHES, entry, one_call, record, rows, started
from sqlalchemy import Engine, delete, func, select

from ivr.config import Keep
from ivr.store.call_log import CallLog
from ivr.store.call_rows import path_on
from ivr.store.desk_tables import messages
from ivr.store.log_tables import calls, events, records
from ivr.store.messages import Messages
from ivr.store.survey_tables import survey_answers, surveys_asked
from ivr.store.surveys import Surveys


def entered(step: str) -> dict[str, Any]:
    """A step that the caller came to."""
    return {"kind": "entered", "step": step}


def connected(agent: str, queue: str = "bookings") -> dict[str, Any]:
    """An agent took the call."""
    return {"kind": "connected", "step": "agents", "queue": queue, "offer": "o", "agent": agent, "waited": 1, "rang": 1}


def asked(survey: str = "satisfaction") -> dict[str, Any]:
    """A survey begins."""
    return {"kind": "survey_asked", "step": "survey", "survey": survey}


def answer(question: str, measure: str, value: int, survey: str = "satisfaction") -> dict[str, Any]:
    """An answer."""
    about = {"survey": survey, "question": question, "measure": measure, "value": value}
    return {"kind": "survey_answered", "step": "survey", **about}


COMMENTED = {
    "kind": "survey_commented", "step": "survey", "survey": "satisfaction", "question": "comment",
    "url": "https://x.test/RE0123456789", "seconds": 9,
}  # fmt: skip
GOAL = {"kind": "goal_reached", "step": "tell", "goal": "told"}

CALL = [
    started(),
    record(2, "told", GOAL, entered("survey"), asked("self_service")),
    record(3, "pressed", answer("csat", "csat", 4, "self_service"), entered("agents")),
    record(4, "accepted", connected("ana")),
    record(5, "dialed", entered("survey"), asked()),
    record(6, "pressed", answer("nps", "nps", 10)),
    record(7, "pressed", answer("solved", "yes_no", 0)),
    record(8, "recorded", COMMENTED, entered("agents")),
    record(9, "accepted", connected("raj", "refunds")),
    record(10, "dialed", entered("survey"), asked()),
    record(11, "pressed", answer("ces", "ces", 7)),
    record(12, "hung_up", {"kind": "ended", "step": "survey", "how": "completed"}, status="completed"),
]
"""A call that is asked after a goal, after a talk with Ana, and after one with Raj, and hangs up in the middle."""


TABLES = (calls, records, events, messages, surveys_asked, survey_answers)


def path(*steps: str) -> str:
    """The hash of a path."""
    hashed = ""
    for step in steps:
        hashed = path_on(hashed, step)
    return hashed


def answers(engine: Engine, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of all answers, in their order."""
    query = select(*(survey_answers.c[name] for name in columns)).order_by(
        survey_answers.c.call_sid, survey_answers.c.seq
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def everything(engine: Engine) -> list[Any]:
    """All rows of both tables."""
    with engine.connect() as connection:
        return [
            row
            for table in (surveys_asked, survey_answers)
            for row in connection.execute(select(table).order_by(table.c.call_sid, table.c.seq))
        ]


def test_each_answer_has_what_the_call_was_by_then(engine: Engine, log: CallLog) -> None:
    """Survey, question, kind and value; line and version; queue, agent and goal as they were, and the way there."""
    log.write([entry("CA1", data) for data in CALL])
    assert answers(engine, "seq", "survey", "question", "kind", "value") == [
        (3, "self_service", "csat", "csat", 4),
        (6, "satisfaction", "nps", "nps", 10),
        (7, "satisfaction", "solved", "yes_no", 0),
        (8, "satisfaction", "comment", "comment", None),
        (11, "satisfaction", "ces", "ces", 7),
    ]
    assert answers(engine, "queue", "agent", "goal") == [
        (None, None, "told"),
        *[("bookings", "ana", "told")] * 3,
        ("refunds", "raj", "told"),
    ]
    assert set(answers(engine, "line", "version")) == {("meridian", "0123456789ab")}
    assert answers(engine, "at", "path_hash")[0] == (BEGAN + timedelta(seconds=20), path("welcome", "survey"))
    assert answers(engine, "path_hash")[-1] == (rows(engine)["CA1"]["path_hash"],)


def test_who_was_asked_is_kept_for_the_cap_and_for_response_rates(engine: Engine, log: CallLog) -> None:
    """With the caller's hash; counted per survey and since a moment."""
    log.write([entry("CA1", data) for data in CALL])
    surveys, who = Surveys(engine), HASHES.of(CALLER)
    assert who is not None
    assert surveys.asked(who, "satisfaction", BEGAN) == 2
    assert surveys.asked(who, "satisfaction", BEGAN + timedelta(seconds=41)) == 1
    assert surveys.asked(who, "self_service", BEGAN) == 1
    assert surveys.asked(who, "other", BEGAN) == 0
    assert surveys.asked("0" * 32, "satisfaction", BEGAN) == 0


def test_a_comment_is_kept_and_no_task(engine: Engine, log: CallLog) -> None:
    """Its audio is fetched as that of messages, and nobody has to resolve it."""
    log.write([entry("CA1", data) for data in CALL])
    kept = Messages(engine)
    (comment,) = kept.comments()
    assert (comment.call_sid, comment.seq, comment.survey, comment.seconds) == ("CA1", 8, "satisfaction", 9)
    assert kept.comments(["other"]) == []
    assert (kept.open(), kept.done(), kept.waiting(), kept.get(comment.id)) == ([], [], {}, None)
    (due,) = kept.to_fetch(BEGAN + timedelta(hours=1))
    kept.kept(due.id, "RE0123456789.wav", None)
    assert kept.comments(["satisfaction"])[0].file == "RE0123456789.wav"


def test_writing_again_changes_nothing(engine: Engine, log: CallLog) -> None:
    """Batches that overlap and come twice leave each row once."""
    made = [entry("CA1", data) for data in CALL]
    log.write(made[:7])
    log.write(made)
    before = everything(engine)
    log.write([*made, *made])
    assert everything(engine) == before
    assert len(before) == 8


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_in_any_batches_gives_the_same(data: st.DataObject, engine: Engine, log: CallLog) -> None:
    """What comes late is seen as if it had never been late: the beginning, a talk, a goal."""
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(delete(table))
    every = [entry(sid, one) for sid in ("CA1", "CA2") for one in CALL]
    log.write(every)
    in_order = everything(engine)
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(delete(table))
    dealt = data.draw(st.permutations([*every, *every[::3]]))
    while dealt:
        count = data.draw(st.integers(1, len(dealt)))
        log.write(dealt[:count])
        del dealt[:count]
    assert everything(engine) == in_order


def test_several_writers_at_once_are_harmless(engine: Engine) -> None:
    """As when leases ran out: each answer is there once."""
    every = [entry(f"CA{number}", one) for one in CALL for number in range(20)]
    batches = [every[start : start + 15] for start in range(0, len(every), 15)]
    failed: list[Exception] = []

    def work() -> None:
        log = CallLog(engine, HASHES)
        try:
            for batch in batches:
                log.write(batch)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(answers(engine, "seq")) == 5 * 20


def test_they_go_with_their_call(engine: Engine, log: CallLog, tmp_path: Path) -> None:
    """Calls that are kept no longer take their answers along."""
    log.write([entry("CA1", data) for data in CALL])
    log.write([entry("CA2", data) for data in one_call("CA2", 4, random.Random(1))])
    assert remove_old(Keep(calls=30), engine, tmp_path, BEGAN + timedelta(days=31)) == {"calls": 2}
    assert everything(engine) == []


@pytest.mark.parametrize("value", ["4", None, [], {"a": 1}])
def test_a_value_that_is_none_is_no_reason_to_lose_the_record(engine: Engine, log: CallLog, value: Any) -> None:
    """What no engine of ours writes: the record is in the log, and its answer has no value."""
    odd = answer("csat", "csat", 4) | {"value": value, "question": "q" * 500, "measure": "m" * 500}
    assert log.write([entry("CA1", started()), entry("CA1", record(2, "pressed", odd))]).refused == ()
    assert answers(engine, "value") == [(None,)]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(records)) == 2
