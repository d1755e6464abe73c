"""Calls, inputs, events and records as JSON, and back.

A dataclass is an object of its fields with its `kind`; moments are ISO 8601 in UTC.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any, get_args

import orjson

from ivr.call.events import Event
from ivr.call.inputs import Input
from ivr.call.state import Call, NumberEntry, Queued, Record, Surveyed

_INPUTS: dict[str, type] = {cls.kind: cls for cls in get_args(Input)}
_EVENTS: dict[str, type] = {cls.kind: cls for cls in get_args(Event)}
_FIELDS = {cls: tuple(spec.name for spec in dataclasses.fields(cls)) for cls in (*_INPUTS.values(), *_EVENTS.values())}


def _plain(value: Input | Event) -> dict[str, Any]:
    return {"kind": value.kind} | {name: getattr(value, name) for name in _FIELDS[type(value)]}


def dump_input(input_: Input) -> bytes:
    """The input as JSON."""
    return orjson.dumps(_plain(input_))


def load_input(data: bytes | str) -> Input:
    """The input of the JSON. Raises ValueError for anything that is none."""
    try:
        loaded: Input = _load(orjson.loads(data), _INPUTS)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is no input: {error}") from None
    return loaded


def dump_record(record: Record) -> bytes:
    """The record as JSON."""
    return orjson.dumps(
        {"seq": record.seq, "input": _plain(record.input), "events": [_plain(event) for event in record.events]}
    )


def load_record(data: bytes | str) -> Record:
    """The record of the JSON. Raises ValueError for anything that is none."""
    try:
        fields = orjson.loads(data)
        return Record(
            fields["seq"], _load(fields["input"], _INPUTS), tuple(_load(e, _EVENTS) for e in fields["events"])
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is no record: {error}") from None


def _load(fields: dict[str, Any], classes: dict[str, type]) -> Any:
    values = dict(fields)
    cls = classes[values.pop("kind")]
    if "at" in values:
        values["at"] = datetime.fromisoformat(values["at"])
    return cls(**values)


def dump_call(call: Call) -> bytes:
    """The call as JSON, without its secrets and without what is as it was when the call began."""
    fields = {name: getattr(call, name) for name in _CALL}
    return orjson.dumps({name: value for name, value in fields.items() if value != _DEFAULTS.get(name)})


def load_call(data: bytes | str) -> Call:
    """The call of the JSON. Raises ValueError for anything that is none."""
    try:
        fields = orjson.loads(data)
        if queued := fields.get("queued"):
            entry = NumberEntry(**it) if (it := queued.get("entry")) else None
            fields["queued"] = Queued(**queued | {"words": tuple(queued["words"]), "entry": entry})
        if surveyed := fields.get("survey"):
            fields["survey"] = Surveyed(**surveyed)
        return Call(**fields)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"this is no call: {error}") from None


_CALL = tuple(spec.name for spec in dataclasses.fields(Call) if spec.name != "secrets")
_DEFAULTS: dict[str, Any] = {
    spec.name: spec.default if spec.default_factory is dataclasses.MISSING else spec.default_factory()
    for spec in dataclasses.fields(Call)
}
