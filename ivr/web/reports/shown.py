"""A figure as a page shows it: its value, how sure it is, how it changed, its trend, where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.reports.difference import difference
from ivr.reports.figure import Figure, Unit
from ivr.reports.intervals import wilson
from ivr.reports.kpi import Kpi
from ivr.reports.wording import amount
from ivr.web.reports.filters import Filters
from ivr.web.reports.links import calls_link, formula_link
from ivr.web.reports.spark import Spark, spark

MORE_IS_BETTER = {
    "containment": True, "true_containment": True, "first_contact_resolution": True, "service_level": True,
    "callbacks_kept": True, "survey_response": True, "csat": True, "nps": True, "ces": True,
    "estimate_right": True, "estimate_error": False, "first_response": False, "asa": False, "abandonment": False,
    "ended_goal": True, "ended_abandoned": False, "ended_nobody": False, "ended_gave_up": False, "ended_lost": False,
    "ended_hung_up": False,
}  # fmt: skip
"""Figures of which everybody wants more, or less; of the others nobody can say."""

_OF = {
    "v_calls": ("call", "calls"),
    "v_queue_visits": ("wait", "waits"),
    "v_goals": ("goal reached", "goals reached"),
    "v_callbacks": ("callback", "callbacks"),
    "v_surveys_asked": ("time asked", "times asked"),
    "v_survey_answers": ("answer", "answers"),
    "v_waits_told": ("wait told", "waits told"),
    "v_missed_offers": ("missed call", "missed calls"),
}
"""What the rows of a view are, one and several."""

_TALKS = frozenset({"handling_time", "total_handling_time", "talk_time", "wrap_up_time"})
"""Figures of waits that came to a talk, and are about that."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure differs from another one, in words; `sign` is an arrow, `kind` better, worse, other or same."""

    sign: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a tile says."""

    name: str
    title: str
    value: str
    interval: str
    of: str
    formula: str
    calls: str | None
    n: str
    median: str
    p90: str
    change: Change | None = None
    spark: Spark | None = None


def shown(
    kpi: Kpi,
    figure: Figure | None,
    filters: Filters,
    *,
    before: Figure | None = None,
    than: str = "before",
    trend: Sequence[tuple[str, Figure | None]] = (),
    narrowed: Mapping[str, str | Sequence[str]] | None = None,
) -> Shown:
    """A figure of a page; `figure` is None where nothing happened to it.

    `before` is the same of the period before, `trend` its values in their order with what each is of.
    `narrowed` is what the page narrows it to besides the filters of all pages.
    """
    it = figure or Figure("", 0 if kpi.unit in ("number", "total") else None, 0)
    return Shown(
        kpi.name,
        kpi.title,
        unbroken(amount(it.value, kpi.unit)),
        interval(it, kpi.unit),
        made_of(kpi, it),
        formula_link(kpi.name, filters),
        calls_link(filters, figure=kpi.name, **(narrowed or {})) if it.n else None,
        f"{it.n:,}",
        "" if it.median is None else unbroken(amount(it.median, kpi.unit)),
        "" if it.p90 is None else unbroken(amount(it.p90, kpi.unit)),
        change(kpi, it, before, than) if before else None,
        spark(trend, kpi.unit) if trend else None,
    )


def unbroken(words: str) -> str:
    """The same, with units that stay on the line of their number."""
    return re.sub(r"(?<=\d) (?=%|s\b)", "\N{NO-BREAK SPACE}", words)


def interval(it: Figure, unit: Unit) -> str:
    """How sure it is: 78.0 to 83.1 %; empty for what was counted."""
    if it.low is None or it.high is None:
        return ""
    low, high = amount(it.low, unit), amount(it.high, unit)
    return unbroken(f"{low.removesuffix(' %').removesuffix(' s')} to {high}")


def made_of(kpi: Kpi, it: Figure) -> str:
    """Of how many it is made, and of waits how most of them were."""
    if not it.n:
        return "nothing to measure"
    if kpi.unit == "number":
        return kpi.formula
    one, several = ("talk", "talks") if kpi.name in _TALKS else _OF[kpi.view.name]
    words = f"of {it.n:,} {one if it.n == 1 else several}"
    if it.median is None or it.p90 is None:
        return words
    return unbroken(f"{words}; median {amount(it.median, kpi.unit)}, 90 % within {amount(it.p90, kpi.unit)}")


def share_change(kpi: Kpi, now: tuple[int, int], before: tuple[int, int]) -> Change | None:
    """How the share of a number differs from that of the time before; each is a number, and of how many."""
    figures = [Figure("", number / whole, whole, *(wilson(number, whole) or ())) for number, whole in (now, before)]
    return change(replace(kpi, unit="share"), figures[0], figures[1], "")


def change(kpi: Kpi, now: Figure, before: Figure, than: str = "before") -> Change | None:
    """How a figure differs from that of another time or part; None where either has no value.

    `than` says what is compared with; a table whose head says so leaves it empty. Where the interval of the
    difference holds nothing, the words say that it may be chance.
    """
    found = difference(kpi.unit, now, before)
    if found is None:
        return None
    was = unbroken(amount(before.value, kpi.unit))
    apart, more = _apart(kpi.unit, found.value, before.value or 0), found.value > 0
    if apart is None:
        alike = was == unbroken(amount(now.value, kpi.unit))
        words = (f"the same as {than}" if than else "the same") if alike else "hardly different"
        return Change("=" if alike else "≈", f"{words} ({was})", "same")
    words = f"{apart} {_than(kpi.unit, more)}{f' than {than}' if than else ''} ({was})"
    if kpi.unit not in ("number", "total") and not found.clear:
        return Change("≈", f"{words}, may be chance", "same")
    # More of what was counted may only be more calls.
    wanted = None if kpi.unit in ("number", "total") else MORE_IS_BETTER.get(kpi.name)
    kind = "other" if wanted is None else "better" if wanted is more else "worse"
    return Change("▲" if more else "▼", words if kind == "other" else f"{words}: {kind}", kind)


def _apart(unit: Unit, value: float, before: float) -> str | None:
    """How far apart, without a sign; None where it is nothing that one would see."""
    match unit:
        case "share":
            text = f"{abs(100 * value):.1f}"
            return None if text == "0.0" else f"{text} points"
        case "score":
            text = f"{abs(value):.0f}"
            return None if text == "0" else f"{text} points"
        case "seconds":
            text = amount(abs(value), unit)
            return None if text == "0 s" else unbroken(text)
    if not value:
        return None
    many = not before or abs(value) > 5 * before
    return amount(abs(value), unit) if many else f"{abs(100 * value / before):.0f}\N{NO-BREAK SPACE}%"


def _than(unit: Unit, more: bool) -> str:
    if unit in ("seconds", "total"):
        return "longer" if more else "shorter"
    if unit == "number":
        return "more" if more else "fewer"
    return "higher" if more else "lower"
