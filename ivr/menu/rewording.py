"""The words of a file, each with its place, and the same file with other words: for those who don't read YAML.

A text is replaced where it stands, from its first sign to its last; every other line stays as it was, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from ivr.menu.flow import Request
from ivr.menu.prompts import WORDS
from ivr.menu.reader import keys_of
from ivr.menu.source import Node, parse
from ivr.menu.spoken import spoken_seconds
from ivr.menu.steps import KINDS, Common
from ivr.menu.words import parse as read

SAID = frozenset(
    name
    for cls in (*KINDS.values(), Common, Request)
    for name, spec in keys_of(cls).items()
    if spec.metadata["shape"].schema is WORDS
)
"""The keys under which words stand."""

NAMED = "yes_no"
"""The key of questions that have a name each, with words under it."""

_KEY = {"*": "star", "#": "pound"}


@dataclass(frozen=True, slots=True)
class Words:
    """One text of a file. `address` is what problems and recordings call it, `time` the turn of a tapered one."""

    step: str
    address: str
    language: str
    time: int  # 0 is said the first time
    text: str
    line: int  # from 1

    @property
    def id(self) -> str:
        """What tells it from all others of the file."""
        return f"{self.address} {self.language} {self.time}"

    @property
    def seconds(self) -> float:
        """How long it takes to say, about."""
        return spoken_seconds(self.text, self.language)


class RewordError(ValueError):
    """Words that cannot take the place of others; `id` says of which."""

    def __init__(self, id_: str, message: str) -> None:
        super().__init__(message)
        self.id = id_


def words_of(data: bytes) -> tuple[Words, ...]:
    """All texts of a file, in its order; none of one that is no YAML as menus have it."""
    return tuple(words for words, _ in _found(data))


def reworded(data: bytes, new: Mapping[str, str]) -> bytes:
    """The file with these texts, `{id: words}`, in place of its own; what says the same already is left alone.

    Raises RewordError for words that cannot be said, and KeyError where the file has no such text.
    """
    found = {words.id: (words, node) for words, node in _found(data)}
    if all(found[id_][0].text == " ".join(said.split()) for id_, said in new.items()):
        return data  # also where it is no text at all
    text = data.decode("utf-8-sig")
    spans = _spans(text)
    cuts: list[tuple[int, int, str]] = []
    for id_, said in new.items():
        words, node = found[id_]
        said = " ".join(said.split())
        if said != words.text:
            _speakable(id_, said)
            start, end, style = spans[node.line, node.column]
            cuts.append((start, end, _written(said, style, within=text[start:end])))
    for start, end, said in sorted(cuts, reverse=True):
        text = f"{text[:start]}{said}{text[end:]}"
    made = (b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b"") + text.encode()
    return _verified(made, {words.id: words.text for words, _ in found.values()}, new)


def _verified(made: bytes, old: Mapping[str, str], new: Mapping[str, str]) -> bytes:
    """The file, if it says what it shall and nothing else differently."""
    wanted = dict(old) | {id_: " ".join(said.split()) for id_, said in new.items()}
    says = {words.id: words.text for words in words_of(made)}
    for id_, said in wanted.items():
        if says.get(id_) != said:
            raise RewordError(id_, "these words cannot stand here; write them in the file itself")
    return made


def _speakable(id_: str, said: str) -> None:
    try:
        read(said)
    except ValueError as error:
        raise RewordError(id_, str(error)) from None
    if not said.isprintable():
        raise RewordError(id_, "there is a sign in these words that cannot be seen; write them again without it")


def _written(said: str, style: str | None, within: str) -> str:
    """The words as YAML, plain where they were plain and can be."""
    end = "\n" if style in ("|", ">") and within.endswith("\n") else ""
    if style in (None, "") and _is_plain(said):
        return said
    if style == "'":
        return "'" + said.replace("'", "''") + "'"
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + f'"{end}'


def _is_plain(said: str) -> bool:
    """Whether YAML, and a menu file, take the words as they are without quotes."""
    if re.search(r"[#:\\\[\]{}]|^[\s\-?!&*|>%@`\"',]", said):
        return False
    source = parse("", f"k: {said}\n".encode())
    return source.root is not None and not source.problems and source.root.pairs[0][1].text == said


def _spans(text: str) -> dict[tuple[int, int], tuple[int, int, str | None]]:
    """Where each scalar begins (line and column from 1): its first place in the text, the one behind it, its style."""
    return {
        (event.start_mark.line + 1, event.start_mark.column + 1): (
            event.start_mark.index,
            event.end_mark.index,
            event.style,
        )
        for event in yaml.parse(text, yaml.CSafeLoader)
        if isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark
    }


def _found(data: bytes) -> list[tuple[Words, Node]]:
    source = parse("", data)
    if source.root is None or source.problems:
        return []
    named = source.root.get("languages")
    languages = [item.text for item in named.items] if named is not None else []
    found: list[tuple[Words, Node]] = []
    for section in ("lookups", "steps"):
        steps = source.root.get(section)
        for name, step in steps.pairs if steps is not None else []:
            prefix = name.text if section == "steps" else f".lookups.{name.text}"
            for address, node in _prompts(prefix, step):
                found += [
                    (Words(name.text, address, language, time, " ".join(text.text.split()), text.line), text)
                    for language, time, text in _texts(node, languages[0] if languages else "")
                ]
    return list({words.id: (words, node) for words, node in reversed(found)}.values())[::-1]


def _prompts(step: str, node: Node) -> Iterator[tuple[str, Node]]:
    """The addresses of a step's words, and what stands under them."""
    for key, value in node.pairs:
        if key.text in SAID:
            yield f"{step}.{key.text}", value
        elif key.text == "menu":
            for option, words in value.pairs:
                pressed = option.text.partition("->")[0].strip()
                inner = words.get("say")
                yield f"{step}.menu.{_KEY.get(pressed, pressed)}", words if inner is None else inner
        elif key.text == NAMED:
            for question, words in value.pairs:
                yield f"{step}.{NAMED}.{question.text}", words


def _texts(node: Node, language: str) -> Iterator[tuple[str, int, Node]]:
    """The texts under an address: language, turn, node. One text, a map of languages, or a list of either."""
    turns: dict[str, int] = {}
    todo = [(language, node)]
    while todo:
        spoken, below = todo.pop(0)
        match below.kind:
            case "scalar" if below.text.strip():
                yield spoken, turns.get(spoken, 0), below
                turns[spoken] = turns.get(spoken, 0) + 1
            case "list":
                todo[:0] = [(spoken, item) for item in below.items]
            case "map":
                todo[:0] = [(key.text, value) for key, value in below.pairs]
