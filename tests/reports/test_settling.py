"""Settling while others write and settle, too; and the worker's thread that does it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from log_by_chance import BEGAN, HASHES, crowd
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import OperationalError
from test_rolled_up import ALL, EVERY, LATER, entries, same
from test_survey_figures import asked

from ivr.reports.measuring import measure_all
from ivr.reports.names import names_in_log
from ivr.store.call_log import CallLog
from ivr.store.callbacks import Callback, Callbacks
from ivr.store.rollups import reading, settling
from ivr.store.rollups.marks import rollup_marks
from ivr.store.rollups.rollup import BLOCK, DAY
from ivr.store.rollups.settling import lengthen, settle
from ivr.switchboard import rolling_up
from ivr.switchboard.rolling_up import RollingUp

PATIENCE = 30.0


def as_the_log_says(engine: Engine) -> None:
    """Figures of roll-ups are those of the log, all of it and by parts."""
    for by in ("all", "queue", "agent", "day"):
        logged, rolled = (measure_all(engine, EVERY, ALL, by=by, log_alone=alone) for alone in (True, False))
        for kpi in EVERY:
            same(rolled[kpi.name], logged[kpi.name])


def marks(engine: Engine, *spans: int) -> int:
    """How many marks there are of these spans."""
    with engine.connect() as connection:
        return connection.scalar(
            select(func.count()).select_from(rollup_marks).where(rollup_marks.c.span.in_(spans))
        ) or 0  # fmt: skip


def at_length(do: Callable[[], object]) -> None:
    """Does it, however long others hold the file of SQLite."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            do()
            return
        except OperationalError:
            if time.monotonic() > give_up:
                raise


@pytest.mark.long
def test_two_settle_while_one_writes(engine: Engine) -> None:
    """Nothing is missed and nothing counted twice."""
    log, coming, written = CallLog(engine, HASHES), entries(crowd(5), random.Random(5)), threading.Event()

    def write() -> None:
        try:
            for start in range(0, len(coming), 4):
                at_length(lambda start=start: log.write(coming[start : start + 4]))  # type: ignore[misc]
        finally:
            written.set()

    def keep_settling() -> None:
        while not written.is_set():
            at_length(lambda: settle(engine, most=3))
            at_length(lambda: lengthen(engine, DAY, LATER, most=1))

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(write), threads.submit(keep_settling), threads.submit(keep_settling)]:
            done.result()
    as_the_log_says(engine)


def test_a_rush_is_settled_in_parts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes waits for a few calls at most: a transaction takes as many quarter-hours as have few enough."""
    monkeypatch.setattr(settling, "_CALLS_AT_ONCE", 2)
    CallLog(engine, HASHES).write(entries(crowd(2)[:12], random.Random(2)))
    transactions: list[None] = []
    event.listen(engine, "commit", lambda _: transactions.append(None))
    assert settle(engine) == 9
    assert len(transactions) > 6  # two resolve calls, one finds nothing more: all else is done in one otherwise
    as_the_log_says(engine)


def test_the_worker_keeps_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is settled, then the days and blocks that are over; by who holds the first partition alone."""
    monkeypatch.setattr(rolling_up, "EVERY", 0.01)
    log, held, stop = CallLog(engine, HASHES), set[int](), threading.Event()
    log.write(entries(crowd(1)[:6], random.Random(1)))
    waiting = marks(engine, 1)
    rolling = RollingUp(engine, lambda: held, lambda: LATER)
    thread = threading.Thread(target=rolling.run, args=(stop,))
    thread.start()
    try:
        time.sleep(0.1)
        assert marks(engine, 1) == waiting > 0
        held.add(0)
        give_up = time.monotonic() + PATIENCE
        while marks(engine, 0, 1, DAY, BLOCK) and time.monotonic() < give_up:
            time.sleep(0.02)
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert marks(engine, 0, 1, DAY, BLOCK) == 0
    assert not rolling.round()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_surveys_and_callbacks_by_chance(log: CallLog, engine: Engine, seed: int) -> None:
    """Whatever was asked, answered and booked, and settled in between: roll-ups say what the log does."""
    dice, callbacks = random.Random(seed), Callbacks(engine)
    for number in range(25):
        answers = [
            (measure, dice.randint(*low_high))
            for measure, low_high in (("csat", (1, 5)), ("nps", (0, 10)), ("ces", (1, 7)), ("yes_no", (0, 1)))
            if dice.random() < 0.5
        ]
        asked(log, f"CA{number}", *answers, agent=dice.choice(("", "ana", "raj")), line=dice.choice(("a", "b")))
        at = BEGAN + timedelta(minutes=dice.randrange(10_000))
        state = dice.choice(("done", "failed", "cancelled", "booked"))
        assert callbacks.book(
            Callback(
                f"cb{number}", dice.choice(("bookings", "refunds")), dice.choice(("a", "b")), "0123456789ab", "agents",
                "en-US", "+15005550006", None, f"{number}", "0123", f"CA{number}", 0.0, 0.0, at, state, 0, at,
            )
        )  # fmt: skip
        if state == "booked" and dice.random() < 0.7:
            assert callbacks.call(f"cb{number}", at)
            if dice.random() < 0.5:
                assert callbacks.not_reached(f"cb{number}", None, None, at + timedelta(hours=2), "nobody answered")
        if dice.random() < 0.3:
            settle(engine)
            lengthen(engine, DAY, LATER, most=2)
    as_the_log_says(engine)


def test_names_are_there_before_anything_is_rolled_up(
    log: CallLog, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same names from the log as from roll-ups."""
    log.write(entries(crowd(2), random.Random(2)))
    asked(log, "CA99", ("csat", 5), agent="zoe", line="harbour")
    with monkeypatch.context() as patched:
        patched.setattr(reading, "MOST", 0)
        logged = names_in_log(engine)
        assert marks(engine, 1)
    assert {"meridian", "lakeside", "harbour"} == set(logged.line)
    assert {"ana", "raj", "zoe"} == set(logged.agent)
    assert names_in_log(engine) == logged
    assert not marks(engine, 1)
