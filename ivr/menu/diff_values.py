"""Values of settings, before and now, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from ivr.menu.conditions import Condition
from ivr.menu.priority import Priority
from ivr.menu.surveys import AtMost
from ivr.menu.words import Template

_WHOLE = (AtMost, Condition, Priority, Template)
"""Values that are told as one."""

_DESTINATIONS = {
    "hangup": "the end of the call", "back": "where they came from", "repeat": "hearing it again",
    "start": "the beginning", "operator": "the operator",
}  # fmt: skip

_SECONDS = {"wait", "between", "ring", "longest", "silence", "timeout", "seconds", "priority"}
"""Settings that are spans of time."""

_NAMES = {
    "save": "the name of the answer", "when": "the condition", "if": "the condition", "set": "the value of",
    "tries": "the number of tries", "digits": "the number of digits", "wait": "the time for the first key",
    "between": "the time between keys", "ring": "the time to ring", "type": "the type of the answer",
    "allow": "the list of countries", "country": "the country", "timezone": "the time zone", "queue": "the queue",
    "confirm": "reading the answer back", "secret": "keeping the answer secret", "luhn": "the check of the last digit",
    "language": "the order of the languages", "dial": "the number that is dialled", "voicemail": "the box",
    "caller_id": "the number that is shown", "send_digits": "the keys that are sent", "priority": "the head start",
    "longest": "the longest recording", "silence": "the silence that ends it", "survey": "the name in reports",
    "share": "the share of calls in which it is asked", "at_most": "how often one caller is asked at most",
    "errors": "the limit of errors", "inputs": "the limit of inputs", "steps": "the limit of steps in a row",
    "get": "the address", "post": "the address", "table": "the table", "timeout": "the time to wait for an answer",
    "gives": "the field", "headers": "the header", "body": "the field of the body",
}  # fmt: skip


def lead(to: str) -> str:
    """A destination in words."""
    return _DESTINATIONS.get(to, to)


def differences(name: str, old: object, new: object) -> Iterator[tuple[str, str | None, str | None]]:
    """A setting that is different: the sentence, and both values; of a map or a record, each thing that is."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            called = f"{_called(name)} {key}"
            if key not in old:
                yield f"{called} is new: {value(name, new[key])}", None, value(name, new[key])
            elif key not in new:
                yield f"{called} is gone, and was {value(name, old[key])}", value(name, old[key]), None
            else:
                yield from differences(called, old[key], new[key])
        return
    if is_dataclass(old) and type(old) is type(new) and not isinstance(old, _WHOLE):
        for spec in fields(old):
            yield from differences(
                spec.name if name == "limits" else f"{name} {spec.name}",
                getattr(old, spec.name), getattr(new, spec.name),
            )  # fmt: skip
        return
    was, is_ = value(name, old), value(name, new)
    called = _called(name)
    if old is None:
        words = f"{called} is {is_} now, and was not said"
    elif new is None:
        words = f"{called} is not said any more, and was {was}"
    else:
        words = f"{called} is {is_} now, and was {was}"
    yield words, None if old is None else was, None if new is None else is_


def value(name: str, of: object) -> str:
    """A value as a menu file has it."""
    match of:
        case bool():
            return "yes" if of else "no"
        case float() if name == "share":
            return f"{100 * of:g} %"
        case AtMost(times=times, seconds=span):
            return f"{times} in {span / 86_400:g} days" if span % 86_400 == 0 else f"{times} in {span / 3_600:g} hours"
        case Priority(seconds=span, name=of_name):
            return f"<{of_name}>" if of_name else f"{span:g} s"
        case float() | int() if set(name.split()) & _SECONDS:
            return f"{of:g} s"
        case float():
            return f"{of:g}"
        case Condition(source=source) | Template(source=source):
            return source
        case (int() as low, int() as high):
            return str(low) if low == high else f"{low}-{high}"
        case tuple():
            return ", ".join(map(str, of)) or "none"
        case Mapping():
            return ", ".join(f"{key}: {value(key, it)}" for key, it in of.items()) or "none"
    if is_dataclass(of):
        said = {spec.name: getattr(of, spec.name) for spec in fields(of)}
        return ", ".join(f"{key} {value(key, it)}" for key, it in said.items() if it is not None)
    return str(of)


def _called(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " "))
