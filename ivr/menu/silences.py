"""Comments that allow what a rule warns of: `# ivr: allow too-many-options: the six branches of the city`.

At the end of a line a silence is for that line and all that stands below it, further in; on a line of its own it is
for the next line so. A reason is mandatory. Errors cannot be silenced: they would break calls.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ivr.menu.problems import Problem, did_you_mean, shown
from ivr.menu.rules import silence, unused_silence

_BEGINS = re.compile(r"(?:^|(?<=\s))#\s*ivr\s*:")
_WRITTEN = re.compile(r"#\s*ivr\s*:\s*allow\s+(?P<rule>[A-Za-z0-9_-]+)\s*(?::\s*(?P<reason>.*?))?\s*$")


@dataclass(frozen=True, slots=True)
class Silence:
    """One such comment: where it stands, what it says, and the lines for which it does (from 1, the last one too)."""

    line: int
    column: int
    rule: str | None
    reason: str
    first: int
    last: int


def silences_in(rows: list[str], said: Sequence[tuple[int, int, str]]) -> list[Silence]:
    """Those of a file's rows. `said` are its scalars (line, column, text) in order: in them such words are said."""
    found = []
    for number, row in enumerate(rows):
        comment = _BEGINS.search(row)
        if comment is None:
            continue
        written = _WRITTEN.fullmatch(row, comment.start())
        words = row[comment.start() :].strip()
        before = bisect(said, (number + 1, comment.start() + 1, "")) - 1
        if before >= 0 and words.rstrip("\"'") in said[before][2]:
            continue
        at = number if row[: comment.start()].strip() else _next(rows, number)
        rule, reason = (written["rule"], written["reason"] or "") if written else (None, "")
        found.append(Silence(number + 1, comment.start() + 1, rule, reason, at + 1, _end(rows, at) + 1))
    return found


def _next(rows: list[str], number: int) -> int:
    """The row that a comment on a row of its own is for."""
    for at in range(number + 1, len(rows)):
        if rows[at].strip() and not rows[at].lstrip().startswith("#"):
            return at
    return number


def _end(rows: list[str], at: int) -> int:
    """The last row that stands below the row, further in."""
    depth = _depth(rows[at])
    last = at
    for number in range(at + 1, len(rows)):
        if not rows[number].strip() or rows[number].lstrip().startswith("#"):
            continue
        if _depth(rows[number]) <= depth:
            break
        last = number
    return last


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def heard(
    file: str, problems: Iterable[Problem], silences: Iterable[Silence], warnings: Collection[str], ran: Collection[str]
) -> Iterator[Problem]:
    """The file's problems but those that are silenced, and what is wrong with the silences.

    `warnings` are the rules that can be silenced, `ran` those of them that looked at all of the file: of no other it
    is known that a silence is for nothing.
    """
    good = [it for it in silences if it.rule in warnings and it.reason]
    used = set()
    for problem in problems:
        silenced = [it for it in good if it.rule == problem.rule and it.first <= problem.line <= it.last]
        if problem.severity == "warning" and silenced:
            used.update(silenced)
        else:
            yield problem
    for it in silences:
        wrong = _wrong(it, warnings)
        if wrong:
            yield Problem(file, it.line, it.column, silence.ID, wrong, silence.SEVERITY)
        elif it not in used and it.rule in ran:
            message = f"nothing here is {it.rule}; remove this comment"
            yield Problem(file, it.line, it.column, unused_silence.ID, message, unused_silence.SEVERITY)


def _wrong(it: Silence, warnings: Collection[str]) -> str | None:
    if it.rule is None:
        return 'this allows nothing; write "# ivr: allow RULE: the reason"'
    if it.rule not in warnings:
        return (
            f"{shown(it.rule)} is no rule that only warns{did_you_mean(it.rule, warnings)}; an error cannot be allowed"
        )
    if not it.reason:
        return f'a reason is missing; write "# ivr: allow {it.rule}: the reason"'
    return None
