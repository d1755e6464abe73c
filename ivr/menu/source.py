"""The text of a YAML file as nodes that know where they stand.

Every scalar is text. YAML's guesses (`no` is false, `0123` is octal, `10:00` is 600) never happen, because
only libyaml's *events* are used, and the tree is built here: one flat loop, so that a file nested a
hundred thousand deep is a problem and no crash, and an alias cannot make a small file enormous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import yaml

from ivr.menu.problems import Problem
from ivr.menu.traps import Trap, line_traps, syntax_trap

DEEPEST = 20
LARGEST = 8_000_000  # bytes; ten thousand steps take about two million
MOST_MENDS = 100

Kind = Literal["scalar", "map", "list"]


@dataclass(slots=True)
class Node:
    """A scalar, a map or a list of a file, with its place (line and column from 1)."""

    kind: Kind
    line: int
    column: int
    text: str = ""
    plain: bool = False  # a scalar without quotes
    flow: bool = False  # a map or list in braces or brackets
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    comment: str = ""  # what follows a plain scalar after one space and a "#"

    def get(self, key: str) -> Node | None:
        """The value of this map's key, if it has that key."""
        return next((value for name, value in self.pairs if name.text == key), None)

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        todo = [self]
        while todo:
            node = todo.pop()
            yield node
            todo.extend(node.items)
            for key, value in node.pairs:
                todo += (key, value)


def parse(file: str, data: bytes) -> tuple[Node | None, list[Problem]]:
    """The file's one map, and what is wrong with the file as YAML.

    A syntax error that we understand is mended in the copy that is read, so that one run tells all the
    problems of a file; the problem stays a problem. The node is None where nothing could be read.
    """
    text, problems = _decode(file, data)
    if text is None:
        return None, problems
    found: list[Trap] = []
    for _ in range(MOST_MENDS):
        traps, text = line_traps(text)
        found += traps
        try:
            node = _Builder(file, text, problems).build()
            break
        except yaml.MarkedYAMLError as error:
            trap, mended = syntax_trap(text, error)
            found.append(trap)
            if mended is None or mended == text:
                node = None
                break
            text = mended
            problems = []
    else:
        node = None
    for trap in found:
        problems.append(Problem(file, trap.line, trap.column, trap.rule, trap.message))
    if node is not None and node.kind != "map":
        problems.append(
            Problem(file, node.line, node.column, "not-a-map", "a menu file is a map: line:, numbers:, … steps:")
        )
        node = None
    return node, problems


def _decode(file: str, data: bytes) -> tuple[str | None, list[Problem]]:
    """The text of the bytes: UTF-8 without characters that YAML and XML cannot carry."""
    if len(data) > LARGEST:
        message = f"the file has {len(data):,} bytes; the most is {LARGEST:,}"
        return None, [Problem(file, 1, 1, "too-large", message)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        return None, [Problem(file, line, column, "encoding", "the file is not UTF-8 text; save it as UTF-8")]
    if bad := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        message = f"the character U+{ord(bad[0]):04X} cannot stand in a menu file; remove it"
        return None, [Problem(file, line, column, "bad-character", message)]
    return text, []


# What YAML 1.1 forbids in a stream. XML 1.0 forbids the same and less.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def _start(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event, from 1. A parser's events always have marks; the stubs doubt it."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    """Events of libyaml to nodes."""

    def __init__(self, file: str, text: str, problems: list[Problem]) -> None:
        self.file = file
        self.text = text
        self.rows = text.split("\n")
        self.problems = problems

    def build(self) -> Node | None:
        """The document's root, None for an empty or impossible one. Raises yaml.MarkedYAMLError."""
        root: Node | None = None
        stack: list[tuple[Node, Node | None]] = []  # an open collection, and the key that waits for a value
        documents = 0
        for event in yaml.parse(self.text, yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._problem(event, "several-documents", 'one file is one line; remove the "---" here')
                    return root
                continue
            if isinstance(event, yaml.ScalarEvent):
                node = self._scalar(event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                node = Node(
                    "map" if isinstance(event, yaml.MappingStartEvent) else "list",
                    *_start(event),
                    flow=bool(event.flow_style),
                )
                self._no_magic(event)
                if len(stack) >= DEEPEST:
                    self._problem(event, "too-deep", f"nothing in a menu file is nested {DEEPEST} deep")
                    return None
            elif isinstance(event, yaml.AliasEvent):
                self._problem(
                    event,
                    "alias",
                    f'"*{event.anchor}" is a YAML alias, which menus do not use; write the words out',
                )
                node = Node("scalar", *_start(event))
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                stack.pop()
                continue
            else:
                continue
            if stack:
                self._place(stack, node)
            else:
                root = node
            if node.kind != "scalar":
                stack.append((node, None))
        if root is None or (root.kind == "scalar" and not root.text):
            self.problems.append(Problem(self.file, 1, 1, "empty-file", "the file is empty"))
            return None
        return root

    def _place(self, stack: list[tuple[Node, Node | None]], node: Node) -> None:
        parent, key = stack[-1]
        if parent.kind == "list":
            parent.items.append(node)
        elif key is None:
            stack[-1] = (parent, node)
        else:
            parent.pairs.append((key, node))
            stack[-1] = (parent, None)

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        plain = event.style in (None, "")
        self._no_magic(event)
        comment = ""
        end = event.end_mark
        if plain and end and end.line < len(self.rows):
            rest = self.rows[end.line][end.column :]
            # A comment proper stands two spaces away; one space and "#" is a "#" somebody wanted to say.
            if rest.startswith(" #"):
                comment = rest[1:]
        return Node(
            "scalar",
            *_start(event),
            text=event.value,
            plain=plain,
            comment=comment,
        )

    def _no_magic(self, event: yaml.NodeEvent) -> None:
        if event.anchor:
            self._problem(event, "alias", f'"&{event.anchor}" is a YAML anchor, which menus do not use; remove it')
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self._problem(event, "tag", f'"{tag}" is a YAML tag, which menus do not use; remove it')

    def _problem(self, event: yaml.Event, rule: str, message: str) -> None:
        self.problems.append(Problem(self.file, *_start(event), rule, message))
