"""The names of a call and their values, as words, conditions and look-ups see them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from ivr.call.state import Call
from ivr.menu.conditions import Condition, names_in, nested
from ivr.menu.flow import Flow
from ivr.menu.names import BUILT_IN
from ivr.menu.values import Type

_EMPTY: dict[Type, Any] = {"number": 0, "yes_no": False}


def value_of(name: str, flow: Flow, call: Call, at: datetime) -> tuple[Any, Type]:
    """The value of a name and its type; an empty value where nothing gave it one yet."""
    match name:
        case "call.from":
            return call.caller, "phone"
        case "call.to":
            return call.to, "phone"
        case "call.language":
            return call.language, "text"
        case "call.line":
            return call.line, "text"
        case "call.tries":
            return call.errors, "number"
        case "now":
            return at.astimezone(flow.zone), "moment"
    type_ = flow.types.get(name, "text")
    return call.values.get(name, _EMPTY.get(type_, "")), type_


def text_of(name: str, flow: Flow, call: Call, at: datetime) -> str:
    """The value as plain text, for look-ups, switches and numbers to dial."""
    value, _ = value_of(name, flow, call, at)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


def names_of(condition: Condition, flow: Flow, call: Call, at: datetime) -> dict[str, object]:
    """The names that a condition uses and their values: look-ups as maps of their fields, no secrets.

    Money and numbers are numbers there. Dates, times and `now` are ISO text, which compares as time does:
    `booking.leaves > "2026-01-01"`; `now` is in the line's zone. A name without a value has the empty one of its
    type, so that a condition has a value on every way that leads to it.
    """
    values: dict[str, object] = {}
    for name in _used(condition):
        if name in flow.secrets or (name not in flow.types and name not in BUILT_IN):
            continue
        value, type_ = value_of(name, flow, call, at)
        if type_ in ("money", "number") and name != "call.tries":
            value = _number(value)
        elif isinstance(value, datetime):
            value = value.isoformat(timespec="seconds")
        values[name] = value
    return nested(values)


def _number(value: object) -> float:
    try:
        return float(str(value or 0))
    except ValueError:
        return 0.0


@lru_cache(maxsize=4096)
def _used(condition: Condition) -> tuple[str, ...]:
    return tuple(names_in(condition))
