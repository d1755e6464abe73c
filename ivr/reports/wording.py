"""Figures as people read them."""

from __future__ import annotations

from datetime import datetime

from ivr.reports.figure import Figure, Unit
from ivr.reports.kpi import Setting
from ivr.reports.report import Report, Section

NOTHING = "-"


def amount(value: float | None, unit: Unit) -> str:
    """A value with its unit: 81.2 %, 42 s, +12, 1,204, 31:02:03; a dash for none."""
    if value is None:
        return NOTHING
    match unit:
        case "share":
            return f"{100 * value:.1f} %"
        case "score":
            return f"{value:+.0f}"
        case "number":
            return f"{value:,.0f}"
        case "seconds":
            return f"{value:.0f} s"
    return span(value)


def span(seconds: float) -> str:
    """Hours, minutes and seconds."""
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{left:02}"


def cells(it: Figure, unit: Unit) -> tuple[str, ...]:
    """Value, interval, n, median, the median's interval, 90th percentile."""
    return (
        amount(it.value, unit),
        _interval(it.low, it.high, unit),
        f"{it.n:,}",
        amount(it.median, unit),
        _interval(it.median_low, it.median_high, unit),
        amount(it.p90, unit),
    )


HEADS = ("value", "95 % interval", "n", "median", "its 95 %", "90th pct")
"""What `cells` are."""


def _interval(low: float | None, high: float | None, unit: Unit) -> str:
    return NOTHING if low is None or high is None else f"{amount(low, unit)} to {amount(high, unit)}"


def setting(value: Setting) -> str:
    """What is set: yes, no, or a number."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value:g}"


def settings(section: Section) -> str:
    """What is set of a key figure; empty where nothing can be."""
    return ", ".join(f"{name} {setting(value)}" for name, value in section.settings.items())


def spoken_span(it: Report) -> str:
    """From when to when, by the clock of the report's zone."""
    since, until = (_moment(moment, it) for moment in (it.scope.since, it.scope.until))
    return f"{since} to {until}, {it.zone}"


def _moment(moment: datetime, it: Report) -> str:
    return moment.astimezone(it.zone).strftime("%Y-%m-%d %H:%M")


def only(it: Report) -> str:
    """What the report is narrowed to; empty where it is of everything."""
    scope = it.scope
    names = {
        "line": scope.line, "version": scope.version, "queue": ", ".join(scope.queues or ()),
        "agent": scope.agent, "language": scope.language,
    }  # fmt: skip
    return ", ".join(f"{what} {name}" for what, name in names.items() if name)


def empty_words(it: Report) -> str:
    """What is said where nothing was there to measure."""
    narrowed = only(it)
    return f"There is nothing to report: no calls from {spoken_span(it)}{f', of {narrowed}' if narrowed else ''}."
