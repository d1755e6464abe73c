"""`ivr versions`: what was done with a line's versions, and how the one that is tried out does."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, tzinfo

import click

from ivr.cli.log_database import log_database
from ivr.cli.publishing import share_words
from ivr.cli.zone_of_lines import zone_of_lines
from ivr.config import from_environment
from ivr.menu.problems import visible
from ivr.reports.trial import TrialReport, trial_report
from ivr.reports.trial_words import trial_words
from ivr.store.versions import Published, Standing, Versions

_DEEDS = {"rolled_back": "rolled back", "tried": "tried out"}


@click.command()
@click.argument("line")
@click.option("--compare", is_flag=True, help="The version that is tried out beside the live one, in figures.")
def versions(line: str, compare: bool) -> None:
    """List what was done with the versions of LINE (the name of its file without .yaml), the newest first.

    A line each: the version, when, what was done, by whom, the git commit (+: the files differed from it), the mark
    of what is live or tried out, and why. Times are the line's own. Exits with 1 where there is no such line.
    """
    with log_database(from_environment().database, "versions") as engine:
        known = Versions(engine)
        standing = known.standing(line)
        if standing is None:
            click.echo(f"ivr versions: no line {line} was ever published", err=True)
            sys.exit(1)
        if not compare:
            _list(known.history(line), standing, zone_of_lines(engine, line))
            return
        report: TrialReport | None = trial_report(engine, line, standing, datetime.now(UTC))
        if report is None:
            click.echo(f"ivr versions: no version of {line} is being tried out", err=True)
            sys.exit(1)
        for row in trial_words(report, zone_of_lines(engine, line)):
            click.echo(row)


def _list(history: list[Published], standing: Standing, zone: tzinfo) -> None:
    rows = [_row(it, standing, zone) for it in history]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _row(it: Published, standing: Standing, zone: tzinfo) -> tuple[str, ...]:
    forced = f"forced, although {it.forced}: " if it.forced else ""
    return (
        it.version,
        it.published_at.astimezone(zone).isoformat(timespec="seconds"),
        _DEEDS.get(it.deed, it.deed),
        visible(it.who),
        f"{it.git[:10]}{it.git[40:]}" if it.git else "-",
        _mark(it, standing),
        visible(f"{forced}{it.why or ''}"),
    )


def _mark(it: Published, standing: Standing) -> str:
    if standing.live and it.id == standing.live.id:
        return "live"
    if it.deed == "tried":
        share = share_words(it.share)
        return f"on trial: {share}" if standing.trial and it.id == standing.trial.id else share
    return "-"
