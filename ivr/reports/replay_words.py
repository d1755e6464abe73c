"""A replay in words: as lines of text, as JSON, as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any, Literal

from ivr.call.comparison import End, How, Verdict
from ivr.call.sides import Why
from ivr.reports.replayed import LeftOut, Replay
from ivr.reports.wording import amount

VERDICT_WORDS: dict[Verdict, str] = {
    "same": "end as before",
    "another_way": "end as before, by another way",
    "elsewhere": "end elsewhere",
    "undecidable": "undecidable",
}

HOW_WORDS: dict[How, str] = {
    "line": "the menu hung up",
    "caller": "the caller hung up",
    "lost": "no end known",
    "handed_over": "handed over",
}

WHY_WORDS: dict[Why | Literal[""], str] = {
    "heard": "other words before the next input",
    "awaited": "something else is awaited",
    "unanswered": "the log has no answer to what is wanted",
    "secret": "hangs on secret keys",
    "number": "hangs on the caller's number",
    "over": "the call was over by then",
    "": "",
}

LEFT_OUT_WORDS: dict[LeftOut, str] = {
    "going_on": "have not ended",
    "no_version": "had a version that is not kept or does not check any more",
    "no_records": "have no records any more",
    "other_way": "take another way by this release than in the log",
}

MOST_LINES = 20
"""Of a table in text; the rest is counted in its last line."""

COLUMNS = (
    "call_sid", "version", "started_at", "verdict", "from_step", "from_how", "to_step", "to_how", "at", "instead",
    "key", "why",
)  # fmt: skip
"""Of the rows, one a call that does not end as before by the same way."""

_KEYS = {"*": "star", "#": "pound", "**": "star twice"}


def lines(it: Replay, zone: tzinfo) -> Iterator[str]:
    """The replay as text; moments are in the zone."""
    span = f"from {_moment(it.since, zone)} to {_moment(it.until, zone)}"
    left_out = [f"{number:,} {LEFT_OUT_WORDS[why]}" for why, number in it.left_out.items()]
    if not it.calls:
        yield f"{it.line}: there are no calls to replay {span}"
        yield from (f"  left out: {words}" for words in left_out)
        return
    yield f"{it.line}: {it.calls:,} calls {span} ({zone}), over version {it.version}"
    rows = [
        (VERDICT_WORDS[verdict], f"{number:,}", amount(number / it.calls, "share"))
        for verdict, number in it.verdicts.items()
    ]
    yield from _table(rows, right={1, 2})
    yield from (f"  left out: {words}" for words in left_out)
    if it.moved:
        yield ""
        yield "End elsewhere"
        moved = [
            (f"{one.calls:,}", end_words(one.old), end_words(one.new), at_words(one.at, one.key)) for one in it.moved
        ]
        yield from _shortened([("calls", "from", "to", "the ways part at"), *moved])
    if it.unclear:
        yield ""
        yield "Undecidable from there on"
        unclear = [(f"{one.calls:,}", one.at, one.instead, WHY_WORDS[one.why]) for one in it.unclear]
        yield from _shortened([("calls", "at", "where they were", "why"), *unclear])


def end_words(end: End) -> str:
    """Where a call ended, and how: goodbye (the menu hung up)."""
    return f"{end.step or 'the beginning'} ({HOW_WORDS[end.how]})"


def at_words(at: str, key: str) -> str:
    """A step, and the key that was chosen there: main, key 2."""
    return f"{at}, key {_KEYS.get(key, key)}" if key else at


def objects(it: Replay) -> dict[str, Any]:
    """The replay as JSON has it; the calls are those that do not end as before by the same way."""
    return {
        "line": it.line,
        "version": it.version,
        "since": it.since.isoformat(),
        "until": it.until.isoformat(),
        "calls": it.calls,
        "verdicts": it.verdicts,
        "left_out": dict(it.left_out),
        "moved": [
            {"from": _end(one.old), "to": _end(one.new), "at": one.at, "key": one.key, "calls": one.calls}
            for one in it.moved
        ],
        "undecidable": [one._asdict() for one in it.unclear],
        "differing": [dict(zip(COLUMNS, row, strict=True)) for row in rows(it)],
    }


def rows(it: Replay) -> Iterator[tuple[str, ...]]:
    """A row for each call that does not end as before by the same way, the oldest first."""
    for one in it.differing:
        new = (one.new.step, one.new.how) if one.new else ("", "")
        at = one.started_at.isoformat(timespec="seconds")
        old = (one.old.step, one.old.how)
        yield (one.call_sid, one.version, at, one.verdict, *old, *new, one.at, one.instead, one.key, one.why)


def _end(end: End) -> dict[str, str]:
    return {"step": end.step, "how": end.how}


def _moment(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _shortened(table: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The table with its number of calls to the right; of many rows, the first ones."""
    yield from _table(table[: MOST_LINES + 1], right={0})
    more = len(table) - 1 - MOST_LINES
    if more > 0:
        yield f"  and {more:,} rows more: --format csv has each call"


def _table(table: Sequence[tuple[str, ...]], right: set[int]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"  {'  '.join(cells)}".rstrip()
