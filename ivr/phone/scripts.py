"""Scripted calls: files that hold what a call prints, read and written. Text alone; nobody is called here.

A script is a transcript. Its header and some of its lines say what is done, all others what must be heard:

    line: meridian.yaml                     # header: what is called, by whom, when
    from: +15005550100
    to: +15005550006
    at: 2026-07-01T10:00:00-05:00
    agent ana: available                    # what holds by then: see `given`

    en-US  To check a booking, press 2.     what must be heard
    > 2                                     what the caller does, in the words of `acts`
    lookup bookings: found status=open      what a look-up answers, where it is asked

Lines that begin with `#`, and empty ones, are for readers: they stay where they are when a script is rewritten.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from ivr.phone.acts import Act, read_act
from ivr.phone.given import Given, is_given, read_given, written
from ivr.phone.transcript import words

HEADER = {"line": "meridian.yaml", "from": "+15005550100", "to": "+15005550006", "at": "2026-07-01T10:00"}
"""What stands in a script's header, each with an example."""

_HEADING = re.compile(r"([a-z]+):(?: +(.*))?")
_ANSWER = re.compile(r"lookup ([^\s:]+): *(found|not_found|failed)(?: +(.*))?")
_ADDRESS = re.compile(r"https?://\S+")

_LISTED = ", ".join(f"{name}:" for name in HEADER)

ANSWERS = "found NAME=VALUE …, not_found or failed"


class ScriptError(ValueError):
    """Something in a script that cannot be read: the number of its line, and what to write there."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


@dataclass(frozen=True, slots=True)
class Answer:
    """What a look-up answers: its name, `found` with values, `not_found` or `failed`; the number of its line."""

    lookup: str
    outcome: str
    values: Mapping[str, str]
    number: int = 0


@dataclass(frozen=True, slots=True)
class CallScript:
    """A script as it was read. `at` has no zone where the script gives none: it is the line's then.

    `acts`, `answers` and what is `given` are in their order, each with the number of its line, from 1.
    """

    line: str
    from_: str
    to: str
    at: datetime
    acts: tuple[tuple[int, Act], ...]
    answers: tuple[Answer, ...]
    given: tuple[Given, ...]
    top: tuple[str, ...]  # the header's lines
    body: tuple[str, ...]  # the lines below it, comments and empty ones too


def read_script_file(text: str) -> CallScript:
    """The script that a file's text holds. Raises ScriptError for the first line that cannot be read."""
    rows = [row.rstrip() for row in text.splitlines()]
    header: dict[str, str] = {}
    numbers: dict[str, int] = {}
    given: dict[str, Given] = {}
    below = len(rows) + 1  # the first line that is not the header's
    for number, row in enumerate(rows, 1):
        if _for_readers(row):
            continue
        if is_given(row):
            it = _given(row, number)
            if given.setdefault(written(it)[0], it) is not it:
                raise ScriptError(number, f'"{written(it)[0]}" stands there already')
            continue
        found = _HEADING.fullmatch(row)
        if found is None or len(header) == len(HEADER):
            below = number
            break
        name = found[1]
        if name not in HEADER or name in header:
            said = "stands there already" if name in header else "is nothing that a script's header has"
            raise ScriptError(number, f'"{name}" {said}; it has {_LISTED}, one a line')
        header[name], numbers[name] = found[2] or "", number
    for name, example in HEADER.items():
        if not header.get(name) and (name not in header or name in ("line", "at")):
            number = numbers.get(name, min(below, max(len(rows), 1)))
            raise ScriptError(number, f'a script begins with {_LISTED}; write "{name}: {example}"')
    length = max([*numbers.values(), *(it.number for it in given.values())])
    acts, answers = [], []
    for number, row in enumerate(rows[length:], length + 1):
        try:
            if row.startswith(">"):
                acts.append((number, read_act(row[1:].strip())))
            elif row.startswith("lookup "):
                answers.append(read_answer(row, number))
        except ValueError as error:
            raise ScriptError(number, str(error)) from None
    return CallScript(
        header["line"],
        header["from"],
        header["to"],
        _moment(header["at"], numbers["at"]),
        tuple(acts),
        tuple(answers),
        tuple(given.values()),
        tuple(rows[:length]),
        tuple(rows[length:]),
    )


