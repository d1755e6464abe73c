"""`ivr rollups`: how the roll-ups of the call log stand, and making them anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

import click

from ivr.cli.log_database import log_database
from ivr.cli.progress import progress
from ivr.config import from_environment
from ivr.store.rollups.settling import rebuild_all
from ivr.store.rollups.standing import standing


@click.group(invoke_without_command=True)
@click.pass_context
def rollups(context: click.Context) -> None:
    """Say how the roll-ups stand, from which key figures are read.

    Spans that wait are made anew by the worker, and until then figures come from the log: they are the same, but slower
    to read. Exits with 2 where there is no database.
    """
    if context.invoked_subcommand is not None:
        return
    with log_database(from_environment().database, "rollups") as engine:
        it = standing(engine)
    click.echo(f"roll-ups: {', '.join(it.names)}")
    if it.first is None or it.last is None:
        click.echo("calls: none yet")
    else:
        click.echo(f"calls: from {it.first:%Y-%m-%d %H:%M} to {it.last:%Y-%m-%d %H:%M} UTC; {it.rows:,} rows")
    click.echo(f"waiting: {it.quarters:,} quarter-hours, {it.days:,} days, {it.blocks:,} blocks of four weeks")


@rollups.command()
def rebuild() -> None:
    """Make all roll-ups anew from the call log.

    Nothing need be stopped: figures are right meanwhile, and read from the log until their day is done. Exits with 2
    where there is no database.
    """
    began = time.monotonic()
    with log_database(from_environment().database, "rollups rebuild") as engine, ExitStack() as shown:
        advances: list[Callable[..., None]] = []

        def each(_done: int, total: int) -> None:
            if not advances:  # how many days there are is known with the first
                advances.append(shown.enter_context(progress(total, "rolling up")))
            advances[0]()

        days = rebuild_all(engine, each)
    click.echo(f"rolled up {days:,} days in {time.monotonic() - began:.1f} s")
