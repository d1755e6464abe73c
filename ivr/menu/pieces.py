"""Pieces: files that other files run like a function, by `run: identify`.

A piece has steps of its own, takes values (`needs`), gives values (`gives`), and ends in one of its `outcomes`, each
of which the step that runs it leads on. When a line is loaded, the steps of each piece that it runs take their place
in the line, under the running step's name: `who` runs the piece whose step `number` is then `who.number`, and what
that saves as `account` is `who.account`. So a call, the walker, reports and pictures know of steps alone; no step of
a file has a dot in its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ivr.menu import shapes
from ivr.menu.flow import Flow, Use, gives
from ivr.menu.graph import exits
from ivr.menu.header import Header
from ivr.menu.names import RESERVED_ROOTS
from ivr.menu.problems import Problem, Severity, all_of, did_you_mean, one_of, shown
from ivr.menu.reader import RESERVED, Reader, key, keys_of
from ivr.menu.sections import SECTIONS, Sections
from ivr.menu.shapes import checked, destination, list_of
from ivr.menu.source import Node, Source, parse
from ivr.menu.steps import KINDS, Common, Language, Run
from ivr.menu.values import Type

FOLDER = "pieces"
"""Where pieces lie: in this folder beside the lines' files."""

DEEPEST = 5
"""Pieces that run pieces that run pieces."""

_TAKEN = {*RESERVED, *KINDS, *keys_of(Common), *keys_of(Run)}


def _outcome(text: str) -> str:
    if not shapes.is_name(text) or text in _TAKEN:
        taken = " (it has a meaning of its own)" if text in _TAKEN else ""
        raise ValueError(f"{shown(text)} is no name of an outcome{taken}; write such as known or not_known")
    return text


def _title(text: str) -> str:
    if not text:
        raise ValueError("a piece has a name, such as Identify the caller")
    return text


_header = {spec.name: spec for spec in keys_of(Header).values()}


