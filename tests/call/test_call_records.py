"""Calls, inputs and events as JSON, and calls replayed from their records."""

from __future__ import annotations

from pathlib import Path

import pytest
import test_call_secrets
from calling import NOON, Line, line, new_call

from ivr.call import Call, Record, replay
from ivr.call.events import Answered, Entered
from ivr.call.inputs import Hidden, Pressed, Started, Told
from ivr.call.state import Queued
from ivr.call.wire import dump_call, dump_input, dump_record, load_call, load_input, load_record
from ivr.menu import load


def test_a_call_is_small_json_and_back() -> None:
    """What is as it was at the beginning is left out; the rest comes back equal, but for the secrets."""
    call = Call("CA1", "v1", "test", "", "")
    assert dump_call(call) == b'{"sid":"CA1","version":"v1","line":"test","caller":"","to":""}'
    assert load_call(dump_call(call)) == call
    full = Call(
        "CA1", "v1", "test", "+1", "+2", "es-MX", "main", 3, 2, 5, 1, 1, 1, ["main"],
        {"a": "x", "b": 2.5, "c": True, "d": 0, "e": False, "f": ""}, {}, {"main.say": 1}, "12", "3", "4",
        ["end"], True, "completed", Queued("bookings", 1.5, 2, 1, 3, words=("place", "wait"), offer="o1"),
    )  # fmt: skip
    assert load_call(dump_call(full)) == full
    full.secrets["pin"] = "4821"
    assert b"4821" not in dump_call(full)
    assert load_call(dump_call(full)).secrets == {}


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"sid":"CA1"}', b'{"colour":"red"}', b"7"])
def test_what_is_no_call_is_refused(data: bytes) -> None:
    """Broken state is a ValueError, whatever it is."""
    with pytest.raises(ValueError, match=r"no|JSON|unexpected|empty|expected"):
        load_call(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"null", b"{}", b'{"seq":1,"input":{"kind":"flew"},"events":[]}', b'{"seq":1,"input":7,"events":[]}'],
)
def test_what_is_no_record_is_refused(data: bytes) -> None:
    """A broken record is a ValueError, whatever it is."""
    with pytest.raises(ValueError, match=r"no|JSON|unexpected|empty|expected"):
        load_record(data)


def test_a_record_is_json_and_back() -> None:
    """Moments are ISO 8601 in UTC; a kind is named."""
    record = Record(7, Pressed(NOON, "12#"), (Entered("main"), Answered("main", "yes", True)))
    assert dump_record(record) == (
        b'{"seq":7,"input":{"kind":"pressed","at":"2026-06-02T17:00:00+00:00","keys":"12#"},'
        b'"events":[{"kind":"entered","step":"main"},'
        b'{"kind":"answered","step":"main","name":"yes","value":true}]}'
    )
    for input_ in (Started(NOON), Told(NOON, "found", {"a": 1.5, "b": False}), Hidden(NOON, 4, "valid")):
        assert load_record(dump_record(Record(1, input_, ()))) == Record(1, input_, ())
        assert load_input(dump_input(input_)) == input_


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{}", b'{"kind":"flew"}', b'{"kind":"silent"}', b"7"])
def test_what_is_no_input_is_refused(data: bytes) -> None:
    """A broken input is a ValueError, whatever it is."""
    with pytest.raises(ValueError, match=r"no|JSON|unexpected|empty|expected"):
        load_input(data)


@pytest.mark.parametrize(("way", "inputs"), test_call_secrets.WAYS, ids=[way for way, _ in test_call_secrets.WAYS])
def test_records_with_masked_keys_replay_to_the_same_events(way: str, inputs: list[str]) -> None:
    """Folding `step` over what was stored gives what was stored, in whatever order the records came."""
    played = test_call_secrets.play(*inputs)
    records = played.loaded_records()
    turns = list(replay(played.flow, new_call(played.flow), reversed(records)))
    assert [turn.record for turn in turns] == records
    assert [turn.call.place for turn in turns] == [turn.call.place for turn in played.turns]


def test_a_call_can_be_replayed_on_a_draft() -> None:
    """A draft takes the inputs as its steps do: what an old line hid may be a plain question now, and the reverse."""
    steps = test_call_secrets.STEPS
    old = test_call_secrets.play("1", test_call_secrets.CARD, test_call_secrets.PIN, "123", "found status=ok", "5")
    draft = line(
        steps.replace("secret: yes", "confirm: yes")
        .replace("type: pin", "type: date")
        .replace("digits: 3", "type: pin"),
        test_call_secrets.PAY.replace(", booking: <booking>", ""),
    )
    assert len(list(replay(draft, new_call(draft), old.loaded_records()))) == 7
    plain = Line(draft)
    plain.take("start", "1", "4242424242424242", "1", "07042026", "4711", "found", "5")
    flow = old.flow
    assert len(list(replay(flow, new_call(flow), plain.loaded_records()))) == 8


def test_the_state_of_a_call_is_under_a_kilobyte() -> None:
    """A long call through the demo line, with answers, look-ups and misses, is less than 1 kB of JSON."""
    menu = Path(__file__).parents[2] / "menus" / "meridian.yaml"
    flow = load({"meridian.yaml": menu.read_bytes()}).flows["meridian"]
    call = Line(flow)
    call.take("start", "2", "1", "silence", "1014", "found at=06:15 to=Springfield bay=12", "2", "3333")
    call.take("not_found", "**", "3", "2", "12", "100001", "1")
    call.take("found status=confirmed to=Springfield leaves=2026-12-20 due=12.50 seat=12A", "silence", "3", "3")
    call.take("04072026", "1", "recorded https://api.example.com/RE1")
    assert call.call.ended
    assert len(call.call.values) >= 8
    assert max(len(dump_call(turn.call)) for turn in call.turns) < 1000
