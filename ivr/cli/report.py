"""`ivr report`: the key figures in the terminal, and as a page for a mail."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from ivr.cli.log_database import log_database
from ivr.cli.moments import Moment, MomentOption
from ivr.cli.zone_of_lines import zone_of_lines
from ivr.config import from_environment
from ivr.reports import KPIS
from ivr.reports.html import page
from ivr.reports.kpi import By, Scope, Setting
from ivr.reports.report import report as measured
from ivr.reports.text import lines

SPAN = timedelta(days=7)

Given = dict[str, dict[str, Setting]]


class ZoneOption(click.ParamType[ZoneInfo]):
    """The value of `--zone`."""

    name = "ZONE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> ZoneInfo:
        """The zone, or the usage error that says what one is."""
        try:
            return value if isinstance(value, ZoneInfo) else ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f'"{value}" is no time zone such as Europe/Berlin', param, ctx)


@click.command()
@click.option("--since", type=MomentOption(), help="From then on: 24h, 7d, 2026-07-01T10:00.  [default: 7d]")
@click.option("--until", type=MomentOption(last=True), help="Until then, written in the same way.  [default: now]")
@click.option("--line", help="Of this line: the name of its file without .yaml.")
@click.option("--queue", help="Of this queue.")
@click.option("--agent", help="Of this agent.")
@click.option("--language", help="Of calls in which this language was chosen, such as es-MX.")
@click.option("--menu-version", "version", help="Of calls that had this version of their line.")
@click.option("--by", type=click.Choice(get_args(By)), default="all", show_default=True, help="Sorted by that, too.")
@click.option("--zone", type=ZoneOption(), help="Clock of moments, days and quarter-hours.  [default: the lines']")
@click.option("--set", "given", multiple=True, metavar="FIGURE.NAME=VALUE", help="Such as service_level.seconds=30.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page for a mail there, instead.")
def report(
    since: Moment | None,
    until: Moment | None,
    line: str | None,
    queue: str | None,
    agent: str | None,
    language: str | None,
    version: str | None,
    by: By,
    zone: ZoneInfo | None,
    given: tuple[str, ...],
    html: Path | None,
) -> None:
    """Say in key figures how calls went.

    docs/kpis.md has each with its formula. Where nothing happened, that is what it says. Exits with 2 where there is
    no database, or the page cannot be written.
    """
    settings, now = from_environment(), datetime.now(UTC)
    set_ = _given(given)
    with log_database(settings.database, "report") as engine:
        clock = zone or zone_of_lines(engine, line)
        began = since.of(clock) if since else now - SPAN
        ended = until.of(clock) if until else now
        if began >= ended:
            raise click.UsageError("--since is not before --until")
        queues = None if queue is None else (queue,)
        scope = Scope(began, ended, queues, line, version, agent, language, now)
        found = measured(engine, scope, clock, by, set_)
    if html is None:
        for text in lines(found):
            click.echo(text)
        return
    try:
        html.write_text(page(found, now), "utf-8")
    except OSError as error:
        click.echo(f"ivr report: {html}: {error.strerror}", err=True)
        sys.exit(2)


def _given(settings: Iterable[str]) -> Given:
    """What was set, by figure and name."""
    found: Given = {}
    for text in settings:
        name, _, value = text.partition("=")
        figure, _, parameter = name.partition(".")
        kpi = next((it for it in KPIS if it.name == figure), None)
        spec = next((it for it in kpi.parameters if it.name == parameter), None) if kpi else None
        if spec is None:
            known = ", ".join(f"{it.name}.{one.name}" for it in KPIS for one in it.parameters)
            raise click.BadParameter(f'"{name}" is nothing that can be set; there are {known}', param_hint="--set")
        found.setdefault(figure, {})[parameter] = _value(spec.default, value, name)
    return found


def _value(default: Setting, text: str, name: str) -> Setting:
    """What was meant, as the kind of thing that it is by default."""
    if isinstance(default, bool):
        if text not in ("yes", "no"):
            raise click.BadParameter(f'{name} is yes or no, not "{text}"', param_hint="--set")
        return text == "yes"
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1_000_000:
        raise click.BadParameter(f'{name} is a number from 0 on, not "{text}"', param_hint="--set")
    return number
