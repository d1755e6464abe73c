"""A version that is tried out, beside the live one: figures, evidence, and the way back by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
from flow_calls import FILES, HEARD, HUNG_UP_IN_MAIN, NEW, NOW, OLD
from sqlalchemy import Engine

from ivr.reports.sequential import FEWEST, Arm
from ivr.reports.trial import evidence, trial_report
from ivr.reports.trial_words import trial_words
from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash
from ivr.store.versions import Standing, Versions
from ivr.switchboard.publish import Publisher
from ivr.switchboard.trying_out import WHO, Watch

BEGAN = NOW - timedelta(hours=12)


def log(engine: Engine, calls: list[tuple[str, str, list[Any]]]) -> None:
    """Writes calls of these callers, of this version and path, a minute apart since the trial began."""
    entries = []
    for place, (caller, version, path) in enumerate(calls):
        began = BEGAN + timedelta(seconds=15 * place)
        for seq, events in enumerate(path, 1):
            input_: dict[str, Any] = {"kind": "pressed", "at": began + timedelta(seconds=seq)}
            if seq == 1:
                input_ |= {"kind": "started", "caller": caller, "to": "+15005550006", "line": "meridian"}
                input_ |= {"version": version, "step": ""}
            record = orjson.dumps({"seq": seq, "input": input_, "events": events})
            entries.append(Entry(b"{p00}:log", b"%d-%d" % (place + 1, seq), f"CA{place:04}", record))
    assert not CallLog(engine, CallerHash("k" * 40)).write(entries).refused


def trying(engine: Engine) -> tuple[Versions, Standing]:
    """The old version live, the new one tried out on half of the callers."""
    versions = Versions(engine)
    versions.publish("meridian", OLD, FILES[0], who="ana", why=None, at=BEGAN - timedelta(days=1))
    versions.publish("meridian", NEW, FILES[1], who="ana", why=None, at=BEGAN, deed="tried", share=0.5)
    standing = versions.standing("meridian")
    assert standing is not None
    return versions, standing


def watch(engine: Engine, now: datetime = NOW) -> Watch:
    """What looks at trials, on this database."""
    return Watch(engine, Publisher(Versions(engine), None, lambda: now), lambda: now)


def number(of: int) -> str:
    """A caller."""
    return f"+1500555{of:04}"


def test_a_trial_that_does_worse_is_taken_back(engine: Engine) -> None:
    """Callers of the new version hang up with nothing reached: it ends by itself, and says why."""
    versions, standing = trying(engine)
    both = [(number(it), NEW if it % 2 else OLD, HUNG_UP_IN_MAIN if it % 2 else HEARD) for it in range(2 * FEWEST)]
    log(engine, [*both, (number(1), NEW, HEARD), (number(2), OLD, HUNG_UP_IN_MAIN)])  # later calls of known callers
    found = evidence(engine, "meridian", standing)
    assert (found.old, found.new, found.worse) == (Arm(FEWEST, 0), Arm(FEWEST, FEWEST), True)
    (done,) = watch(engine).round()
    assert (done.deed, done.version, done.before) == ("withdrawn", NEW, OLD)
    newest = versions.history("meridian")[0]
    assert newest.who == WHO
    assert str(newest.why).startswith("100 of 100 callers with it were lost or in trouble, 0 of 100 callers with the")
    assert watch(engine).round() == []
    assert versions.now_live().trials == {}


def test_a_trial_that_does_as_well_goes_on(engine: Engine) -> None:
    """Figures of both stand side by side, with the evidence; nothing is taken back, nor judged of too few calls."""
    versions, standing = trying(engine)
    log(engine, [(number(it), NEW if it % 2 else OLD, HUNG_UP_IN_MAIN if it % 3 else HEARD) for it in range(60)])
    assert watch(engine).round() == []
    report = trial_report(engine, "meridian", standing, NOW)
    assert report is not None
    rows = list(trial_words(report))
    assert rows[0] == f"meridian: {NEW} on 50 % of callers since 2026-07-01T03:00:00+00:00, beside {OLD}"
    assert any(row.startswith("Calls ") and row.split()[1:] == ["30", "30"] for row in rows)
    assert any(row.startswith("Callers lost or in trouble") and "66.7 % (of 30)" in row for row in rows)
    assert rows[-1].startswith("Nothing is judged before each version has had 100 callers; 20 of 30 callers")
    assert versions.now_live().trials
    assert trial_report(engine, "meridian", Standing(1, standing.live, None), NOW) is None
