"""What is wrong with a menu file: where, which rule, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
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
        """`FILE:LINE:COL: error RULE message`, as `ivr check` prints it."""
        return f"{self.file}:{self.line}:{self.column}: {self.severity} {self.rule} {self.message}"


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """A hint such as ` (did you mean "main"?)`, or nothing where no allowed word is near."""
    near = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else ""


def one_of(allowed: Iterable[str], most: int = 30) -> str:
    """The allowed words as a sentence lists them: `a, b or c`."""
    words = list(allowed)
    if len(words) > most:
        words = [*words[:most], "…"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else "nothing"


def all_of(words: Iterable[str]) -> str:
    """The words as a sentence counts them up: `a, b and c`."""
    return " and ".join(one_of(words, most=1000).rsplit(" or ", 1))
