"""Where callers go ties out: with the raw records, and within itself."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_by_chance import BEGAN, HASHES, Raw, crowd, raw_log, write
from paths_by_chance import paths_by_chance
from slow_paths import Went, counted, in_trouble, seconds, visits, went
from sqlalchemy import Engine, select

from ivr.reports import CALLS_IN
from ivr.reports.flow import Paths, StepFigures, paths
from ivr.reports.flow_calls import hung_up_after, in_trouble_at, nothing_reached
from ivr.reports.funnel import funnels
from ivr.reports.kpi import Scope
from ivr.store.call_log import CallLog
from ivr.store.log_tables import calls, events, records
from ivr.store.rollups.settling import rebuild_all
from ivr.store.rollups.step_reading import calls_of_versions
from ivr.store.sql import metadata

SINCE, UNTIL = BEGAN - timedelta(days=1), BEGAN + timedelta(days=60)
MANY = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))

numbers = st.integers(0, 10_000)


def by_chance(number: int) -> Raw:
    """A log: mostly calls with paths, now and then calls that wait and talk."""
    return raw_log(crowd(number)) if number % 4 == 3 else paths_by_chance(number)


def emptied(engine: Engine) -> CallLog:
    """The log of the database, with nothing in it."""
    with engine.begin() as connection:
        for table in (calls, records, events, *(it for it in metadata.sorted_tables if it.name in ROLLED)):
            connection.execute(table.delete())
    return CallLog(engine, HASHES)


ROLLED = ("queue_visits", "surveys_asked", "survey_answers", "messages", "rollups", "rollup_marks", "step_tallies")


def check(found: Paths, known: list[Went]) -> None:
    """The paths are those of these calls."""
    assert found.calls == len(known)
    assert {it.name for it in found.steps} == {visit.step for call in known for visit in call.visits}
    came = [*found.entries, *(way for it in found.steps for way in it.ways)]
    for step in found.steps:
        check_step(step, known)
        # What came in went out.
        assert sum(way.times for way in step.ways) == step.visits
        assert sum(way.times for way in came if way.target == step.name) == step.visits
    assert sum(it.times for it in found.entries) == len(known)
    goals = {goal for call in known for goal in call.goals}
    assert dict(found.goals) == {goal: len([1 for call in known if goal in call.goals]) for goal in goals}


def check_step(it: StepFigures, known: list[Went]) -> None:
    """The numbers of a step are those of these calls."""
    step = it.name
    there = [visit for call in known for visit in call.visits if visit.step == step]
    assert (it.visits, it.calls) == visits(known, step)
    for kind in ("no_input", "no_match", "gave_up", "capped", "rescued"):
        happening = getattr(it, kind)
        assert (happening.times, happening.calls) == counted(known, step, kind)
    assert {one.key for one in it.choices} == {
        event["key"] for visit in there for _, event in visit.events if event["kind"] == "chose"
    }
    for one in it.choices:
        assert (one.times, one.calls) == counted(known, step, "chose", key=one.key)
    assert {one.key: (one.times, one.calls) for one in it.wrong_keys} == (
        {"5": found} if (found := counted(known, step, "no_match", keys="5"))[0] else {}
    )
    assert it.in_trouble == len([1 for call in known if in_trouble(call, step)])
    ended = [call.ended for call in known if call.visits and call.visits[-1].step == step]
    assert (it.lost, it.hung_up) == (ended.count(".lost"), ended.count(".lost") + ended.count(".left"))
    for to in {way.target for way in it.ways}:
        assert sum(way.times for way in it.ways if way.target == to) == visits(known, step, to)[0]
    took = seconds(known, step)
    assert (it.seconds is None) == (not took)
    if it.seconds is not None:
        assert it.seconds.n == len(took)
        assert it.seconds.value == pytest.approx(sum(took) / len(took))
        assert it.seconds.median == pytest.approx(median(took), rel=1 / 64, abs=0)


def parts(known: list[Went], *of: str) -> dict[tuple[str, ...], list[Went]]:
    """The calls by these of their fields."""
    found: dict[tuple[str, ...], list[Went]] = {}
    for call in known:
        found.setdefault(tuple(getattr(call, name) for name in of), []).append(call)
    return found


parts_of_time = st.sampled_from((0, 3600, 86_400 + 123, 5 * 86_400, 31 * 86_400))
chances = {"number": numbers, "seed": st.integers(0, 99), "cut": parts_of_time, "rebuilt": st.booleans()}


@MANY
@given(**chances)
def test_all_numbers_are_those_of_the_raw_records(
    engine: Engine, number: int, seed: int, cut: int, rebuilt: bool
) -> None:
    """Of each version, in any part of time, whatever came late or twice, rolled up little by little or all at once."""
    ties_out(engine, number, seed, cut, rebuilt)


@pytest.mark.long
@settings(MANY, max_examples=40)
@given(**chances)
def test_they_are_in_many_logs(engine: Engine, number: int, seed: int, cut: int, rebuilt: bool) -> None:
    """The same once more, for longer."""
    ties_out(engine, number, seed, cut, rebuilt)


def ties_out(engine: Engine, number: int, seed: int, cut: int, rebuilt: bool) -> None:
    """The numbers of a log by chance are those that the slow way gives."""
    raw = by_chance(number)
    write(emptied(engine), raw, seed)
    if rebuilt:
        rebuild_all(engine)
    known, between = went(raw), BEGAN + timedelta(seconds=cut)
    for since, until in ((SINCE, UNTIL), (SINCE, between), (between, UNTIL)):
        inside = [call for call in known if since <= call.began < until]
        by_version = parts(inside, "line", "version")
        assert calls_of_versions(engine, since, until) == {of: len(them) for of, them in by_version.items()}
        for (line, version), them in by_version.items():
            check(paths(engine, since, until, line, version), them)
            for (language,), those in parts(them, "language").items():
                check(paths(engine, since, until, line, version, language), those)


@MANY
@given(number=numbers)
def test_funnels_only_ever_fall(engine: Engine, number: int) -> None:
    """A call that came to a stage came to all before it; the last stage is the calls that reached the goal."""
    raw = by_chance(number)
    write(emptied(engine), raw, 0)
    for (line, version), them in parts(went(raw), "line", "version").items():
        for funnel in funnels(paths(engine, SINCE, UNTIL, line, version).tally):
            names = [stage.step for stage in funnel.stages]
            assert (names[0], names[-1]) == ("", "")
            those = [call for call in them if funnel.goal in call.goals]
            assert (funnel.stages[0].calls, funnel.stages[-1].calls) == (len(them), len(those))
            before = them
            for stage in funnel.stages[1:-1]:
                there = [call for call in them if any(visit.step == stage.step for visit in call.visits)]
                assert stage.calls == len(there)
                assert all(call in before for call in there)
                before = there
            assert all(call in before for call in those)


@MANY
@given(number=numbers)
def test_the_calls_behind_a_number_are_as_many(engine: Engine, number: int) -> None:
    """What the list of calls is asked by SQL finds the calls that were counted."""
    raw = by_chance(number)
    write(emptied(engine), raw, 0)
    known = went(raw)
    with engine.connect() as connection:

        def found(*which: object) -> int:
            query = select(calls.c.call_sid).where(~calls.c.called_back, calls.c.line.not_like("service.%"), *which)
            return len(connection.execute(query).all())

        assert found(nothing_reached()) == len([1 for call in known if call.ended == ".lost"])
        assert found(hung_up_after()) == len([1 for call in known if call.ended == ".left"])
        for step in {visit.step for call in known for visit in call.visits}:
            assert found(in_trouble_at(step)) == len([1 for call in known if in_trouble(call, step)])


def test_entries_are_the_calls_of_the_key_figure(engine: Engine) -> None:
    """The figure "calls" counts as many as all versions have here together."""
    write(emptied(engine), paths_by_chance(7), 0)
    found = sum(calls_of_versions(engine, SINCE, UNTIL).values())
    assert found == CALLS_IN.measure(engine, Scope(SINCE, UNTIL), by="all")[""].value
