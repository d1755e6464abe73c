"""Head starts in queues."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.menu import shapes
from ivr.menu.problems import shown
from ivr.menu.reader import Shape
from ivr.menu.shapes import checked
from ivr.menu.words import WordsError, template

MOST_HEAD_START = 3600.0
"""Seconds: the largest head start that all of a caller's priorities give together. It bounds overtaking."""


@dataclass(frozen=True, slots=True)
class Priority:
    """A head start in a queue: so many seconds, or as many as the value of a name says."""

    seconds: float = 0.0
    name: str | None = None


def _priority(text: str) -> Priority:
    if "<" not in text and ">" not in text:
        return Priority(shapes.seconds(text, 0, MOST_HEAD_START, "a head start"))
    try:
        name = template(text).only_name
    except WordsError as error:
        raise ValueError(str(error)) from None
    if name is None:
        raise ValueError(f"{shown(text)} is no head start; write a span such as 60s, or one <name>")
    return Priority(name=name)


head_start: Shape[Priority] = checked(
    _priority,
    "a head start: a span such as 60s, or a value as <name>",
    "value",
    {"type": "string", "pattern": rf"^\s*({shapes.SPAN}|<[^<>]+>)\s*$"},
)
