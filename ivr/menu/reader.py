"""The reader: nodes of a file into dataclasses of keys, with all problems noted on the way.

A key of a step is a dataclass field made by `key(shape, about)`; `Reader.fields` reads a map into such a
dataclass, and `schema.py` walks the same fields. So what is read, what is described and what an editor
completes cannot drift apart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from ivr.menu.problems import Problem, all_of, did_you_mean, nearest, one_of, shown
from ivr.menu.source import Node

T = TypeVar("T")

LONGEST = 1_000
"""Characters of a value that is no words to say: a condition, hours, an address."""


RESERVED = ("hangup", "back", "repeat", "start", "operator")
"""Destinations that every line has."""

DESTINATION = f"a step (or {one_of(RESERVED)})"
"""What a destination is called; by this name the reader knows ways out."""


class Skip(Exception):  # noqa: N818 - no error: the problem is noted already
    """Raised by a shape after it has noted a problem: there is no value here."""


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """How a node is read, what JSON Schema describes it, and what a person calls it."""

    read: Callable[[Node, Reader, str], T]
    schema: dict[str, Any]
    what: str


def key(shape: Shape[Any], about: str = "", *, default: Any = dataclasses.MISSING, name: str | None = None) -> Any:
    """A dataclass field that is read by the shape, from the key of its own name unless one is given.

    `about` says to whoever writes a menu what the key is for; without it the shape speaks for itself.
    """
    metadata = {"shape": shape, "name": name, "about": about or shape.what}
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    if isinstance(default, (dict, Mapping)):
        return dataclasses.field(metadata=metadata, default_factory=lambda: default)
    return dataclasses.field(metadata=metadata, default=default)


@cache
def keys_of(cls: type) -> dict[str, dataclasses.Field[Any]]:
    """The dataclass's fields by the key that a file writes; a field without a shape is none of the file's."""
    specs = [spec for spec in dataclasses.fields(cls) if "shape" in spec.metadata]
    return {spec.metadata["name"] or spec.name: spec for spec in specs}


def required(spec: dataclasses.Field[Any]) -> bool:
    """Whether a file has to write the key."""
    return spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING


def leads_on(spec: dataclasses.Field[Any]) -> bool:
    """Whether the key's value is a destination."""
    return bool(spec.metadata["shape"].what == DESTINATION)


