"""`ivr calls`: the call log in the terminal, as a list, or one call as a story."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, tzinfo
from functools import cache
from itertools import islice

import click
from sqlalchemy import Engine

from ivr.cli.log_database import log_database
from ivr.cli.moments import Moment, MomentOption
from ivr.cli.story import tell
from ivr.config import from_environment
from ivr.menu import Flow, load
from ivr.reports.timeline import story_of
from ivr.store.log_queries import LoggedCall, LogQueries
from ivr.store.set_aside import SetAside
from ivr.store.versions import Versions

MOST = 50

Flows = Callable[[str | None], Flow | None]


@click.command()
@click.argument("sid", required=False, metavar="[SID]")
@click.option("--since", type=MomentOption(), help="Calls that began then or later: 15m, 24h, 7d, 2026-07-01T10:00.")
@click.option("--until", type=MomentOption(last=True), help="Calls that began before then, written in the same way.")
@click.option("--line", help="Calls to this line: the name of its file without .yaml.")
@click.option("--limit", type=click.IntRange(1), default=MOST, show_default=True, help="The newest N alone.")
@click.option("--set-aside", "aside", is_flag=True, help="List the records that could not be written, instead.")
def calls(
    sid: str | None, since: Moment | None, until: Moment | None, line: str | None, limit: int, aside: bool
) -> None:
    """List the calls of the log, the newest last, or tell the one of SID as a story.

    Moments without a zone are in the line's own, and so are the times that are shown. Exits with 1 where there is
    no call of that SID, and with 2 where there is no database.
    """
    settings = from_environment()
    with log_database(settings.database, "calls") as engine:
        queries, flows, set_aside = LogQueries(engine), _flows(engine), SetAside(engine, settings.data / "set-aside")
        if aside:
            _list_aside(set_aside, limit)
        elif sid is not None:
            _tell(sid, queries, flows)
        else:
            _list(_chosen(queries, flows, since, until, line, limit), flows)
            if count := set_aside.count():
                click.echo(f"set aside, as they could not be written: {count}; ivr calls --set-aside", err=True)


def _list(found: list[LoggedCall], flows: Flows) -> None:
    rows = [_row(call, flows) for call in reversed(found)]
    if not rows:
        click.echo("there are no such calls", err=True)
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _row(call: LoggedCall, flows: Flows) -> tuple[str, ...]:
    return (
        call.at.astimezone(_zone(flows(call.version))).isoformat(timespec="seconds"),
        call.call_sid,
        call.line or "-",
        f"…{call.caller_last4}" if call.caller_last4 else "-",
        "-" if call.seconds is None else f"{call.seconds}s",
        call.how or "going-on",
        call.step or "-",
        ",".join(call.goals) or "-",
    )


def _chosen(
    queries: LogQueries, flows: Flows, since: Moment | None, until: Moment | None, line: str | None, limit: int
) -> list[LoggedCall]:
    """The newest of those that were asked for, the newest first."""

    def within(call: LoggedCall) -> bool:
        zone = _zone(flows(call.version))
        return (since is None or call.at >= since.of(zone)) and (until is None or call.at < until.of(zone))

    newest = queries.newest(since=since.earliest if since else None, until=until.latest if until else None, line=line)
    with closing(newest):
        return list(islice(filter(within, newest), limit))


def _tell(sid: str, queries: LogQueries, flows: Flows) -> None:
    call = queries.call(sid)
    if call is None:
        click.echo(f"ivr calls: the log has no call {sid}", err=True)
        sys.exit(1)
    flow = flows(call.version)
    for line in tell(story_of(call, queries.records(sid), queries.effects(sid), flow), _zone(flow)):
        click.echo(line)


def _list_aside(set_aside: SetAside, limit: int) -> None:
    for at, one in set_aside.table(limit):
        text = one.data.decode(errors="backslashreplace").replace("\n", "\\n")
        click.echo(f"{at.isoformat(timespec='seconds')}  {one.stream} {one.entry}  {one.call_sid}  {one.why}  {text}")


def _zone(flow: Flow | None) -> tzinfo:
    return flow.zone if flow else UTC


def _flows(engine: Engine) -> Flows:
    """What gives the flow of a version, each read once; None where it cannot be had."""
    versions = Versions(engine)

    @cache
    def flow_of(version: str | None) -> Flow | None:
        files = versions.files(version) if version else None
        return next(iter(load(files).flows.values()), None) if files else None

    return flow_of
