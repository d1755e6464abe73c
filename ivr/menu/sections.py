"""The parts of a menu file that name things: hours, look-ups and steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from ivr.menu import shapes
from ivr.menu.flow import LookupSource, Request, Table
from ivr.menu.hours import Hours, compile_hours
from ivr.menu.problems import Problem
from ivr.menu.read_step import broken_step, read_step
from ivr.menu.reader import Reader, Skip
from ivr.menu.shapes import checked
from ivr.menu.source import Node, Source
from ivr.menu.steps import Act, Step

MOST_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Sections:
    """What a file names: hours, look-ups and steps."""

    hours: dict[str, Hours]
    lookups: dict[str, LookupSource]
    steps: dict[str, Step[Act]]


def read_sections(root: Node, reader: Reader, source: Source, header: Mapping[str, Any]) -> Sections:
    """All of them, in the zone and the country of the header's line."""
    return Sections(read_hours(root, reader, header), read_lookups(root, reader), read_steps(root, reader, source))


SECTIONS = ("hours", "lookups", "steps")


def named(root: Node, reader: Reader, name: str, what: str) -> Iterator[tuple[str, Node, Node]]:
    """The entries of a section that names things: each name, its node and what stands under it."""
    node = root.get(name)
    if node is None:
        return
    try:
        pairs = reader.pairs(node, what)
    except Skip:
        return
    for entry, value in pairs:
        try:
            word = shapes.name.read(entry, reader, "")
        except Skip:
            continue
        yield word, entry, value


def read_hours(root: Node, reader: Reader, header: Mapping[str, Any]) -> dict[str, Hours]:
    """The hours under `hours:`, by name."""
    zone = header.get("zone", ZoneInfo("UTC"))
    # Where the country itself is wrong, that is told; any other serves to tell what else is.
    country = header.get("country") or ("US" if root.get("country") else None)
    shape = checked(lambda text: compile_hours(text, zone, country), 'hours, such as "Mo-Fr 08:00-18:00"', "hours")
    found = {}
    for name, entry, value in named(root, reader, "hours", "hours by name"):
        reader.mark(f".hours.{name}", entry)
        try:
            found[name] = shape.read(value, reader, f".hours.{name}")
        except Skip:
            continue
    return found


def read_lookups(root: Node, reader: Reader) -> dict[str, LookupSource]:
    """The look-ups under `lookups:`, by name."""
    found: dict[str, LookupSource] = {}
    for name, entry, value in named(root, reader, "lookups", "look-ups by name"):
        address = f".lookups.{name}"
        reader.mark(address, entry)
        try:
            reader.pairs(value, "a look-up, in a table or over HTTP")
            if value.get("table") is not None:
                found[name] = reader.fields(value, Table, address, at=entry)
            else:
                found[name] = _request(entry, value, reader, address)
        except Skip:
            continue
    return found


def _request(name: Node, node: Node, reader: Reader, address: str) -> Request:
    request, broken = reader.partial(node, Request, address, at=name)
    ways = [word for word in ("get", "post") if node.get(word) is not None]
    if not ways:
        broken.add("get")
        reader.problem(name, "missing-key", "a look-up asks something: write table:, get: or post:")
    if len(ways) == 2:
        broken.add("get")
        reader.problem(node, "value", "a look-up has one of get: and post:, not both")
    if node.get("body") is not None and ways == ["get"]:
        broken.add("body")
        reader.problem(node, "value", "only post: sends a body:; write post: for get:")
    if broken:
        raise Skip
    return Request(**request)


def read_steps(root: Node, reader: Reader, source: Source) -> dict[str, Step[Act]]:
    """The steps under `steps:`, by name; those that cannot be read are there as Broken."""
    node = root.get("steps")
    if node is None:
        reader.problem(root, "missing-key", '"steps:" is missing: the places of the line, by name')
        return {}
    if node.kind == "map" and not node.pairs:
        reader.problem(node, "shape", "a line has at least one step")
        return {}
    if len(node.pairs) > MOST_STEPS:
        reader.problem(node, "too-large", f"a line has at most {MOST_STEPS:,} steps")
        return {}
    if node.kind != "map":
        with suppress(Skip):
            reader.pairs(node, "the line's steps by name")
        return {}
    known = {entry.text for entry, _ in node.pairs}
    steps: dict[str, Step[Act]] = {}
    order = sorted(entry.line for entry, _ in node.pairs)
    ends = dict(zip(order, [*order[1:], node.line + 10**9], strict=True))
    lost = sorted(source.dropped)
    for name, entry, value in named(root, reader, "steps", "the line's steps by name"):
        reader.mark(name, entry)
        rows = [line for line in lost if entry.line <= line < ends[entry.line]]
        try:
            if rows:
                _incomplete(entry, value, reader)
            else:
                steps[name] = read_step(entry, value, reader)
                continue
        except Skip:
            pass
        steps[name] = broken_step(name, value, known, " ".join(source.dropped[line] for line in rows))
    for entry, value in node.pairs:
        if entry.kind == "scalar" and entry.text not in steps:  # its name cannot be one
            steps[entry.text] = broken_step(entry.text, value, known)
    for name, values in _several(node).items():
        steps[name] = broken_step(name, Node("list", 0, 0, items=values), known)
    return steps


def _several(node: Node) -> dict[str, list[Node]]:
    """What stands under each name that stands there more than once: which of them is meant, nobody knows."""
    values: dict[str, list[Node]] = {}
    for entry, value in node.pairs:
        values.setdefault(entry.text, []).append(value)
    return {name: same for name, same in values.items() if len(same) > 1}


def _incomplete(name: Node, node: Node, reader: Reader) -> None:
    """Tells what else is wrong in a step that lost a line: all but what may have stood in that line."""
    probe = Reader(reader.file)
    probe.languages, probe.any_language = reader.languages, reader.any_language
    with suppress(Skip):
        read_step(name, node, probe)
    reader.marks |= probe.marks
    reader.problems |= {problem: None for problem in probe.problems if not _may_be_lost(problem)}


def _may_be_lost(problem: Problem) -> bool:
    return problem.rule in ("missing-key", "missing-language", "no-kind", "shape", "no-words")
