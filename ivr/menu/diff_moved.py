"""A step that runs a piece and is called otherwise now: the older line as if it had been called so before.

Else each step, value and look-up of its piece would be told as gone, and again as new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from ivr.menu.conditions import Condition, renamed_condition
from ivr.menu.flow import Flow
from ivr.menu.hours import Hours
from ivr.menu.words import Prompt, Template, Text, Value, plain

T = TypeVar("T")

_NAMED = {"steps", "hours", "lookups", "types", "uses", "set"}
"""Maps whose keys are names of the line."""

_OTHER = {
    "title", "numbers", "country", "languages", "box", "queue", "survey", "goal", "table", "piece", "file", "marks",
    "service",
}  # fmt: skip
"""What is text of another kind, or not compared."""


def called_now(old: Flow, new: Flow) -> dict[str, str]:
    """What running steps of the line's own file are called now: where one that ran a piece went, and one came."""
    went, came = (
        {
            name: use.piece
            for name, use in one.uses.items()
            if "." not in name and name not in other.uses and name not in other.steps
        }
        for one, other in ((old, new), (new, old))
    )
    return {
        name: next(it for it in came if came[it] == piece)
        for name, piece in went.items()
        if [*went.values()].count(piece) == [*came.values()].count(piece) == 1
    }


def moved_name(name: str, called: Mapping[str, str]) -> str:
    """A step, an address or a value of the line, by what its running step is called now."""
    for section in ("", ".lookups.", ".hours."):
        step, dot, rest = name.removeprefix(section).partition(".")
        if name.startswith(section) and step in called:
            return f"{section}{called[step]}{dot}{rest}"
    return name


def moved(flow: Flow, called: Mapping[str, str]) -> Flow:
    """The line with these steps, and all that is of their pieces, called otherwise."""
    return _moved(flow, lambda name: moved_name(name, called))


def _moved(it: T, name: Callable[[str], str]) -> T:
    made: Any = it
    match it:
        case str():
            made = name(it)
        case Condition():
            made = renamed_condition(it, name)
        case Prompt():
            texts = {language: tuple(_text(text, name) for text in said) for language, said in it.texts.items()}
            made = Prompt(name(it.address), texts)
        case Template():
            pieces = _text(it.pieces, name)
            made = Template(plain(pieces), pieces)
        case Value():
            made = replace(it, name=name(it.name))
        case Hours():
            pass
        case Mapping():
            made = {key: _moved(value, name) for key, value in it.items()}
        case tuple():
            made = tuple(_moved(one, name) for one in it)
        case _ if is_dataclass(it) and not isinstance(it, type):
            changed: dict[str, Any] = {}
            for spec in fields(it):
                value = getattr(it, spec.name)
                if spec.init and spec.name not in _OTHER:
                    value = _moved(value, name)
                    if spec.name in _NAMED and isinstance(value, Mapping):
                        value = {name(key): one for key, one in value.items()}
                    changed[spec.name] = value
            made = replace(it, **changed)
    return made  # type: ignore[no-any-return]


def _text(text: Text, name: Callable[[str], str]) -> Text:
    return tuple(piece if isinstance(piece, str) else _moved(piece, name) for piece in text)
