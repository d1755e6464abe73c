"""`secret: yes` behind the name under which an answer is saved."""

from __future__ import annotations

import re

from ivr.menu.problems import Problem
from ivr.menu.source import Node


def fix(rows: list[str], root: Node, problem: Problem) -> list[str] | None:
    """The rows with one more, as far in as `save:`; None where that key does not stand on a row of its own."""
    del root
    row = rows[problem.line - 1]
    own = re.fullmatch(r"( +)save:\s.*?(\r?\n)", row, re.DOTALL)
    if own is None:
        return None
    return [*rows[: problem.line], f"{own[1]}secret: yes{own[2]}", *rows[problem.line :]]
