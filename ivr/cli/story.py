"""One call, told: what was heard, pressed and decided, and when.

The words are not in the log; they are what the call's version says when its records are replayed. Where that
cannot be had, or would tell another story than the events in the log, the events are told alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import orjson

from ivr.call import Call
from ivr.call.replay import replay
from ivr.call.says import Say
from ivr.call.state import Turn
from ivr.call.wire import dump_record, load_record
from ivr.menu.flow import Flow
from ivr.store.log_queries import KeptEffect, KeptRecord, LoggedCall

DOT = "•"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a replay gives: the words said at each record that could be replayed, and why it went no further."""

    words: Mapping[int, tuple[str, ...]]
    why: str


def heard(flow: Flow | None, call: LoggedCall, records: Sequence[KeptRecord]) -> Heard:
    """The words of a call, as its version says them; `flow` is that version, None where it cannot be had."""
    if flow is None:
        return Heard({}, f"version {call.version or '(unknown)'} of its menu cannot be had")
    words: dict[int, tuple[str, ...]] = {}
    caller = next((str(one.input.get("caller", "")) for one in records[:1]), "")
    state = Call(call.call_sid, call.version or "", flow.name, caller, call.called or "")
    try:
        whole = [load_record(_json(record)) for record in records]
        if [record.seq for record in whole] != list(range(1, len(whole) + 1)):
            return Heard({}, "some of its records are missing")
        for record, turn in zip(records, replay(flow, state, whole), strict=True):
            if not _same(turn, record):
                return Heard(words, f"from {record.seq} on it went another way than its version goes by itself")
            words[record.seq] = tuple(said.words().strip() for said in turn.says if isinstance(said, Say))
    except (ValueError, KeyError) as error:
        return Heard(words, f"its records cannot be replayed: {type(error).__name__}")
    return Heard(words, "")


def tell(
    call: LoggedCall, records: Sequence[KeptRecord], effects: Sequence[KeptEffect], told: Heard, zone: tzinfo
) -> Iterator[str]:
    """The story, line by line; times in the zone."""
    yield f"call: {call.call_sid}"
    yield f"line: {call.line or '(unknown)'}, version {call.version or '(unknown)'}"
    if call.caller_last4 or (records and records[0].input.get("caller")):
        yield f"from: {'…' + call.caller_last4 if call.caller_last4 else records[0].input['caller']}"
    if call.called:
        yield f"to: {call.called}"
    yield f"at: {call.at.astimezone(zone).isoformat(timespec='seconds')}"
    if told.why:
        yield f"words: {'not all' if told.words else 'none'}, as {told.why}"
    yield ""
    for record in records:
        yield f"{record.at.astimezone(zone):%H:%M:%S}  {did(record.input)}"
        for event in record.events:
            if line := _decided(event):
                yield f"          {line}"
        for words in told.words.get(record.seq, ()):
            yield f"          “{words}”"
    for effect in effects:
        why = f" ({effect.why})" if effect.why else ""
        yield f"{effect.at.astimezone(zone):%H:%M:%S}  asked of the carrier: {effect.kind}, {effect.state}{why}"
    yield ""
    yield ending(call)


def ending(call: LoggedCall) -> str:
    """How and after how long the call ended, in a line."""
    if call.how is None:
        return f"going on, last heard of at {call.step or 'its beginning'}"
    by = {"line": "by the line", "lost": "(lost: its end was never reported)"}.get(call.how, f"({call.how})")
    after = "" if call.seconds is None else f" after {call.seconds} s"
    return f"ended {by}{after}, at {call.step or 'its beginning'}"


def did(input_: Mapping[str, Any]) -> str:
    """What came in, in words; secret keys are dots."""
    match input_:
        case {"kind": "pressed", "keys": keys}:
            return f"pressed {keys}"
        case {"kind": "hidden", "length": int(length)}:
            return f"pressed {DOT * min(length, 64)}"
        case {"kind": "told", "outcome": outcome, **rest}:
            return f"looked up: {outcome}" + (f" ({rest['why']})" if rest.get("why") else "")
        case {"kind": "recorded", "seconds": seconds}:
            return f"left {seconds} s of recording"
        case {"kind": "recording_ready"}:
            return "the recording is ready"
        case {"kind": "dialed", "outcome": outcome, "seconds": seconds}:
            return f"the dialled leg is over: {outcome}, {seconds} s"
        case {"kind": "hung_up", "status": status}:
            return "the call was given up as lost" if status == "lost" else f"hung up ({status})"
        case {"kind": "troubled", "what": what}:
            return f"something failed: {what}"
        case {"kind": "silent"}:
            return "silence"
        case {"kind": kind}:
            return str(kind).replace("_", " ")
        case _:
            return "(unknown)"


def _decided(event: Mapping[str, Any]) -> str:
    """What happened, in a line; nothing for what the line above says already."""
    kind, step = str(event["kind"]), event.get("step", "")
    rest = {name: value for name, value in event.items() if name not in ("kind", "step")}
    match kind:
        case "entered":
            return f"-> {step}"
        case "chose":
            return f"chose {rest.get('key')}, which leads to {rest.get('to')}"
        case "answered":
            value = rest.get("value")
            return f"answered {rest.get('name')}" + (f" = {value}" if value is not None else ", a secret")
        case "goal_reached":
            return f"goal: {rest.get('goal')}"
        case "looked_up":
            return f"look-up {rest.get('lookup')}: {rest.get('outcome')}"
        case "survey_answered":
            return f"answered {rest.get('question')} of {rest.get('survey')} = {rest.get('value')}"
        case "ended":
            return ""
        case _:
            fields = ", ".join(f"{name} {value}" for name, value in rest.items() if value not in ("", None))
            return kind.replace("_", " ") + (f": {fields}" if fields else "")


def _same(turn: Turn, record: KeptRecord) -> bool:
    """Whether what the replay makes happen is what the log says; a record may lack fields that came later."""
    made = orjson.loads(dump_record(turn.record))["events"]
    return len(made) == len(record.events) and all(
        logged.items() <= event.items() for logged, event in zip(record.events, made, strict=True)
    )


def _json(record: KeptRecord) -> bytes:
    return orjson.dumps({"seq": record.seq, "input": record.input, "events": record.events})
