"""Shapes: how a node of a file becomes a value, and the JSON Schema of the same.

A key of a step is a dataclass field made by `key(shape)`; `Reader.fields` reads a map into such a
dataclass, and `schema.py` walks the same fields. So what is read, what is described and what an editor
completes cannot drift apart.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ivr.menu.problems import Problem, Severity, did_you_mean, one_of
from ivr.menu.source import Node

T = TypeVar("T")

SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
"""Any scalar: to this reader all of them are text, to an editor's YAML some are numbers or booleans."""


class Skip(Exception):  # noqa: N818 - no error: the problem is noted already
    """Raised by a shape after it has noted a problem: there is no value here."""


class Reader:
    """Reads the nodes of one file; collects its problems, and the mark of each address."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.marks: dict[str, tuple[int, int]] = {}
        self.languages: tuple[str, ...] = ()

    def problem(self, node: Node, rule: str, message: str, severity: Severity = "error") -> Skip:
        """Notes a problem at the node; what comes back can be raised."""
        self.problems.append(Problem(self.file, node.line, node.column, rule, message, severity))
        return Skip()

    def mark(self, address: str, node: Node) -> None:
        """Remembers where the address stands."""
        self.marks[address] = (node.line, node.column)

    def text(self, node: Node, what: str) -> str:
        """The scalar's text. Raises Skip for anything else."""
        if node.kind != "scalar":
            raise self.problem(node, "shape", f"{what} is expected here, not a {node.kind}")
        return node.text.strip()

    def words(self, node: Node) -> str:
        """The scalar's text, where people write sentences. Raises Skip for anything else."""
        text = self.text(node, "words")
        if node.comment:
            raise self.problem(
                node,
                "swallowed",
                f'everything from "{node.comment[:20]}" on is a comment to YAML; put the words in double quotes '
                'if they are meant to have a "#", or put two spaces before a comment',
            )
        return text

    def pairs(self, node: Node, what: str) -> list[tuple[Node, Node]]:
        """The map's keys and values, each key once. Raises Skip for anything else."""
        if node.kind != "map":
            raise self.problem(node, "shape", f"{what} is expected here, as a map of names and values")
        seen: dict[str, Node] = {}
        pairs = []
        for name, value in node.pairs:
            if name.kind != "scalar":
                self.problem(name, "shape", "a key is a word, not a list or map")
            elif name.text in seen:
                first = seen[name.text].line
                self.problem(
                    name,
                    "duplicate-key",
                    f'"{name.text}" stands here for the second time (first in line {first})',
                )
            else:
                seen[name.text] = name
                pairs.append((name, value))
        return pairs

    def fields(self, node: Node, cls: type[T], address: str, *, skip: Iterable[str] = ()) -> T:
        """The map as a dataclass whose fields were made by `key`. Raises Skip where it cannot be one.

        All problems of all its keys are noted before that.
        """
        values, broken = self.partial(node, cls, address, skip=skip)
        if broken:
            raise Skip
        return cls(**values)

    def partial(self, node: Node, cls: type, address: str, *, skip: Iterable[str] = ()) -> tuple[dict[str, Any], bool]:
        """Those of the dataclass's fields that could be read, and whether a problem was noted."""
        skipped = set(skip)
        specs = {spec.metadata["name"] or spec.name: spec for spec in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        broken = False
        present = set()
        for name, value in self.pairs(node, f"{article(cls)}"):
            if name.text in skipped:
                continue
            spec = specs.get(name.text)
            if spec is None:
                allowed = [*specs, *skipped]
                hint = did_you_mean(name.text, allowed)
                self.problem(name, "unknown-key", f'"{name.text}" means nothing here{hint}; allowed: {one_of(allowed)}')
                broken = True
                continue
            present.add(name.text)
            where = f"{address}.{name.text}"  # the top level's own keys get a leading dot
            self.mark(where, name)
            try:
                values[spec.name] = spec.metadata["shape"].read(value, self, where)
            except Skip:
                broken = True
        for name_, spec in specs.items():
            if name_ in present or spec.default is not dataclasses.MISSING:
                continue
            if spec.default_factory is not dataclasses.MISSING:
                continue
            self.problem(node, "missing-key", f'"{name_}" is missing: {spec.metadata["shape"].what}')
            broken = True
        return values, broken


def article(cls: type) -> str:
    """What a dataclass is called in a problem: the first words of its docstring."""
    return (cls.__doc__ or cls.__name__).split("\n")[0].rstrip(".")


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """How a node is read, what JSON Schema describes it, and what a person calls it."""

    read: Callable[[Node, Reader, str], T]
    schema: dict[str, Any]
    what: str


def key(shape: Shape[Any], *, default: Any = dataclasses.MISSING, name: str | None = None) -> Any:
    """A dataclass field that is read by the shape, from the key of its own name unless one is given."""
    metadata = {"shape": shape, "name": name}
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    if isinstance(default, (dict, Mapping)):
        return dataclasses.field(metadata=metadata, default_factory=lambda: default)
    return dataclasses.field(metadata=metadata, default=default)


# The shapes of scalars


def checked(check: Callable[[str], T], what: str, rule: str, schema: dict[str, Any] | None = None) -> Shape[T]:
    """A scalar that `check` turns into a value; what it raises as ValueError is the problem's message."""

    def read(node: Node, reader: Reader, _: str) -> T:
        text = reader.text(node, what)
        try:
            return check(text)
        except ValueError as error:
            raise reader.problem(node, rule, str(error) or f'"{text}" is not {what}') from None

    return Shape(read, schema or SCALAR, what)


def pattern(regex: str, what: str, rule: str = "value") -> Shape[str]:
    """A scalar that matches the whole regular expression."""
    compiled = re.compile(regex)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f'"{text}" is not {what}')
        return text

    return checked(check, what, rule)


