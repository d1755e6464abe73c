"""Any line that checks: the walk ends, raises nothing, and covers whatever calls do."""

from __future__ import annotations

import pytest
from any_line import answers, any_flow, callers, moments
from calling import new_call
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ivr.call import Call, step
from ivr.call.inputs import Started
from ivr.call.walk import WHEN, walk
from ivr.call.walk.explore import Explorer
from ivr.menu import Flow

MOST_INPUTS = 60
MOST_STATES = 400
"""Of lines with more states the walk is left off: small ones have the same parts."""

some = settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))


@some
@given(any_flow(queues=True), callers, st.data())
def test_whatever_calls_do_is_covered(flow: Flow, caller: str, data: st.DataObject) -> None:
    """No call of any caller comes to a step, takes an option, or waits at a place, that the walk did not find."""
    explorer = Explorer(flow, WHEN, {}, MOST_STATES)
    explorer.walk()
    assume(explorer.finished)
    exits = [set(covered.missed) for covered in explorer.covered.coverage_of_exits()]
    steps, languages = set(explorer.covered.steps), set(explorer.covered.languages)
    undecided = {line.partition(":")[0] for line in explorer.covered.undecided()}
    waits = {(place, language) for place, language, *_ in explorer.known}
    call: Call = new_call(flow, caller)
    turn = step(flow, call, Started(data.draw(moments)))
    for _ in range(MOST_INPUTS):
        explorer.covered.turn(turn, call.place)
        if turn.call.ended:
            break
        assert (turn.call.place, turn.call.language) in waits
        call = turn.call
        turn = step(flow, call, data.draw(answers(turn, to_steps=False)))
    assert explorer.covered.steps == steps
    assert explorer.covered.languages == languages
    for before, after in zip(exits, explorer.covered.coverage_of_exits(), strict=True):
        assert before - set(after.missed) <= undecided


@pytest.mark.long
@some
@given(any_flow(queues=True))
def test_any_line_is_proven(flow: Flow) -> None:
    """The walk of a line that checks finds no crash and no call without an end, and is the same again."""
    found = walk(flow, most=MOST_STATES)
    assert [fault for fault in found.faults if "without the caller for" not in fault.what] == []
    assert walk(flow, most=MOST_STATES) == found
