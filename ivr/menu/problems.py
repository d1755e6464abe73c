"""What is wrong with a menu file: where, which rule, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a menu file.

    An error breaks a call; a warning is bad manners toward callers, or something that does nothing.
    """

    file: str
    line: int  # from 1
    column: int  # from 1
    rule: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """`FILE:LINE:COL: error RULE message`, as `ivr check` prints it: one line, whatever the file holds."""
        return visible(f"{self.file}:{self.line}:{self.column}: {self.severity} {self.rule} {self.message}")


def visible(text: str) -> str:
    """The text on one line: what no terminal prints as itself is written as Python writes it, such as `\\n`."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def shown(text: str, most: int = 60) -> str:
    """The text in double quotes, for a message: its beginning where it is long."""
    return f'"{text if len(text) <= most else text[:most] + "…"}"'


MOST_COMPARED = 2_000
"""Words that a hint looks through. A misspelling in a larger file gets its problem without a hint."""


def nearest(word: str, allowed: Collection[str]) -> str | None:
    """The allowed word that somebody most likely meant, or None where no allowed word is near."""
    if len(word) > 60 or len(allowed) > MOST_COMPARED:
        return None
    near = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return near[0] if near else None


def did_you_mean(word: str, allowed: Collection[str]) -> str:
    """A hint such as ` (did you mean "main"?)`, or nothing where no allowed word is near."""
    near = nearest(word, allowed)
    return f' (did you mean "{near}"?)' if near else ""


def one_of(allowed: Iterable[str], most: int = 30) -> str:
    """The allowed words as a sentence lists them: `a, b or c`."""
    return _listed(list(allowed), "or", most)


def all_of(words: Iterable[str], most: int = 30) -> str:
    """The words as a sentence counts them up: `a, b and c`."""
    return _listed(list(words), "and", most)


def _listed(words: list[str], last: str, most: int) -> str:
    if len(words) > most:
        return f"{', '.join(words[:most])}, …"
    if len(words) < 2:
        return words[0] if words else "nothing"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
