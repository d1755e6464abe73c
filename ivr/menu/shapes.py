"""The shapes of values: scalars, lists, maps and records, each read from nodes and described as JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ivr.menu.problems import did_you_mean, one_of, shown
from ivr.menu.reader import DESTINATION, Reader, Shape, Skip, keys_of, required
from ivr.menu.source import Node

T = TypeVar("T")

SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
"""Any scalar: to this reader all of them are text, to an editor's YAML some are numbers or booleans."""


def matching(regex: str) -> dict[str, Any]:
    """A scalar that matches the whole regular expression, where an editor takes it for text."""
    return SCALAR | {"pattern": f"^\\s*({regex})\\s*$"}


# The shapes of scalars


def checked(check: Callable[[str], T], what: str, rule: str, schema: dict[str, Any] | None = None) -> Shape[T]:
    """A scalar that `check` turns into a value; what it raises as ValueError is the problem's message."""

    def read(node: Node, reader: Reader, _: str) -> T:
        text = reader.text(node, what)
        if node.empty:
            raise reader.problem(node, rule, f"nothing stands here; what belongs here is {what}")
        try:
            return check(text)
        except ValueError as error:
            raise reader.problem(node, rule, str(error)) from None

    return Shape(read, schema or SCALAR, what)


def pattern(regex: str, what: str, rule: str = "value") -> Shape[str]:
    """A scalar that matches the whole regular expression."""
    compiled = re.compile(regex)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"{shown(text)} is not {what}")
        return text

    return checked(check, what, rule, matching(regex))


def choice(words: Iterable[str], what: str) -> Shape[Any]:
    """One of the words."""
    allowed = tuple(words)

    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"{shown(text)} is not {what}{did_you_mean(text, allowed)}; write {one_of(allowed)}")
        return text

    return checked(check, what, "value", {"enum": list(allowed)})


def count(low: int, high: int, what: str) -> Shape[int]:
    """A whole number from low to high."""

    def check(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"{shown(text)} is not {what}: a whole number from {low} to {high}")
        return int(text)

    whole = {"type": "integer", "minimum": low, "maximum": high}
    return checked(check, what, "value", {"anyOf": [whole, {"type": "string", "pattern": r"^\s*[0-9]+\s*$"}]})


SPAN = r"([0-9]{1,6}(?:\.[0-9])?)\s*(s|m|h)"
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str, low: float, high: float, what: str) -> float:
    """The seconds of a span of time such as `3s` or `2m`, from low to high. Raises ValueError."""
    match = re.fullmatch(SPAN, text)
    if not match:
        raise ValueError(f"{shown(text)} is not {what}: write a number and s, m or h, such as 3s")
    found = float(match[1]) * _UNITS[match[2]]
    if not low <= found <= high:
        raise ValueError(f"{shown(text)} is not {what}: at least {low:g}s and at most {high:g}s")
    return found


def span(low: float, high: float, what: str) -> Shape[float]:
    """A span of time such as `3s` or `2m`, in seconds."""
    schema = {"type": "string", "pattern": rf"^\s*{SPAN}\s*$"}
    return checked(lambda text: seconds(text, low, high, what), what, "value", schema)


def _yes_no(text: str) -> bool:
    match text.lower():
        case "yes" | "true":
            return True
        case "no" | "false":
            return False
    raise ValueError(f"{shown(text)} is neither yes nor no")


_YES_NO = r"^\s*(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE)\s*$"
yes_no = checked(
    _yes_no, "yes or no", "value", {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": _YES_NO}]}
)

NAME = r"[a-z_][a-z0-9_]*"
name = pattern(NAME, "a name (lower-case letters, digits, underscores; it begins with a letter)", "name")
destination = pattern(NAME, DESTINATION, "destination")


def is_name(text: str) -> bool:
    """Whether the text could be a name of the file."""
    return re.fullmatch(NAME, text) is not None


E164 = r"\+[1-9][0-9]{6,14}"
"""A phone number in its international form (ITU-T E.164)."""


def phone_number(text: str) -> str:
    """The number in its international form (E.164). Raises ValueError."""
    if not re.fullmatch(E164, text):
        raise ValueError(f"{shown(text)} is not a phone number in the international form, such as +15005550100")
    return text


phone = checked(phone_number, "a phone number such as +15005550100", "phone-number", matching(E164))


# The shapes of collections


def list_of(item: Shape[T], what: str, *, least: int = 0) -> Shape[tuple[T, ...]]:
    """A list; a bad item does not hide the others' problems."""

    def read(node: Node, reader: Reader, address: str) -> tuple[T, ...]:
        if node.kind != "list":
            example = f"[{node.text}]" if node.kind == "scalar" and 0 < len(node.text) <= 60 else "[first, second]"
            raise reader.problem(node, "shape", f"{what} are a list, also where there is only one: {example}")
        if len(node.items) < least:
            raise reader.problem(node, "shape", f"{what}: at least {least}, and here {_stand(len(node.items))}")
        values, broken = [], False
        for number, entry in enumerate(node.items, 1):
            reader.mark(f"{address}.{number}", entry)
            try:
                values.append(item.read(entry, reader, f"{address}.{number}"))
            except Skip:
                broken = True
        if broken:
            raise Skip
        return tuple(values)

    return Shape(read, {"type": "array", "items": item.schema, "minItems": least}, what)


def _stand(number: int) -> str:
    return "is none" if not number else "is 1" if number == 1 else f"are {number}"


def map_of(name_: Shape[Any], value: Shape[T], what: str, *, least: int = 0) -> Shape[dict[str, T]]:
    """A map of names to values of one shape."""

    def read(node: Node, reader: Reader, address: str) -> dict[str, T]:
        pairs = reader.pairs(node, what)
        if len(pairs) < least and not node.pairs:
            raise reader.problem(node, "shape", f"{what}: at least {least}, and here is none")
        values, broken = {}, False
        for entry, content in pairs:
            try:
                word = name_.read(entry, reader, address)
                if word in values:
                    first = reader.marks[f"{address}.{word}"][0]
                    message = f"{shown(entry.text)} means the same as what stands in line {first}; keep one of the two"
                    raise reader.problem(entry, "duplicate-key", message)
                reader.mark(f"{address}.{word}", entry)
                values[word] = value.read(content, reader, f"{address}.{word}")
            except Skip:
                broken = True
        if broken:
            raise Skip
        return values

    schema = {"type": "object", "additionalProperties": value.schema, "minProperties": least}
    if "pattern" in name_.schema:
        schema["propertyNames"] = {"pattern": name_.schema["pattern"]}
    return Shape(read, schema, what)


def record(cls: type[T], what: str) -> Shape[T]:
    """A map that is a dataclass of keys."""

    def read(node: Node, reader: Reader, address: str) -> T:
        return reader.fields(node, cls, address)

    return Shape(read, object_schema(cls), what)


def object_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema of a dataclass of keys."""
    specs = keys_of(cls)
    properties = {
        word: spec.metadata["shape"].schema | {"description": spec.metadata["about"]} for word, spec in specs.items()
    }
    needed = [word for word, spec in specs.items() if required(spec)]
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
