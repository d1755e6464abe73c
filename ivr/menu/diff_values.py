"""Values of settings, before and now, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from ivr.menu.conditions import Condition
from ivr.menu.words import Template

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
    "allow": "the list of countries", "country": "the country", "timezone": "the time zone",
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
            yield from differences(f"{_called(name)} {key}", old.get(key), new.get(key))
        return
    if is_dataclass(old) and type(old) is type(new) and not isinstance(old, (Condition, Template)):
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
