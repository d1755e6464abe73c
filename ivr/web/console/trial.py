"""A version that is tried out on a share of callers: its figures beside the live one's, and how it ends."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from ivr.reports.sequential import FEWEST
from ivr.reports.trial import trial_report
from ivr.reports.trial_words import HEADS, figure_cells, verdict
from ivr.store.versions import Overtaken
from ivr.switchboard.publish import NotPossible, Publication, Refused
from ivr.web.console.frame import moment, show
from ivr.web.console.publishing import LONGEST_REASON, base, percent, reason
from ivr.web.console.standing import known_line, publisher, versions
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

MOST_ROWS = 20
OF_TRIALS = ("tried", "promoted", "withdrawn")

page = Blueprint("trial", __name__, url_prefix="/lines/<line>/trial")


@page.get("")
def index(line: str) -> str:
    """The trial that is on, side by side with what the others hear; and the trials before."""
    return _page(line)


@page.post("/promote")
@needs("publish")
def promote(line: str) -> str | Response | tuple[str, int]:
    """All callers get the version that is tried out."""

    def do(why: str, seen: int) -> Publication:
        return publisher().promote(line, who=myself().name, why=why, base=seen)

    return _end(line, "line_promoted", do, "{line}: all callers get version {version} now.")


@page.post("/withdraw")
@needs("publish")
def withdraw(line: str) -> str | Response | tuple[str, int]:
    """The trial ends, and all callers get the live version again."""

    def do(why: str, seen: int) -> Publication:
        standing = versions().standing(line)
        if standing is None or (standing.id == seen and standing.trial is None):
            # One step back from here would be another one: to the version before the live one.
            raise NotPossible(f"no version of {line} is being tried out")
        return publisher().roll_back(line, who=myself().name, why=why, base=seen)

    return _end(line, "trial_withdrawn", do, "The trial of {version} ended: all callers get {before}.")


def _end(line: str, deed: str, do: Callable[[str, int], Publication], told: str) -> str | Response | tuple[str, int]:
    known_line(line)
    why = reason()
    if not why:
        return _page(line, refused="Say why, in a few words: whoever reads the versions later wants to know."), 422
    try:
        done = do(why, base())
    except (NotPossible, Overtaken) as error:
        return _page(line, refused=f"Nothing was changed: {error}."), 409
    except Refused as error:
        problems = [it.message for it in error.problems if it.severity == "error"]
        return _page(line, refused="Nothing was changed.", problems=problems), 422
    office().audit.note(myself().name, deed, line=line, version=done.version, why=why)
    flash(told.format(line=line, version=done.version, before=done.before))
    return redirect(url_for("console.lines.one", line=line))


def _page(line: str, *, refused: str = "", problems: list[str] | None = None) -> str:
    it, now = known_line(line), office().clock()
    zone = it.flow.zone if it.flow else None
    standing = versions().standing(line)
    report = trial_report(office().engine, line, standing, now) if standing else None
    rows = [row for row in versions().history(line) if row.deed in OF_TRIALS]
    return show(
        "console/trial.html",
        line=line,
        it=it,
        base=standing.id if standing else 0,
        report=report,
        since=moment(report.trial.published_at, zone) if report else "",
        heads=HEADS,
        figures=[figure_cells(one) for one in report.figures] if report else [],
        verdict=verdict(report.evidence) if report else "",
        fewest=FEWEST,
        percent=percent,
        trials=[(row, moment(row.published_at, zone)) for row in rows[:MOST_ROWS]],
        refused=refused,
        told=problems or [],
        why=reason(),
        longest=LONGEST_REASON,
    )
