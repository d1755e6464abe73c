"""One call as a story: what was heard, pressed and decided, who was waited for, and when.

The words are not in the log; they are what the call's version says when its records are replayed. Where that
cannot be had, or would tell another story than the events in the log, the events are told alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from ivr.call import Call
from ivr.call.replay import replay
from ivr.call.says import Redirect, Say
from ivr.call.state import Turn
from ivr.call.wire import dump_record, load_record
from ivr.menu.flow import Flow
from ivr.reports.happened import Agents, did, happened
from ivr.store.log_queries import KeptEffect, KeptRecord, LoggedCall


@dataclass(frozen=True, slots=True)
class Words:
    """What was said, in which language."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Note:
    """What happened at a moment, in a line; `kind` is the event's."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One record told: what the caller did, what happened at it, and what they heard then.

    `after` is in seconds from the beginning. A stretch of hold audio is one passage, whose last record came at `until`.
    """

    seq: int
    at: datetime
    after: float | None
    kind: str
    did: str
    notes: tuple[Note, ...] = ()
    heard: tuple[Words, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One call. `missing` says why words are missing, where they are; `wordless`, whether all of them are."""

    call: LoggedCall
    caller: str
    """Their number, masked."""
    passages: tuple[Passage, ...]
    effects: tuple[KeptEffect, ...]
    ending: str
    missing: str = ""
    wordless: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What a replay gives: the words said at each record that could be replayed, and why it went no further.

    `listening` are the records at which nothing was awaited of the caller: the carrier came back by itself.
    """

    words: Mapping[int, tuple[Words, ...]] = field(default_factory=dict)
    why: str = ""
    listening: frozenset[int] = frozenset()


def story_of(
    call: LoggedCall,
    records: Sequence[KeptRecord],
    effects: Sequence[KeptEffect],
    flow: Flow | None,
    agents: Agents | None = None,
) -> Story:
    """The story of a call; `flow` is its version, None where it cannot be had. `agents` are names of the team."""
    told = _heard(flow, call, records)
    masked = str(records[0].input.get("caller") or "") if records else ""
    return Story(
        call,
        f"…{call.caller_last4}" if call.caller_last4 else masked,
        tuple(_together(_passages(call, records, told, agents or {}))),
        tuple(effects),
        ending(call),
        told.why,
        not told.words,
    )


def ending(call: LoggedCall) -> str:
    """How and after how long the call ended, in a line."""
    if call.how is None:
        return f"going on, last heard of at {call.step or 'its beginning'}"
    by = {"line": "by the line", "lost": "(lost: its end was never reported)"}.get(call.how, f"({call.how})")
    after = "" if call.seconds is None else f" after {call.seconds} s"
    return f"ended {by}{after}, at {call.step or 'its beginning'}"


def _passages(call: LoggedCall, records: Sequence[KeptRecord], told: Heard, agents: Agents) -> Iterator[Passage]:
    for record in records:
        notes = (Note(str(it.get("kind", "")), happened(it, agents)) for it in record.events)
        yield Passage(
            record.seq,
            record.at,
            (record.at - call.started_at).total_seconds() if call.started_at else None,
            str(record.input.get("kind", "")),
            _did(record, told),
            tuple(it for it in notes if it.text),
            told.words.get(record.seq, ()),
        )


def _did(record: KeptRecord, told: Heard) -> str:
    if record.seq in told.listening:
        return "listens on"
    kinds = {event.get("kind") for event in record.events}
    if record.input.get("kind") == "told" and kinds & {"survey_asked", "survey_skipped"}:
        return "it is looked up whether they may be asked"
    return did(record.input)


def _together(passages: Iterator[Passage]) -> Iterator[Passage]:
    """Hold audio is asked for a piece at a time: pieces in which nothing happens are one passage."""
    last: Passage | None = None
    for it in passages:
        quiet = it.kind == "waited" and it.did == "waits" and not it.notes and not it.heard
        if quiet and last is not None and last.kind == "waited":
            last = replace(last, until=it.at)
            continue
        if last is not None:
            yield last
        last = it
    if last is not None:
        yield last


def _heard(flow: Flow | None, call: LoggedCall, records: Sequence[KeptRecord]) -> Heard:
    if flow is None:
        return Heard(why=f"version {call.version or '(unknown)'} of its menu cannot be had")
    words: dict[int, tuple[Words, ...]] = {}
    listening: set[int] = set()
    caller = next((str(one.input.get("caller", "")) for one in records[:1]), "")
    state = Call(call.call_sid, call.version or "", flow.name, caller, call.called or "")
    try:
        whole = [load_record(_json(record)) for record in records]
        if [record.seq for record in whole] != list(range(1, len(whole) + 1)):
            return Heard(why="some of its records are missing")
        awaited = True
        for record, turn in zip(records, replay(flow, state, whole), strict=True):
            if not _same(turn, record):
                why = f"from {record.seq} on it went another way than its version goes by itself"
                return Heard(words, why, frozenset(listening))
            words[record.seq] = tuple(
                Words(said.words().strip(), said.language) for said in turn.says if isinstance(said, Say)
            )
            if not awaited and record.input.get("kind") == "silent":
                listening.add(record.seq)
            if turn.says:
                awaited = not isinstance(turn.says[-1], Redirect)
    except (ValueError, KeyError) as error:
        return Heard(words, f"its records cannot be replayed: {type(error).__name__}", frozenset(listening))
    return Heard(words, "", frozenset(listening))


def _same(turn: Turn, record: KeptRecord) -> bool:
    """Whether what the replay makes happen is what the log says; a record may lack fields that came later."""
    made = orjson.loads(dump_record(turn.record))["events"]
    return len(made) == len(record.events) and all(
        logged.items() <= event.items() for logged, event in zip(record.events, made, strict=True)
    )


def _json(record: KeptRecord) -> bytes:
    return orjson.dumps({"seq": record.seq, "input": record.input, "events": record.events})