def read_moment(text: str) -> datetime:
    """The moment of a call, ISO 8601, without a zone where none is written. Raises ValueError for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is no moment such as 2026-07-01T10:00') from None
    if not 1900 <= moment.year <= 9000:
        raise ValueError(f'"{text}" is no moment in which anybody calls')
    return moment


def read_answer(text: str, number: int = 0) -> Answer:
    """The answer of a look-up that `lookup NAME: found a=b c="d e"` stands for, with or without its first word.

    Raises ValueError for anything else.
    """
    row = text if text.startswith("lookup ") else f"lookup {text}"
    found = _ANSWER.fullmatch(row.strip())
    if found is None:
        raise ValueError(f'"{text}" is no answer of a look-up; write lookup NAME: {ANSWERS}')
    name, outcome, rest = found.groups(default="")
    if rest and outcome != "found":
        raise ValueError(f'"{rest}" stands behind {outcome}, which gives no values; write lookup {name}: {outcome}')
    try:
        pairs = [word.partition("=") for word in shlex.split(rest)]
    except ValueError:
        raise ValueError(f'a quotation mark is missing in "{rest}"') from None
    values: dict[str, str] = {}
    for field, sign, value in pairs:
        if not field or not sign:
            raise ValueError(f'"{field}" is no value of a look-up; write NAME=VALUE, or NAME="VALUE WITH BLANKS"')
        if field in values:
            raise ValueError(f'"{field}" stands there twice')
        values[field] = value
    return Answer(name, outcome, values, number)


def answer_line(answer: Answer) -> str:
    """How the answer of a look-up looks in a transcript; `read_answer` reads it back."""
    values = "".join(f" {field}={_quoted(value)}" for field, value in answer.values.items())
    return f"lookup {answer.lookup}: {answer.outcome}{values}"


def matches(script: CallScript, heard: Sequence[str]) -> bool:
    """Whether the lines of a call, its header apart, are those of the script.

    What a carrier's warnings and errors say of addresses is not compared: ports and calls have other ones each time.
    """
    return [_comparable(row) for row in _spoken(script)] == [_comparable(row) for row in heard]


def rewritten(script: CallScript, heard: Sequence[str]) -> str:
    """The script's text with these lines in place of its own; its header and what is for readers stay."""
    new = list(heard)
    places = _places(_spoken(script), new)
    notes: dict[int, list[str]] = {}
    position = 0
    for row in script.body:
        if _for_readers(row):
            notes.setdefault(places[position], []).append(row)
        else:
            position += 1
    lines = list(script.top)
    if not notes.get(0) or notes[0][0]:
        lines.append("")  # an empty line below the header, as a transcript has it
    for index in range(len(new) + 1):
        lines += notes.get(index, [])
        lines += new[index : index + 1]
    return "\n".join(lines).rstrip("\n") + "\n"


def _spoken(script: CallScript) -> list[str]:
    return [row for row in script.body if not _for_readers(row)]


def _places(old: list[str], new: list[str]) -> list[int]:
    """For each place between old lines (and before the first, after the last), its place among the new ones."""
    places = [len(new)] * (len(old) + 1)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for index in range(i1, i2):
            places[index] = j1 + (index - i1) if tag == "equal" else min(j1 + (index - i1), j2)
    places[0] = 0  # what stands above the first line stays at the top
    return places


def _for_readers(row: str) -> bool:
    return not row or row.startswith("#")


def _comparable(row: str) -> str:
    if row.lstrip().startswith(("warning ", "error ")):
        return _ADDRESS.sub("…", row)
    if row.startswith(">"):
        return f"> {words(read_act(row[1:]))}"  # "speak" and "speak 5 s" are one
    if row.startswith("lookup "):
        return answer_line(read_answer(row))
    return row


def _moment(text: str, number: int) -> datetime:
    try:
        return read_moment(text)
    except ValueError as error:
        raise ScriptError(number, str(error)) from None


def _given(row: str, number: int) -> Given:
    try:
        return read_given(row, number)
    except ValueError as error:
        raise ScriptError(number, str(error)) from None


def _quoted(value: str) -> str:
    if value and re.fullmatch(r"[^\s\"'\\]+", value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
