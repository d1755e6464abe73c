"""A difference between two texts as people read it: minus is what was expected, plus what was heard."""

from __future__ import annotations

from difflib import unified_diff

_PAINT = {"-": "\x1b[31m", "+": "\x1b[32m", "@": "\x1b[36m"}


def difference(name: str, expected: str, heard: str, *, colour: bool) -> str:
    """The unified difference, without a line end at its end; empty where the texts have the same lines."""
    rows = unified_diff(
        expected.splitlines(), heard.splitlines(), f"{name} -expected", f"{name} +heard", lineterm="", n=3
    )
    return "\n".join(f"{_PAINT.get(row[0], '')}{row}\x1b[0m" if colour and row[0] in _PAINT else row for row in rows)
