"""The names of a call and their values, as words, conditions and look-ups see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ivr.call.state import Call
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
    """The value as plain text, for look-ups, switches and numbers to dial. A secret's value, too."""
    if name in call.secrets:
        return call.secrets[name]
    value, _ = value_of(name, flow, call, at)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def names_of(flow: Flow, call: Call, at: datetime) -> dict[str, object]:
    """All names for a condition: look-ups as maps of their fields; secrets are not among them.

    Money is a number there, `now` a timestamp. A name without a value has the empty one of its type, so that a
    condition has a value on every way that leads to it.
    """
    names: dict[str, object] = {}
    for name in (*flow.types, *BUILT_IN):
        if name in flow.secrets:
            continue
        value, type_ = value_of(name, flow, call, at)
        if type_ in ("money", "number") and name != "call.tries":
            value = float(value or 0)
        if type_ == "moment":
            value = at  # in UTC: cel takes no zone that has a name
        root, _, field = name.partition(".")
        if not field:
            names.setdefault(root, value)  # a saved name gives way to the look-up of the same name
            continue
        fields = names.get(root)
        if not isinstance(fields, dict):
            fields = names[root] = {}
        fields[field] = value
    return names
