"""What is known of a caller who waits or talks, for the agent who takes them: read, and never changed.

Private by default: of the number the last four digits, of secrets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ivr.call.state import Call
from ivr.menu.flow import Flow
from ivr.menu.steps import Menu
from ivr.menu.words import Prompt, plain
from ivr.store.callers import CallerHash, masked
from ivr.store.calls import Calls
from ivr.store.log_queries import LoggedCall, LogQueries
from ivr.switchboard.lines import Line, Lines, UnknownVersion
from ivr.switchboard.sealing import Sealer
from ivr.switchboard.seen import happened_in, shown_values

_ANYWHERE = {"back": "went back", "repeat": "heard it again", "start": "went to the beginning", "hangup": "hung up"}


class Inside(Protocol):
    """What is asked for it."""

    @property
    def calls(self) -> Calls: ...  # noqa: D102
    @property
    def lines(self) -> Lines: ...  # noqa: D102
    @property
    def sealer(self) -> Sealer: ...  # noqa: D102
    @property
    def log(self) -> LogQueries: ...  # noqa: D102
    @property
    def hashes(self) -> CallerHash: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Went:
    """One thing that the caller did: the step where, and what, in the words of the menu where it has some."""

    step: str
    words: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A value that the call has, as people read it; `asked` says that the caller entered it themselves."""

    name: str
    value: str
    asked: bool


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call, as an agent may see it. `caller` is masked; `line` is the line's title, `file` its stem."""

    sid: str
    line: str
    file: str
    called: str
    caller: str
    language: str
    began: datetime | None
    path: tuple[Went, ...]
    values: tuple[Entered, ...]
    earlier: tuple[LoggedCall, ...]
    offers: tuple[str, ...]
    """The offers on which agents have talked with them before, in this call."""
    steps: tuple[str, ...]
    """The names of the line's steps, to which a caller can be sent on."""


def known(inside: Inside, sid: str, language: str) -> KnownCall | None:
    """A call as it is now, its menu's words in this language, if they can be had in it; None where Redis has it not.

    Raises RedisError and SQLAlchemyError.
    """
    saved = inside.calls.open(sid)
    if saved is None:
        return None
    call = inside.sealer.open(saved.state)
    line = _line(inside.lines, call.version)
    flow = line.flow if line else None
    records = happened_in(inside.calls, inside.log, sid)
    events = [event for record in records for event in record["events"]]
    hash_ = inside.hashes.of(call.caller)
    return KnownCall(
        sid=sid,
        line=flow.title if flow else call.line,
        file=call.line,
        called=call.to,
        caller=masked(call.caller),
        language=call.language,
        began=datetime.fromisoformat(records[0]["input"]["at"]) if records else None,
        path=tuple(_path(events, flow, (language, call.language))),
        values=tuple(_values(call, line, events)),
        earlier=tuple(inside.log.of_caller(hash_, besides=sid)) if hash_ else (),
        offers=tuple(event["offer"] for event in events if event["kind"] == "connected" and "offer" in event),
        steps=tuple(name for name in flow.steps if "." not in name) if flow else (),
    )


def caller_of(inside: Inside, sid: str) -> str | None:
    """The whole number of who calls, for whom may see it; None where Redis has not their call. Raises RedisError."""
    saved = inside.calls.open(sid)
    return inside.sealer.open(saved.state).caller if saved else None


def _line(lines: Lines, version: str) -> Line | None:
    try:
        return lines.of(version)
    except UnknownVersion:
        return None


def _path(events: list[Mapping[str, Any]], flow: Flow | None, languages: tuple[str, ...]) -> Iterator[Went]:
    """What the caller chose, was told and went through, in order; of what they entered, only that they did."""
    for event in events:
        step = event.get("step", "")
        match event["kind"]:
            case "chose":
                yield Went(step, _chosen(flow, event, languages))
            case "language_chosen":
                yield Went(step, f"chose {event['language']}")
            case "answered":
                yield Went(step, f"entered {event['name'].replace('_', ' ')}")
            case "looked_up":
                yield Went(step, f"{event['lookup']}: {event['outcome'].replace('_', ' ')}")
            case "gave_up":
                yield Went(step, "came to no answer")
            case "goal_reached":
                yield Went(step, f"reached {event['goal'].replace('_', ' ')}")
            case "queue_entered":
                yield Went(step, f"began to wait for {event['queue']}")
            case "connected":
                yield Went(step, f"talked with {event['agent']}")
            case "sent_on":
                yield Went(step, f"was sent on to {event['to'].partition(':')[2]}")
            case "queue_moved":
                yield Went(step, f"was moved to {event['to']}")
            case "message_left":
                yield Went(step, f"left a message for {event['box']}")


def _chosen(flow: Flow | None, event: Mapping[str, Any], languages: tuple[str, ...]) -> str:
    step = flow.steps.get(event["step"]) if flow else None
    if step is not None and isinstance(step.act, Menu):
        for option in step.act.options:
            if option.key == event["key"] and option.to == event["to"]:
                return _words(option.prompt, languages)
    return f"{event['key']}: {_ANYWHERE.get(event['to'], event['to'])}"


def _words(prompt: Prompt, languages: tuple[str, ...]) -> str:
    language = next((it for it in languages if it in prompt.texts), next(iter(prompt.texts)))
    return plain(prompt.text(language))


def _values(call: Call, line: Line | None, events: list[Mapping[str, Any]]) -> Iterator[Entered]:
    types = line.flow.types if line else {}
    asked = {event["name"] for event in events if event["kind"] == "answered"}
    for name, value in shown_values(call, line).items():
        text = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        yield Entered(name, masked(text) if types.get(name) == "phone" else text, name in asked)
