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

from ivr.menu.mended import Copy
from ivr.menu.problems import Problem, shown
from ivr.menu.traps import line_traps, syntax_trap

DEEPEST = 20
LARGEST = 8_000_000  # bytes; ten thousand steps take about two million
MOST_READ = 8_000_000  # characters read again and again while a file's syntax errors are mended
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

    @property
    def empty(self) -> bool:
        """Whether nothing stands here: a key without a value."""
        return self.kind == "scalar" and self.plain and not self.text

    def get(self, key: str) -> Node | None:
        """The value of this map's key, if it has that key."""
        return next((value for name, value in self.pairs if name.text == key), None)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the file's order."""
        todo = [self]
        while todo:
            node = todo.pop()
            yield node
            todo.extend(reversed(node.items))
            for key, value in reversed(node.pairs):
                todo += (value, key)


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it could be read: its one map (None where nothing could be), and what is wrong with it as YAML.

    A syntax error that we understand is mended in the copy that is read, so that one run tells all the
    problems of a file; the problem stays a problem. What is said of `guessed` lines (1 is the first) may be
    wrong, since their words were changed, and whatever surrounds `dropped` lines may lack what stood in them.
    """

    root: Node | None
    problems: tuple[Problem, ...]
    guessed: frozenset[int] = frozenset()
    dropped: dict[int, str] = field(default_factory=dict)  # line -> what stood there


def parse(file: str, data: bytes) -> Source:
    """Reads the file's text as YAML."""
    text, problems = _decode(file, data)
    if text is None:
        return Source(None, tuple(problems))
    copy = Copy(text)
    line_traps(copy)
    node: Node | None = None
    for mends in range(MOST_MENDS):
        builder = _Builder(file, copy.text)
        try:
            node = builder.build()
            problems += [_unshifted(copy, problem) for problem in builder.problems]
            copy.guessed |= builder.guessed
            break
        except yaml.MarkedYAMLError as error:
            enough = mends * len(text) > MOST_READ
            if not syntax_trap(copy, error, builder.last) or enough:
                break
    problems += [Problem(file, trap.line, trap.column, trap.rule, trap.message) for trap in copy.traps]
    if node is not None:
        for below in node.walk():
            below.column = copy.original(below.line, below.column)
        if node.kind != "map":
            message = "a menu file is made of lines such as line: and steps:, each with a colon"
            problems.append(Problem(file, node.line, node.column, "not-a-map", message))
            node = None
    return Source(node, tuple(problems), frozenset(copy.guessed), dict(copy.dropped))


def _unshifted(copy: Copy, problem: Problem) -> Problem:
    column = copy.original(problem.line, problem.column)
    return Problem(problem.file, problem.line, column, problem.rule, problem.message)


def _decode(file: str, data: bytes) -> tuple[str | None, list[Problem]]:
    """The text of the bytes; what YAML and XML cannot carry is told, and becomes spaces."""
    if len(data) > LARGEST:
        message = f"the file has {len(data):,} bytes; the most is {LARGEST:,}"
        return None, [Problem(file, 1, 1, "too-large", message)]
    problems = []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = _one_break(data[: error.start].decode("utf-8-sig", "replace"))
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = "the file is not UTF-8 text from here on; save it as UTF-8"
        problems.append(Problem(file, line, column, "encoding", message))
        if b"\0" in data:
            return None, problems
        text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    text = _one_break(text)
    seen: set[str] = set()
    for bad in _UNPRINTABLE.finditer(text):
        if bad[0] not in seen:  # each once: where one came from, there often are hundreds
            seen.add(bad[0])
            line = text.count("\n", 0, bad.start()) + 1
            column = bad.start() - text.rfind("\n", 0, bad.start())
            message = f"the character U+{ord(bad[0]):04X} cannot stand in a menu file; remove it"
            problems.append(Problem(file, line, column, "bad-character", message))
    return _UNPRINTABLE.sub(" ", text), problems


def _one_break(text: str) -> str:
    """The text with one kind of line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


# What YAML 1.1 forbids in a stream, and the breaks of a line that only YAML takes for one. XML 1.0 forbids less.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def _start(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event, from 1. A parser's events always have marks; the stubs doubt it."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    """Events of libyaml to nodes."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.rows = text.split("\n")
        self.problems: list[Problem] = []
        self.last: yaml.Event | None = None
        self.guessed: set[int] = set()

    def build(self) -> Node | None:
        """The document's root, None for an empty or impossible one. Raises yaml.MarkedYAMLError."""
        root: Node | None = None
        stack: list[tuple[Node, Node | None]] = []  # an open collection, and the key that waits for a value
        documents = 0
        for event in yaml.parse(self.text, yaml.CSafeLoader):
            self.last = event
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._problem(event, "several-documents", 'one file is one line; remove the "---" here')
                    return root
                continue
            if isinstance(event, yaml.ScalarEvent):
                node = self._scalar(event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                kind: Kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
                node = Node(kind, *_start(event), flow=bool(event.flow_style))
                self._no_magic(event)
                if len(stack) >= DEEPEST:
                    self._problem(event, "too-deep", f"nothing in a menu file is nested {DEEPEST} deep")
                    return None
            elif isinstance(event, yaml.AliasEvent):
                self._problem(event, "alias", _magic(f"*{event.anchor}", "an alias"))
                node = Node("scalar", *_start(event), text=f"*{event.anchor}")
                self.guessed.add(node.line)
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
        if root is None or root.empty:
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
            rest = self.rows[end.line][end.column : end.column + 100]
            # A comment proper stands two spaces away; one space and "#" is a "#" somebody wanted to say.
            if rest.startswith(" #"):
                comment = rest[1:]
        return Node("scalar", *_start(event), text=event.value, plain=plain, comment=comment)

    def _no_magic(self, event: yaml.NodeEvent) -> None:
        if event.anchor:
            self._problem(event, "alias", _magic(f"&{event.anchor}", "an anchor"))
        tag = getattr(event, "tag", None)
        if tag:
            self._problem(event, "tag", _magic(tag, "a tag"))

    def _problem(self, event: yaml.Event, rule: str, message: str) -> None:
        self.problems.append(Problem(self.file, *_start(event), rule, message))


def _magic(text: str, what: str) -> str:
    return f"{shown(text)} is {what} to YAML, and menus have none; if callers shall hear it, use double quotes"
