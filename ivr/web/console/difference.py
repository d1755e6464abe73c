"""Two texts beside each other: the lines that differ, with a few around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 2
MOST_LINES = 20_000
"""Of both texts together; more are compared as two blocks."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of one of the texts or of both, with its number in each; `gap` stands for lines that are the same."""

    kind: Literal["same", "gone", "new", "gap"]
    text: str = ""
    old: int | None = None
    new: int | None = None

    @property
    def sign(self) -> str:
        """How a difference is written."""
        return {"same": " ", "gone": "-", "new": "+", "gap": "⋯"}[self.kind]


def rows_of_files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[tuple[str, list[Row]]]:
    """The files that differ, by name, each with its rows."""
    found = [(name, rows(_text(old.get(name)), _text(new.get(name)))) for name in sorted({*old, *new})]
    return [(name, differing) for name, differing in found if differing]


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace")


def rows(old: str, new: str) -> list[Row]:
    """The rows of a table; none where the texts are the same."""
    return list(_rows(old.splitlines(), new.splitlines()))


def _rows(old: list[str], new: list[str]) -> Iterator[Row]:
    if len(old) + len(new) > MOST_LINES:
        yield from (Row("gone", text, number) for number, text in enumerate(old, 1))
        yield from (Row("new", text, new=number) for number, text in enumerate(new, 1))
        return
    end = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        if group[0][1] > end:
            yield Row("gap")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (Row("same", old[i], i + 1, j1 + i - i1 + 1) for i in range(i1, i2))
            else:
                yield from (Row("gone", old[i], i + 1) for i in range(i1, i2))
                yield from (Row("new", new[j], new=j + 1) for j in range(j1, j2))
        end = group[-1][2]
