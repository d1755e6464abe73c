"""`ivr export`: calls, events or answers to surveys, as a file for a spreadsheet, a program or a notebook."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, get_args

import click

from ivr.cli.log_database import log_database
from ivr.cli.moments import Moment, MomentOption
from ivr.cli.progress import progress
from ivr.cli.zone_of_lines import zone_of_lines
from ivr.config import from_environment
from ivr.reports.export import batches, count
from ivr.reports.export_columns import EXPORTS
from ivr.reports.export_formats import Format, NoParquet, writer
from ivr.reports.kpi import Scope
from ivr.reports.names import names_in_log


@click.command()
@click.argument("what", type=click.Choice(tuple(EXPORTS)))
@click.option("--since", type=MomentOption(), help="From then on: 24h, 7d, 2026-07-01T10:00.  [default: all]")
@click.option("--until", type=MomentOption(last=True), help="Until then, written in the same way.  [default: now]")
@click.option("--line", help="Of this line: the name of its file without .yaml.")
@click.option("--format", "format_", type=click.Choice(get_args(Format)), default="csv", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to standard output.")
def export(
    what: str, since: Moment | None, until: Moment | None, line: str | None, format_: Format, out: Path | None
) -> None:
    """Write calls, events or surveys of the log, the oldest first.

    The file is there once it is whole. Moments are UTC. Exits with 2 where there is no database, or the file cannot
    be written.
    """
    settings, chosen = from_environment(), EXPORTS[what]
    if format_ == "parquet" and out is None and sys.stdout.isatty():
        raise click.UsageError("parquet is nothing for a terminal; give --out FILE")
    with log_database(settings.database, "export") as engine:
        zone = zone_of_lines(engine, line)
        began = since.of(zone) if since else datetime.min.replace(tzinfo=UTC)
        scope = Scope(began, until.of(zone) if until else datetime.now(UTC), line=line)
        if scope.since >= scope.until:
            raise click.UsageError("--since is not before --until")
        try:
            with (
                _opened(out) as file,
                progress(count(engine, chosen, scope) if sys.stderr.isatty() else 0, what) as done,
                writer(format_, chosen, file) as write,
                closing(batches(engine, chosen, scope)) as rows,
            ):
                written = 0
                for batch in rows:
                    write(batch)
                    done(len(batch))
                    written += len(batch)
            if not written and line is not None and not names_in_log(engine).has("line", line):
                click.echo(f"ivr export: nothing was written: the log has no line {line}", err=True)
        except NoParquet as error:
            click.echo(f"ivr export: parquet: {error}", err=True)
            sys.exit(2)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # who reads has had enough
        except OSError as error:
            click.echo(f"ivr export: {out or 'standard output'}: {error.strerror or error}", err=True)
            sys.exit(2)


@contextmanager
def _opened(out: Path | None) -> Generator[IO[bytes], None, None]:
    """Where to write. A file gets its name when it is whole."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if out.exists() and not out.is_file():  # a pipe or a device, which nothing may take the place of
        with out.open("wb") as file:
            yield file
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