def choice(words: Iterable[str], what: str) -> Shape[Any]:
    """One of the words."""
    allowed = tuple(words)

    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError(f'"{text}" is not {what}{did_you_mean(text, allowed)}; allowed: {one_of(allowed)}')
        return text

    return checked(check, what, "value", {"enum": list(allowed)})


def count(low: int, high: int, what: str) -> Shape[int]:
    """A whole number from low to high."""

    def check(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f'"{text}" is not {what}: a whole number from {low} to {high}')
        return int(text)

    schema = {
        "anyOf": [
            {"type": "integer", "minimum": low, "maximum": high},
            {"type": "string", "pattern": r"^\d+$"},
        ]
    }
    return checked(check, what, "value", schema)


_SPAN = re.compile(r"(\d{1,6}(?:\.\d)?)\s*(s|m|h)")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def span(low: float, high: float, what: str) -> Shape[float]:
    """A span of time such as `3s` or `2m`, in seconds."""

    def check(text: str) -> float:
        match = _SPAN.fullmatch(text)
        if not match:
            raise ValueError(f'"{text}" is not {what}: write a number and s, m or h, such as 3s')
        seconds = float(match[1]) * _UNITS[match[2]]
        if not low <= seconds <= high:
            raise ValueError(f'"{text}" is not {what}: at least {low:g}s and at most {high:g}s')
        return seconds

    return checked(check, what, "value", {"type": "string", "pattern": r"^\d+(\.\d)?\s*[smh]$"})


def _yes_no(text: str) -> bool:
    match text.lower():
        case "yes" | "true":
            return True
        case "no" | "false":
            return False
    raise ValueError(f'"{text}" is neither yes nor no')


yes_no = checked(_yes_no, "yes or no", "value", {"enum": [True, False, "yes", "no", "true", "false"]})

NAME = r"[a-z_][a-z0-9_]*"
name = pattern(NAME, "a name (lower-case letters, digits, underscores; it begins with a letter)", "name")


def phone_number(text: str) -> str:
    """The number in its international form (E.164). Raises ValueError."""
    if not re.fullmatch(r"\+[1-9]\d{6,14}", text):
        raise ValueError(f'"{text}" is not a phone number in the international form, such as +15005550100')
    return text


phone = checked(phone_number, "a phone number such as +15005550100", "phone-number")


# The shapes of collections


def list_of(item: Shape[T], what: str, *, least: int = 0) -> Shape[tuple[T, ...]]:
    """A list; a bad item does not hide the others' problems."""

    def read(node: Node, reader: Reader, address: str) -> tuple[T, ...]:
        if node.kind != "list":
            raise reader.problem(node, "shape", f"{what} is expected here, as a list: [first, second]")
        if len(node.items) < least:
            raise reader.problem(node, "shape", f"{what}: at least {least}")
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


def map_of(name_: Shape[Any], value: Shape[T], what: str, *, least: int = 0) -> Shape[dict[str, T]]:
    """A map of names to values of one shape."""

    def read(node: Node, reader: Reader, address: str) -> dict[str, T]:
        pairs = reader.pairs(node, what)
        if len(pairs) < least:
            raise reader.problem(node, "shape", f"{what}: at least {least}")
        values, broken = {}, False
        for entry, content in pairs:
            try:
                word = name_.read(entry, reader, address)
                reader.mark(f"{address}.{word}", entry)
                values[word] = value.read(content, reader, f"{address}.{word}")
            except Skip:
                broken = True
        if broken:
            raise Skip
        return values

    return Shape(read, {"type": "object", "additionalProperties": value.schema, "minProperties": least}, what)


def record(cls: type[T], what: str) -> Shape[T]:
    """A map that is a dataclass of keys."""

    def read(node: Node, reader: Reader, address: str) -> T:
        return reader.fields(node, cls, address)

    return Shape(read, object_schema(cls), what)


def object_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema of a dataclass of keys."""
    properties, required = {}, []
    for spec in dataclasses.fields(cls):
        word = spec.metadata["name"] or spec.name
        properties[word] = spec.metadata["shape"].schema | {"description": spec.metadata["shape"].what}
        if spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING:
            required.append(word)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
