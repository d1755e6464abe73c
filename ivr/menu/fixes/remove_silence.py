"""The file without a comment that allows what is not there."""

from __future__ import annotations

from ivr.menu.problems import Problem
from ivr.menu.source import Node


def fix(rows: list[str], root: Node, problem: Problem) -> list[str] | None:
    """The rows without the comment, and without its row where nothing else stands there."""
    del root
    row = rows[problem.line - 1]
    kept = row[: problem.column - 1].rstrip()
    if not kept.strip():
        return rows[: problem.line - 1] + rows[problem.line :]
    ending = row[len(row.rstrip("\r\n")) :]
    return [*rows[: problem.line - 1], kept + ending, *rows[problem.line :]]
