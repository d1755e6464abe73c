"""A trial in words and figures, for people and for the reason that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, tzinfo

from ivr.reports.sequential import ALPHA, FEWEST, Arm, Evidence
from ivr.reports.trial import Beside, TrialReport
from ivr.reports.wording import amount

HEADS = ("", "live", "tried out", "")


def trial_words(report: TrialReport, zone: tzinfo = UTC) -> Iterator[str]:
    """The lines of the report: what is compared, the table, and what the evidence says. Moments are in the zone."""
    share = f"{100 * (report.trial.share or 0):.4g} % of callers"
    since = report.trial.published_at.astimezone(zone).isoformat(timespec="seconds")
    yield f"{report.line}: {report.trial.version} on {share} since {since}, beside {report.live.version}"
    yield ""
    rows = [HEADS, *map(figure_cells, report.figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    yield verdict(report.evidence)


def figure_cells(it: Beside) -> tuple[str, str, str, str]:
    """The title, both values with of how many they are, and how they differ."""
    old, new = (f"{amount(of.value, it.unit)} (of {of.n:,})" for of in (it.old, it.new))
    if it.unit in ("number", "total"):
        old, new = amount(it.old.value, it.unit), amount(it.new.value, it.unit)
    apart = it.apart
    if apart is None or apart.low is None or apart.high is None:
        return it.title, old, new, ""
    said = "more than chance" if apart.clear else "it may be chance"
    if it.unit == "share":
        ends = f"{100 * apart.low:+.1f} to {100 * apart.high:+.1f} points"
    else:
        ends = f"{apart.low:+.1f} to {apart.high:+.1f}{' s' if it.unit == 'seconds' else ''}"
    return it.title, old, new, f"{ends}: {said}, at a single look"


def verdict(found: Evidence) -> str:
    """What the sequential test says, in a sentence."""
    if found.worse:
        return f"The version that is tried out does worse: {reason(found)}."
    if min(found.old.calls, found.new.calls) < FEWEST:
        return f"Nothing is judged before each version has had {FEWEST} callers; {_of_both(found)}."
    odds = f"the evidence that it does worse stands at {found.value:.2g}, and {1 / ALPHA:.0f} takes it back"
    return f"No sign that it does worse: {_of_both(found)}; {odds}."


def reason(found: Evidence) -> str:
    """Why a trial is taken back, in the words that are kept."""
    return (
        f"{_of_both(found)} (sequential test by E-variables, Turner, Ly and Grünwald, "
        f"at most {100 * ALPHA:.0f} % false alarms however often one looks)"
    )


def _of_both(found: Evidence) -> str:
    return f"{_arm(found.new)} with it were lost or in trouble, {_arm(found.old)} with the live version"


def _arm(it: Arm) -> str:
    return f"{it.trouble:,} of {it.calls:,} callers"
