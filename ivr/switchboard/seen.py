"""What is to be seen of the service from within, read and never changed: its lines, and one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ivr.call.state import TYPED, Call
from ivr.store.call_rows import without_number
from ivr.store.calls import Calls, Saved
from ivr.store.log_queries import LogQueries
from ivr.switchboard.lines import Line, UnknownVersion
from ivr.switchboard.prompts.manifest import readable
from ivr.switchboard.wiring import Parts

MASK = "•••"
"""What is shown of a secret: that there is one, and not even its length."""


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line that can be called."""

    file: str  # its stem
    title: str
    numbers: tuple[str, ...]
    languages: tuple[str, ...]
    zone: str
    version: str  # the live one


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One call. `place` is empty before the call is anywhere; `row` is its line in the file, None where it has none."""

    sid: str
    line: str
    version: str
    language: str
    place: str
    file: str
    row: int | None
    ended: str  # how; empty while it goes on
    values: Mapping[str, Any]
    records: tuple[Mapping[str, Any], ...]  # in order: seq, input, events


def live_lines(parts: Parts) -> list[SeenLine]:
    """The lines that are live, by title. A version that no longer checks is left out. Raises SQLAlchemyError."""
    found = []
    for version in parts.versions.live().values():
        try:
            flow = parts.lines.of(version).flow
        except UnknownVersion:
            continue
        found.append(SeenLine(flow.name, flow.title, flow.numbers, flow.languages, flow.zone.key, version))
    return sorted(found, key=lambda line: line.title.casefold())


def recorded_words(folder: Path) -> dict[str, str]:
    """The words of each recording by its path, as the manifest has them; none where there is no manifest."""
    return {path: entry.text for path, entry in readable(folder).items()}


def seen(parts: Parts, sid: str) -> SeenCall | None:
    """A call as it is now; None where neither Redis nor the log knows it. Raises RedisError and SQLAlchemyError."""
    saved = parts.calls.open(sid)
    happened = happened_in(parts.calls, parts.log, sid)
    if saved is not None:
        return _of_state(parts, saved, happened)
    logged = parts.log.call(sid)
    if logged is None:
        return None
    line, version = logged.line or "", logged.version or ""
    return SeenCall(sid, line, version, logged.language or "", "", f"{line}.yaml", None, logged.how or "", {}, happened)


def happened_in(calls: Calls, log: LogQueries, sid: str) -> tuple[Mapping[str, Any], ...]:
    """The records of a call, in order, those too that are not in SQL yet. Raises RedisError and SQLAlchemyError."""
    records = {one.seq: {"seq": one.seq, "input": one.input, "events": one.events} for one in log.records(sid)}
    for data in calls.records(sid):
        record = orjson.loads(data)
        # As SQL will have it: without the caller's number.
        records.setdefault(record["seq"], record | {"input": without_number(record["input"])})
    return tuple(records[seq] for seq in sorted(records))


def _of_state(parts: Parts, saved: Saved, happened: tuple[Mapping[str, Any], ...]) -> SeenCall:
    call = parts.sealer.open(saved.state)
    try:
        line: Line | None = parts.lines.of(call.version)
    except UnknownVersion:
        line = None
    mark = line.flow.marks.get(call.place) if line else None
    return SeenCall(
        call.sid,
        call.line,
        call.version,
        call.language,
        call.place,
        f"{call.line}.yaml",
        mark[0] if mark else None,
        call.ended,
        shown_values(call, line),
        happened,
    )


def shown_values(call: Call, line: Line | None) -> dict[str, Any]:
    """What the call has saved, by name. Of secrets the name alone, also where the menu has lost track of them."""
    secret = {*call.secrets} - {TYPED} | (line.flow.secrets if line else set())
    shown = {name: MASK if name in secret else value for name, value in call.values.items()}
    return shown | dict.fromkeys(call.secrets.keys() - {TYPED}, MASK)
