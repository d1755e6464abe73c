"""What holds when a scripted call begins: lines of its header beside what is called, by whom and when.

agent ana: available                              who of the team is in; nobody else is
notice en-US: Coaches are delayed by snow.        a notice is on: its words, a line for each language
notice: closed                                    somebody has closed the line
notice queue:bookings: closed                     the same of a queue; it can have words, too
special 2026-12-24: 08:00-12:00                   the hours of a day; `off` for none
special 2026-12-24 office: off                    of one of the line's hours, or of queue:NAME
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

_AGENT = re.compile(r"agent ([^\s:]+): *(available|away)")
_NOTICE = re.compile(r"notice(?: (queue:[^\s:]+))?(?: ([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)+))?: *(.*)")
_SPECIAL = re.compile(r"special (\d{4}-\d\d-\d\d)(?: ((?:queue:)?[^\s:]+))?: *(\S.*)")

CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Stands:
    """Who of the team is `available` or `away` when the call begins; the number of its line."""

    agent: str
    state: Literal["available", "away"]
    number: int = 0


@dataclass(frozen=True, slots=True)
class Noticed:
    """Words of a notice in a language; where that is empty, that it is closed. Of `queue:NAME`, or of the line."""

    queue: str
    language: str
    words: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Special:
    """The hours of a special day: all of the line's, those of a name `of`, or those of `queue:NAME`."""

    day: date
    of: str
    hours: str
    number: int = 0


Given = Stands | Noticed | Special

FIRST_WORDS = ("agent", "notice", "special")
"""What a line of this kind begins with."""


def is_given(row: str) -> bool:
    """Whether the row of a header is meant as one of these."""
    return re.split(r"[ :]", row, maxsplit=1)[0] in FIRST_WORDS


def read_given(row: str, number: int = 0) -> Given:
    """What a row says. Raises ValueError, with what to write, where it says nothing of the kind."""
    row = row.strip()
    match re.split(r"[ :]", row, maxsplit=1)[0]:
        case "notice":
            return _notice(row, number)
        case "special":
            return _special(row, number)
    found = _AGENT.fullmatch(row)
    if found is None:
        raise ValueError(f'"{row}" does not say who is in; write agent NAME: available, or away')
    return Stands(found[1], "available" if found[2] == "available" else "away", number)


def written(given: Given) -> tuple[str, str]:
    """How it stands in a header: what is before the colon and what is behind it."""
    match given:
        case Stands(agent, state):
            return f"agent {agent}", state
        case Noticed(queue, language, words):
            return " ".join(filter(None, ("notice", queue, language))), words
        case Special(day, of, hours):
            return " ".join(filter(None, ("special", day.isoformat(), of))), hours


def _notice(row: str, number: int) -> Noticed:
    found = _NOTICE.fullmatch(row)
    queue, language, words = found.groups(default="") if found else ("", "", "")
    if not words or (not language and words != CLOSED):
        raise ValueError(f'"{row}" is no notice; write notice LANGUAGE: WORDS, or notice: closed')
    return Noticed(queue, language, words, number)


def _special(row: str, number: int) -> Special:
    found = _SPECIAL.fullmatch(row)
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        raise ValueError(f'"{row}" is no special day; write special 2026-12-24: 08:00-12:00, or off')
    return Special(day, found[2] or "", found[3], number)
