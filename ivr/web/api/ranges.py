"""Ranges of numbers in the API: patterns that are exact, so that what fits one is never refused.

A range that holds nothing, such as 5..1, is no error: it is empty.
"""

from __future__ import annotations

from ivr.reports.call_wanted import MEASURES, Range

SCORE = r"^(csat|nps|ces|yes_no)(:(10|[0-9])(\.\.(10|[0-9])?)?|:\.\.(10|[0-9]))?$"
"""A measure of surveys, with a mark or a range of marks: csat, csat:5, nps:9.., ces:..3."""

WAIT = r"^([0-9]{1,6}(\.\.([0-9]{1,6})?)?|\.\.[0-9]{1,6})$"
"""Seconds: 30, 120.., ..20, 30..60."""


def range_of(text: str) -> Range:
    """What fits a pattern, as a range."""
    low, dots, high = text.partition("..")
    return Range(int(low) if low else None, int(high) if high else None if dots else int(low))


def score_of(text: str) -> tuple[str, Range]:
    """What fits `SCORE`: the measure, and as much of the range as it has marks."""
    measure, _, marks = text.partition(":")
    lowest, highest = MEASURES[measure]
    given = range_of(marks or "..")
    low = lowest if given.low is None else max(given.low, lowest)
    return measure, Range(low, highest if given.high is None else min(given.high, highest))
