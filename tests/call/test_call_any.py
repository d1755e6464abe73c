"""Any line that checks, any inputs: `step` never raises, says what can be said, and ends."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
import test_call_caps
import test_call_dial
import test_call_language
import test_call_lookup
import test_call_menu
import test_call_moves
import test_call_queue
import test_call_secrets
import test_call_survey
import test_call_unexpected
from any_line import answers, any_flow, any_input, callers, moments
from calling import NOON, line, new_call, through_json
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twiml import check_twiml

from ivr.call import Call, Turn, replay, step
from ivr.call.engine import MORE_INPUTS
from ivr.call.events import Cleared
from ivr.call.inputs import (
    FROM_THE_CALLER,
    Accepted,
    Dialed,
    HungUp,
    Input,
    Offered,
    RecordingReady,
    Started,
    Waited,
)
from ivr.call.says import Closing, Gather, Say
from ivr.call.wire import dump_record, load_record
from ivr.carrier.twiml import Renderer
from ivr.menu import Flow, load
from ivr.menu.team_load import FILE

CLOSING = Closing.__args__
MENUS = Path(__file__).parents[2] / "menus"
OWN = [path for path in sorted(MENUS.glob("*.yaml")) if path.name != FILE]
LINES = {path.stem: load({path.name: path.read_bytes()}).flows[path.stem] for path in OWN} | {
    "menu": line(test_call_menu.MAIN),
    "extensions": line(test_call_menu.EXTENSIONS, test_call_menu.PEOPLE),
    "bilingual": line(test_call_language.BILINGUAL, languages="[en-US, es-MX]"),
    "look-up": line(test_call_lookup.TRIP, test_call_lookup.TRIPS + "    filler: Wait.\n"),
    "dial": line(test_call_dial.DIAL),
    "loop": line(test_call_caps.LOOP, "operator: a"),
    "round": line(test_call_caps.ROUND + test_call_caps.PERSON, test_call_caps.TOP),
    "tree": line(test_call_moves.TREE),
    "secrets": line(test_call_secrets.STEPS, test_call_secrets.PAY),
    "queue": line(test_call_queue.QUEUE),
    "survey": line(test_call_survey.MENU + test_call_survey.WHOLE, test_call_survey.TOP),
    "places": line(test_call_unexpected.PLACES, test_call_unexpected.TRIP),
}
flows = any_flow(queues=True) | st.sampled_from(list(LINES.values()))
often = settings(deadline=None, suppress_health_check=list(HealthCheck))


def taken(flow: Flow, call: Call, input_: Input) -> Turn:
    """One step, twice, with all that holds of every turn."""
    before = deepcopy(call)
    turn = step(flow, call, input_)
    assert call == before, "the call that was given has changed"
    assert step(flow, before, deepcopy(input_)) == turn, "the same arguments gave another turn"
    assert turn.call.seq == call.seq + 1
    assert through_json(turn.call) == turn.call
    assert load_record(dump_record(turn.record)) == turn.record
    _check_numbers(turn, input_)
    _check_says(flow, turn, input_)
    return turn


def _check_numbers(turn: Turn, input_: Input) -> None:
    """What an agent or a caller says whom to call is in no record."""
    record = dump_record(turn.record)
    if isinstance(input_, Waited) and len(input_.keys) > 4:
        assert input_.keys.encode() not in record
    if isinstance(input_, Dialed) and input_.onward.startswith("dial:"):
        assert input_.onward.encode() not in record
    if isinstance(input_, Offered):
        assert input_.address.encode() not in record


def _check_says(flow: Flow, turn: Turn, input_: Input) -> None:
    closings = [said for said in turn.says if isinstance(said, CLOSING)]
    if isinstance(input_, (Accepted, HungUp, RecordingReady)):
        assert (turn.says, turn.want) == ((), None)
        return
    if turn.want:
        assert not closings
        return
    assert closings == [turn.says[-1]]
    if isinstance(turn.says[-1], Gather) and not any(isinstance(event, Cleared) for event in turn.events):
        assert any(isinstance(said, Say) and said.words().strip() for said in turn.says), "silence"
    document = Renderer(flow, {}).render(turn.says, base="https://phone.example.com", sid="CA1", turn=1)
    assert check_twiml(document) == []


def check_replay(flow: Flow, call: Call, turns: list[Turn]) -> None:
    """The records of the turns, from the log, give the turns' events again, in the same places."""
    records = [load_record(dump_record(turn.record)) for turn in turns]
    again = list(replay(flow, call, records))
    assert [(turn.events, turn.call.place) for turn in again] == [(turn.events, turn.call.place) for turn in turns]


@often
@given(flows, callers, st.booleans(), st.lists(any_input, max_size=25))
def test_any_inputs_in_any_order(flow: Flow, caller: str, begun: bool, inputs: list[Input]) -> None:
    """`step` never raises and changes nothing it was given; each turn closes once, as TwiML that a carrier takes."""
    call = beginning = new_call(flow, caller)
    turns = []
    for input_ in [Started(NOON), *inputs] if begun else inputs:
        turns.append(taken(flow, through_json(call), input_))
        call = turns[-1].call
    check_replay(flow, beginning, turns)


def end_of(flow: Flow, call: Call, data: st.DataObject) -> list[Turn]:
    """A call whose caller does what is awaited and never hangs up, to its end; it has to come in time."""
    limits = flow.limits
    most = limits.inputs + 2 * MORE_INPUTS + 1
    turn = taken(flow, call, Started(data.draw(moments)))
    turns = [turn]
    without_caller = 0
    while not turn.call.ended:
        input_ = data.draw(answers(turn))
        without_caller = 0 if isinstance(input_, FROM_THE_CALLER) else without_caller + 1
        turn = taken(flow, through_json(turn.call), input_)
        turns.append(turn)
        assert turn.call.inputs <= most
        assert turn.call.rescues <= 3
        assert without_caller <= 12 * limits.steps  # a wait is many webhooks
    return turns


@pytest.mark.long
@often
@given(any_flow(queues=True), callers, st.data())
def test_every_call_ends(flow: Flow, caller: str, data: st.DataObject) -> None:
    """A caller who never hangs up is led to an end within the caps, whatever they and the world do; it replays."""
    call = new_call(flow, caller)
    check_replay(flow, call, end_of(flow, call, data))


@pytest.mark.parametrize("name", LINES)
@settings(often, max_examples=5)
@given(data=st.data())
def test_every_call_of_our_own_lines_ends(name: str, data: st.DataObject) -> None:
    """The demo's lines and those of these tests, too."""
    flow = LINES[name]
    call = new_call(flow)
    check_replay(flow, call, end_of(flow, call, data))