class Reader:
    """Reads the nodes of one file; collects its problems (each once), and the mark of each address."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: dict[Problem, None] = {}
        self.marks: dict[str, tuple[int, int]] = {}
        self.languages: tuple[str, ...] = ()
        self.any_language = False  # the file's own list of languages is wrong, so any may be what was meant

    def problem(self, node: Node, rule: str, message: str) -> Skip:
        """Notes an error at the node; what comes back can be raised."""
        self.problems[Problem(self.file, node.line, node.column, rule, message)] = None
        return Skip()

    def mark(self, address: str, node: Node) -> None:
        """Remembers where the address stands."""
        self.marks[address] = (node.line, node.column)

    def text(self, node: Node, what: str) -> str:
        """The scalar's text. Raises Skip for anything else, and for more of it than anything but words needs."""
        text = self._scalar(node, what)
        if len(text) > LONGEST:
            raise self.problem(node, "too-long", f"{len(text):,} characters are too many here; at most {LONGEST:,}")
        return text

    def words(self, node: Node) -> str:
        """The scalar's text, where people write sentences. Raises Skip for anything else."""
        text = self._scalar(node, "words to say")
        if node.comment:
            raise self.problem(
                node,
                "swallowed",
                f"to YAML everything from {shown(node.comment, 20)} on is a comment; "
                "put the words in double quotes if callers shall hear it, or two spaces before a comment",
            )
        return text

    def _scalar(self, node: Node, what: str) -> str:
        if node.kind != "scalar":
            raise self.problem(node, "shape", f"{what} is expected here, not a {node.kind}")
        return node.text.strip()

    def pairs(self, node: Node, what: str) -> list[tuple[Node, Node]]:
        """The map's keys and values, each key once. Raises Skip for anything else."""
        if node.kind != "map":
            found = "nothing stands here" if node.empty else "here is "
            found += "" if node.empty else shown(node.text) if node.kind == "scalar" else "a list"
            message = f'{found}; what belongs here is {what}, on lines of their own as "key: value"'
            raise self.problem(node, "shape", message)
        seen: dict[str, Node] = {}
        pairs = []
        for name, value in node.pairs:
            if name.kind != "scalar":
                self.problem(name, "shape", f"a key is a word, not a {name.kind}")
            elif name.text in seen:
                first = seen[name.text].line
                where = "above in this line" if first == name.line else f"in line {first}"
                self.problem(name, "duplicate-key", f"{shown(name.text)} stands {where} already; keep one of the two")
            else:
                seen[name.text] = name
                pairs.append((name, value))
        return pairs

    def fields(self, node: Node, cls: type[T], address: str, *, at: Node | None = None) -> T:
        """The map as a dataclass whose fields were made by `key`; what is missing is told `at` that node.

        Raises Skip where it cannot be one. All problems of all its keys are noted before that.
        """
        values, broken = self.partial(node, cls, address, at=at)
        if broken:
            raise Skip
        return cls(**values)

    def partial(
        self,
        node: Node,
        cls: type,
        address: str,
        *,
        at: Node | None = None,
        skip: Iterable[str] = (),
        hints: Mapping[str, str] | None = None,
    ) -> tuple[dict[str, Any], set[str]]:
        """Those of the dataclass's fields that could be read, and the keys with which something is wrong.

        `skip` are keys that somebody else reads, `hints` says of keys that belong elsewhere where that is.
        """
        skipped = list(skip)
        specs = keys_of(cls)
        values: dict[str, Any] = {}
        broken: set[str] = set()
        present = set()
        meant = set()  # keys of which a misspelling was told
        for name, value in self.pairs(node, name_of(cls)):
            present.add(name.text)
            if name.text in skipped:
                continue
            spec = specs.get(name.text)
            if spec is None:
                allowed = [*specs, *skipped]
                meant.add(nearest(name.text, allowed))
                hint = (hints or {}).get(name.text) or did_you_mean(name.text, allowed)
                message = f"{shown(name.text)} means nothing in {name_of(cls)}{hint}; it can have {all_of(allowed)}"
                self.problem(name, "unknown-key", message)
                broken.add(name.text)
                continue
            where = f"{address}.{name.text}"  # the top level's own keys get a leading dot
            # What a rule says of a scalar stands at its value; of anything larger, at its key.
            self.mark(where, value if value.kind == "scalar" and not value.empty else name)
            try:
                values[spec.name] = spec.metadata["shape"].read(value, self, where)
            except Skip:
                broken.add(name.text)
        missing = [word for word, spec in specs.items() if required(spec) and word not in present]
        self._missing(at or node, cls, [word for word in missing if word not in meant])
        return values, broken | set(missing)

    def _missing(self, at: Node, cls: type, words: list[str]) -> None:
        """Tells of keys that are not there; of a step's ways out all at once, with those that it has to have."""
        specs = keys_of(cls)
        ways = [word for word, spec in specs.items() if required(spec) and leads_on(spec)]
        lost = [word for word in words if word in ways and len(ways) > 1]
        for word in words:
            if word not in lost:
                self.problem(at, "missing-key", f'"{word}:" is missing: {specs[word].metadata["about"]}')
        if lost:
            verb = "is missing" if len(lost) == 1 else "are missing"
            message = f"{name_of(cls)} leads on by {all_of(ways)}, each to {DESTINATION}; {all_of(lost)} {verb}"
            self.problem(at, "missing-key", message)


def name_of(cls: type) -> str:
    """What a dataclass is called in a problem: the first line of its docstring, such as `a menu`."""
    return (cls.__doc__ or cls.__name__).split("\n")[0].rstrip(".")