@dataclass(frozen=True, slots=True)
class PieceHeader:
    """the top of a piece"""

    title: str = key(checked(_title, "the piece's name", "value"), "what the piece is called", name="piece")
    languages: tuple[str, ...] = key(
        _header["languages"].metadata["shape"],
        "the languages that it speaks; a line that runs it speaks some of them: [en-US, es-MX]",
    )
    start: str = key(destination, "the step that it begins with")
    outcomes: tuple[str, ...] = key(
        list_of(checked(_outcome, "an outcome", "name"), "its outcomes", least=1),
        "the ways in which it ends, each a destination of its steps: [known, not_known]",
    )
    needs: Mapping[str, Type] = key(gives, "what it needs from whoever runs it: names and their types", default={})
    gives: tuple[str, ...] = key(
        list_of(shapes.name, "what it gives"), "which of its own values its runners may use: [account]", default=()
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """The file of a piece, read as YAML; its steps are read anew for each line, whose clock its hours go by."""

    file: str
    source: Source
    root: Node


def is_piece(root: Node) -> bool:
    """Whether it is the file of a piece, and not of a line."""
    return root.get("piece") is not None and root.get("line") is None


def runs(root: Node) -> Iterator[str]:
    """The pieces that the steps of a file run, as they are written."""
    steps = root.get("steps")
    for _, step in steps.pairs if steps is not None else ():
        run = step.get("run") if step.kind == "map" else None
        if run is not None and run.kind == "scalar":
            yield run.text.strip()


def run_by(file: str, data: bytes, pieces: Mapping[str, bytes]) -> dict[str, bytes]:
    """Of the pieces, those that the file runs, and those that these run, and so on."""
    found: dict[str, bytes] = {}
    todo = [(file, data)]
    while todo and pieces:
        root = parse(*todo.pop()).root
        for name in runs(root) if root is not None else ():
            if name in pieces and name not in found:
                found[name] = pieces[name]
                todo.append((name, pieces[name]))
    return found


@dataclass
class Expansion:
    """What the pieces that a file runs bring into it: steps, look-ups, hours, marks, and where each came from."""

    pieces: Mapping[str, Piece]
    sections: Callable[[Node, Reader, Source], Sections]
    """Reads hours, look-ups and steps as the line's zone and country have it."""
    uses: dict[str, Use] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def expand(self, own: Sections, reader: Reader, within: tuple[str, ...] = ()) -> Sections:
        """The sections with the pieces that their steps run in their places. Problems are noted."""
        from ivr.menu.renamed import entry, renamed

        result = Sections(dict(own.hours), dict(own.lookups), {})
        for name, step in own.steps.items():
            if not isinstance(step.act, Run):
                result.steps[name] = step
                continue
            piece = self._piece(name, step.act, reader, within)
            read = self._read(piece, step.act.run, name, reader, within) if piece else None
            if read is None:
                result.steps[name] = entry(step, step.act, None)
                continue
            header, sections = read
            self._fits(name, step.act, header, reader)
            exits = {outcome: step.act.outcomes.get(outcome, "hangup") for outcome in header.outcomes}
            moved = renamed(sections, name, exits, reader.languages)
            self._lead(name, exits)
            result.steps[name] = entry(
                step, step.act, f"{name}.{header.start}" if header.start in sections.steps else None
            )
            result.steps.update(moved.steps)
            result.hours.update(moved.hours)
            result.lookups.update(moved.lookups)
        return result

    def _piece(self, name: str, run: Run, reader: Reader, within: tuple[str, ...]) -> Piece | None:
        piece = self.pieces.get(run.run)
        if piece is None:
            hint = did_you_mean(run.run, self.pieces)
            there = f"; there are {one_of(self.pieces)}" if self.pieces else f"; pieces lie in the folder {FOLDER}"
            message = f"{shown(run.run)} is no piece{hint}{there}"
        elif run.run in within:
            message = f"this goes round in circles: {' runs '.join((*within, run.run))}"
        elif len(within) >= DEEPEST:
            message = f"pieces that run pieces go at most {DEEPEST} deep"
        else:
            return piece
        _note(reader, f"{name}.run", "unknown-piece", message)
        return None

    def _read(
        self, piece: Piece, stem: str, name: str, above: Reader, within: tuple[str, ...]
    ) -> tuple[PieceHeader, Sections] | None:
        """The piece's header and sections, pieces of its own in their places; None where it cannot be read."""
        reader = Reader(piece.file)
        languages = piece.root.get("languages")
        reader.languages = tuple(item.text for item in languages.items) if languages is not None else ()
        values, _ = reader.partial(piece.root, PieceHeader, "", skip=SECTIONS)
        try:
            header = PieceHeader(**values)
        except TypeError:
            header = None
        if header is not None:
            sections = self.expand(self.sections(piece.root, reader, piece.source), reader, (*within, stem))
            _check_inside(header, sections, reader)
            inner = [use for use in self.uses if use in sections.steps]
            self.uses |= {f"{name}.{use}": self.uses.pop(use) for use in inner}
            self.uses[name] = Use(stem, header.title, piece.file, header.needs, header.gives, header.outcomes)
            above.marks |= _moved(reader.marks, name)
        self.problems += [*piece.source.problems, *reader.problems]
        return (header, sections) if header is not None else None

    def _lead(self, name: str, exits: Mapping[str, str]) -> None:
        """Notes where the outcomes of the piece lead, and moves along those of the pieces within."""
        from ivr.menu.renamed import moved_destination

        for use, it in self.uses.items():
            if use.startswith(f"{name}."):
                leads = {outcome: moved_destination(to, name, exits) for outcome, to in it.leads.items()}
                self.uses[use] = replace(it, leads=leads)
        self.uses[name] = replace(self.uses[name], leads=exits)

    def _fits(self, name: str, run: Run, header: PieceHeader, reader: Reader) -> None:
        """Whether the step gives what the piece needs, leads on all of its outcomes, and speaks its languages."""
        if missing := [outcome for outcome in header.outcomes if outcome not in run.outcomes]:
            ends = f'the piece "{run.run}" ends in {all_of(header.outcomes)}, each of which leads to a step'
            _note(reader, name, "missing-key", f"{ends}; {all_of(missing)} {_are(missing)} missing")
        for outcome in run.outcomes:
            if outcome not in header.outcomes:
                hint = did_you_mean(outcome, header.outcomes)
                message = f'{shown(outcome)} is no outcome of the piece "{run.run}"{hint}; it ends in {{}}'
                _note(reader, f"{name}.{outcome}", "unknown-key", message.format(all_of(header.outcomes)))
        if missing := [need for need in header.needs if need not in run.given]:
            message = f'the piece "{run.run}" needs {all_of(missing)}: write with: and a value for each'
            _note(reader, name, "missing-key", message)
        for need in run.given:
            if need not in header.needs:
                hint = did_you_mean(need, header.needs)
                message = f'the piece "{run.run}" needs no {shown(need)}{hint}'
                _note(reader, f"{name}.with.{need}", "unknown-key", message)
        lacks = [language for language in reader.languages if language not in header.languages]
        if lacks:
            message = f'the piece "{run.run}" does not speak {all_of(lacks)}, which callers may have chosen'
            _note(reader, f"{name}.run", "missing-language", message)


def _check_inside(header: PieceHeader, sections: Sections, reader: Reader) -> None:
    """What is wrong in the piece itself, whoever runs it."""
    for name in sections.steps:
        if name in header.outcomes:
            _note(reader, name, "duplicate-name", f'"{name}" is an outcome of this piece; name the step anew')
        elif name in keys_of(Common) or name in keys_of(Run):
            _note(reader, name, "duplicate-name", f'"{name}" is a key of steps; name this step of a piece anew')
    if header.start not in sections.steps:
        hint = did_you_mean(header.start, sections.steps)
        _note(reader, ".start", "unknown-step", f'there is no step "{header.start}"{hint}')
    leads = {exit_.to for step in sections.steps.values() for exit_ in exits(step)}
    for number, outcome in enumerate(header.outcomes, 1):
        if outcome not in leads:
            message = f'no step leads to the outcome "{outcome}"'
            _note(reader, f".outcomes.{number}", "unused", message, "warning")
    for step in sections.steps.values():
        if isinstance(step.act, Language):
            _note(
                reader, step.name, "two-languages", "a piece speaks the caller's language; only a line may ask for it"
            )
    for name in (*header.needs, *header.gives):
        if name in RESERVED_ROOTS:
            _note(reader, ".needs", "duplicate-name", f'"{name}" has a meaning of its own; give it another name')


def _note(reader: Reader, address: str, rule: str, message: str, severity: Severity = "error") -> None:
    while address and address not in reader.marks:
        address = address.rpartition(".")[0]
    line, column = reader.marks.get(address, (1, 1))
    reader.problems[Problem(reader.file, line, column, rule, message, severity)] = None


def _are(words: list[str]) -> str:
    return "is" if len(words) == 1 else "are"


def _moved(marks: Mapping[str, tuple[int, int]], name: str) -> dict[str, tuple[int, int]]:
    """The marks of a piece, as addresses of the file that runs it; its header's stay its own."""
    moved = {}
    for address, mark in marks.items():
        section = next((it for it in (".hours.", ".lookups.") if address.startswith(it)), "")
        if section or not address.startswith("."):
            moved[f"{section}{name}.{address.removeprefix(section)}"] = mark
    return moved


def place(flow: Flow, address: str) -> tuple[str, str] | None:
    """Of an address in a piece: the piece's file, and the beginning of the address that is the line's alone."""
    bare = address.removeprefix(".hours.").removeprefix(".lookups.")
    uses = [name for name in flow.uses if bare.startswith(f"{name}.")]
    while uses:
        name = max(uses, key=len)
        step = ".".join(bare.split(".")[: name.count(".") + 2])
        if bare != address or step in flow.steps:  # else it is a key of the running step itself
            return flow.uses[name].file, f"{name}."
        uses.remove(name)
    return None


def alone(name: str, root: Node) -> bytes:
    """A line that does nothing but run the piece: what it needs is there, and all its outcomes end the call."""

    def listed(key: str) -> list[str]:
        node = root.get(key)
        return [it.text for it in (*node.items, *(name for name, _ in node.pairs))] if node is not None else []

    ends = [f"    {outcome}: hangup" for outcome in listed("outcomes")]
    given = [f"      {need}: x" for need in listed("needs")]
    top = [f"line: {name}", 'numbers: ["+15005550000"]', "timezone: UTC", "country: US"]
    top += [f"languages: [{', '.join(listed('languages')) or 'en-US'}]", "start: piece", "steps:", "  piece:"]
    return "\n".join([*top, f"    run: {name}", *ends, *(["    with:"] if given else []), *given, ""]).encode()


def inside(problem: Problem, file: str, prefix: str) -> Problem:
    """A problem that the line has in one of its pieces, as the piece's own file has it."""
    return replace(problem, file=file, message=problem.message.replace(prefix, ""))
