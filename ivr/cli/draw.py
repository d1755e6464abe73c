"""`ivr draw`: the picture of a line, as callers meet it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from ivr.cli.log_database import log_database
from ivr.cli.moments import Moment, MomentOption
from ivr.config import from_environment
from ivr.menu import Flow
from ivr.menu.drawing import picture
from ivr.menu.drawing_figures import Figures
from ivr.menu.load import stem
from ivr.menu.problems import visible
from ivr.reports.drawn import figures
from ivr.switchboard.menu_folder import check_files
from ivr.switchboard.pictures import FORMATS, DrawingError, Format, drawn

_ENDINGS: dict[str, Format] = {".svg": "svg", ".png": "png", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot",
                               ".gv": "dot"}  # fmt: skip


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(FORMATS), help="[default: by the ending of --out, else svg]")
@click.option("--calls", "since", type=MomentOption(), help="With the calls since then: 24h, 7d, 2026-07-01T10:00.")
@click.option("--closed", is_flag=True, help="Each piece as one box.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.  [default: stdout]")
def draw(file: Path, format_: Format | None, since: Moment | None, closed: bool, out: Path | None) -> None:
    """Draw the menu tree of FILE as a caller meets it.

    With --calls each way is as wide as callers are many, and each step says how many came and how many were in
    trouble. Exits with 1 where FILE has errors, which are printed; with 2 where there is no file, no log, or no
    picture can be made.
    """
    chosen: Format = format_ or (_ENDINGS.get(out.suffix.lower(), "svg") if out else "svg")
    flow = _flow(file)
    if chosen == "png" and out is None and sys.stdout.isatty():
        _stop("a PNG is no text for a terminal; name a file with --out")
    try:
        data = drawn(picture(flow, None if closed else ()), chosen, _figures(flow, since) if since else None)
    except DrawingError as error:
        _stop(f"{file}: {error}")
    if out is None:
        sys.stdout.buffer.write(data)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        _stop(f"{out}: {error.strerror}")


def _flow(file: Path) -> Flow:
    """The line of the file; ends the command where there is none."""
    if file.is_dir():
        _stop(f"{file}: this is a folder; name the file of a line")
    if not file.is_file():
        _stop(f"{file}: there is no such file")
    try:
        menus = check_files([file])
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}")
    if menus.errors:
        for problem in menus.errors:
            click.echo(visible(str(problem)), err=True)
        click.echo(f"ivr draw: {file} has errors, so there is no picture", err=True)
        sys.exit(1)
    flow = menus.flows.get(stem(str(file)))
    if flow is None:
        _stop(f"{file}: this is no line; a piece is drawn in the lines that run it")
    return flow


def _figures(flow: Flow, since: Moment) -> Figures:
    now = datetime.now(UTC)
    begins = since.of(flow.zone)
    if begins >= now:
        raise click.UsageError("--calls is in the future")
    with log_database(from_environment().database, "draw") as engine:
        return figures(engine, flow, begins, now)


def _stop(message: str) -> NoReturn:
    click.echo(f"ivr draw: {visible(message)}", err=True)
    sys.exit(2)
