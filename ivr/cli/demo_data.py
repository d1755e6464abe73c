"""`ivr demo-data`: a call log that looks like one, of calls that nobody made; and out with it again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import Engine

from ivr.cli.log_database import log_database
from ivr.cli.moments import Moment, MomentOption
from ivr.cli.progress import progress
from ivr.cli.publishing import publisher_of, who
from ivr.config import Settings, from_environment
from ivr.menu.team import Team
from ivr.store.demo_calls import DemoCalls, Issued
from ivr.store.rollups.settling import rebuild_all
from ivr.store.versions import Versions
from ivr.switchboard.demo.apart import MakingDied, batches_apart
from ivr.switchboard.demo.audio import keep_audio, remove_audio
from ivr.switchboard.demo.making import batches
from ivr.switchboard.demo.plan import NoLines, Plan, issues
from ivr.switchboard.demo.rows import COLUMNS
from ivr.switchboard.menu_folder import beside, menu_files
from ivr.switchboard.publish import Refused
from ivr.switchboard.sealing import key_of

MOST = 20_000_000
MOST_A_DAY = 50_000
"""Calls: all of a day are in memory at once."""

A_DAY, FEWEST_DAYS, MOST_DAYS = 300, 28, 400
"""Where nobody says how many days: so many calls a day, and at least and at most so many days."""

FEW = 5000
"""Calls that are made in one process: another one takes a second to start."""


@click.command("demo-data")
@click.option("--calls", type=click.IntRange(1, MOST), default=10_000, show_default=True, help="How many came in.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same calls.")
@click.option("--days", type=click.IntRange(1, 4000), help="Over so many days.  [default: by the number of calls]")
@click.option("--until", type=MomentOption(), help="They end there: 2026-07-01T10:00.  [default: the last full hour]")
@click.option("--menus", type=click.Path(path_type=Path, exists=True, file_okay=False), help="The lines.  [IVR_MENUS]")
@click.option("--force", is_flag=True, help="Also into a log that has calls of real callers.")
@click.option("--remove", is_flag=True, help="Take all of it out of the log again.")
def demo_data(
    calls: int, seed: int, days: int | None, until: Moment | None, menus: Path | None, force: bool, remove: bool
) -> None:
    """Fill the call log with calls that nobody made.

    They go as real ones go, on the real engine: rushes and quiet nights, versions of the menus, queues, agents,
    surveys, callbacks. With --remove they are taken out again. Exits with 1 where the log has calls of real callers
    (--force) or such calls already, with 2 where there is no database.
    """
    settings = from_environment()
    with log_database(settings.database, "demo-data") as engine:
        if remove:
            _remove(settings, engine)
        else:
            _make(settings, engine, _plan(settings, calls, seed, days, until, menus), force=force)


def _stop(why: str, code: int) -> None:
    click.echo(f"ivr demo-data: {why}", err=True)
    sys.exit(code)


def _plan(
    settings: Settings, calls: int, seed: int, days: int | None, until: Moment | None, menus: Path | None
) -> Plan:
    folder = menus or settings.menus
    span = days or min(max(calls // A_DAY, FEWEST_DAYS), MOST_DAYS)
    if calls / span > MOST_A_DAY:
        raise click.UsageError(f"that is more than {MOST_A_DAY:,} calls a day; give more --days")
    zone = (beside(folder) or Team()).zone or UTC
    ends = until.of(zone) if until else datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    # Whole days where the agents are, but for the last.
    local = ends.astimezone(zone)
    first = (local - timedelta(days=span - 1 if local.time() != local.min.time() else span)).date()
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    return Plan(calls, seed, since.astimezone(UTC), ends.astimezone(UTC), folder, key_of(settings))


def _make(settings: Settings, engine: Engine, plan: Plan, *, force: bool) -> None:
    log, began = DemoCalls(engine), time.monotonic()
    demo, others = log.counted()
    if demo:
        _stop(f"the log has {demo:,} such calls already; take them out first: ivr demo-data --remove", 1)
    if others and not force:
        _stop(f"the log has {others:,} calls of real callers; add --force to put these beside them", 1)
    try:
        made = issues(plan)
    except NoLines as error:
        _stop(str(error), 1)
    known = Versions(engine).live()
    log.publish(
        [Issued(it.line, it.edition.version, it.edition.files, it.at, it.edition.why) for it in made], plan.until
    )
    _publish_own(settings, plan.menus, known)
    keep_audio(settings.data)
    source = batches_apart(plan) if plan.calls > FEW else batches(plan)
    written = 0
    try:
        with progress(plan.calls, "writing calls") as done, closing(source) as each:
            for batch in each:
                log.write(COLUMNS, batch.rows, batch.visits)
                written += batch.calls
                done(batch.calls)
    except (MakingDied, KeyboardInterrupt) as error:
        _stop(f"{str(error) or 'stopped'}; {written:,} calls are written: ivr demo-data --remove takes them out", 2)
    wrote = time.monotonic()
    _finish(engine, log)
    lines = ", ".join(sorted({it.line for it in made}))
    span = f"{plan.since.date()} to {plan.until.date()}"
    click.echo(f"{written:,} calls to {lines}, {span}, with {len(made)} versions of the menus")
    click.echo(f"written in {_span(wrote - began)}, added up in {_span(time.monotonic() - wrote)}")
    click.echo("to take them out again: ivr demo-data --remove")


def _publish_own(settings: Settings, menus: Path, known: Mapping[str, str]) -> None:
    """Lines that had no version go live as they are: callers shall not hear the demonstration's."""
    publisher = publisher_of(settings)
    for path in menu_files(menus):
        if path.stem not in known:
            with suppress(Refused):
                publisher.publish(path, who=who(), why="first start")


def _finish(engine: Engine, log: DemoCalls) -> None:
    """The figures are made of the calls, and the database looks at what it has."""
    log.analyze()
    with ExitStack() as stack:
        shown: list[Callable[..., None]] = []

        def each(_: int, total: int) -> None:
            if not shown:
                shown.append(stack.enter_context(progress(total, "adding up")))
            shown[0]()

        rebuild_all(engine, each)
    log.analyze()


def _remove(settings: Settings, engine: Engine) -> None:
    log = DemoCalls(engine)
    demo, _ = log.counted()
    with progress(demo, "removing calls") as done:
        removed = log.remove(done)
    remove_audio(settings.data)
    if removed:
        _finish(engine, log)
    click.echo(f"{removed:,} calls that nobody made are taken out" if removed else "there are no such calls")


def _span(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left} s" if minutes else f"{left} s"
