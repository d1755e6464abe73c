"""A report for a terminal or a pipe: plain lines, under 100 characters where names are short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivr.reports.report import Report, Section
from ivr.reports.wording import HEADS, cells, empty_words, only, settings, spoken_span


def lines(it: Report) -> Iterator[str]:
    """The lines of a report."""
    if it.empty:
        yield empty_words(it)
        return
    narrowed = only(it)
    yield f"{spoken_span(it)}{f' ({narrowed})' if narrowed else ''}"
    yield ""
    if it.by == "all":
        yield from _table([("", *HEADS), *((one.kpi.title, *cells(one.whole, one.kpi.unit)) for one in it.sections)])
    else:
        for section in it.sections:
            yield from _of_parts(section, it)
    yield ""
    for section in it.sections:
        if words := settings(section):
            yield f"{section.kpi.name}: {words}"


def _of_parts(section: Section, it: Report) -> Iterator[str]:
    unit = section.kpi.unit
    rows = [(it.by, *HEADS), *((part.of, *cells(part, unit)) for part in section.parts)]
    yield section.kpi.title
    yield from _table([*rows, ("all", *cells(section.whole, unit))])
    yield ""


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns side by side, numbers to the right, without those in which nothing stands."""
    used = [place for place in range(len(rows[0])) if not place or any(row[place] != "-" for row in rows[1:])]
    widths = {place: max(len(row[place]) for row in rows) for place in used}
    for row in rows:
        first, *rest = (row[place].rjust(widths[place]) if place else row[0].ljust(widths[0]) for place in used)
        yield "  ".join((first, *rest)).rstrip()
