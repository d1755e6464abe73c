"""`ivr replay`: logged calls over a new menu; how many would end elsewhere."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NoReturn, get_args

import click

from ivr.cli.log_database import log_database
from ivr.cli.moments import Moment, MomentOption
from ivr.cli.progress import progress
from ivr.config import from_environment
from ivr.reports.export_formats import defused
from ivr.reports.replay_picture import picture as drawn
from ivr.reports.replay_words import COLUMNS, lines, objects, rows
from ivr.reports.replayed import Replay
from ivr.switchboard.menu_folder import check_files, files_of_line
from ivr.switchboard.replaying import replay_log

SPAN = timedelta(days=7)

Format = Literal["text", "json", "csv"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--since", type=MomentOption(), help="Calls from then on: 24h, 7d, 2026-07-01T10:00.  [default: 7d]")
@click.option("--until", type=MomentOption(last=True), help="Calls before then, written alike.  [default: now]")
@click.option("--line", help="Calls of this line.  [default: the name of FILE without .yaml]")
@click.option("--reworded", is_flag=True, help="Take the same prompts in other words as heard the same.")
@click.option("--format", "format_", type=click.Choice(get_args(Format)), default="text", show_default=True)
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw it there, too, as SVG.")
def replay(
    file: Path,
    since: Moment | None,
    until: Moment | None,
    line: str | None,
    reworded: bool,
    format_: Format,
    picture: Path | None,
) -> None:
    """Fold logged calls over the menu in FILE: how many end elsewhere, which, from where to where.

    A call is undecidable from the point on at which its caller would have heard something else than they did. Nothing
    is published or changed. Exits with 1 where FILE does not check, with 2 where there is no database or a file cannot
    be read or written.
    """
    settings, now = from_environment(), datetime.now(UTC)
    try:
        menus = check_files([file])
        files = files_of_line(file)
    except OSError as error:
        _stop(f"{error.filename or file}: {error.strerror or error}")
    flow = next(iter(menus.flows.values()), None)
    if menus.errors or flow is None:
        for problem in menus.problems:
            click.echo(str(problem))
        what = "has errors" if menus.errors else "is no line"
        click.echo(f"ivr replay: {file} {what}; nothing was replayed", err=True)
        sys.exit(1)
    began = since.of(flow.zone) if since else now - SPAN
    ended = until.of(flow.zone) if until else now
    if began >= ended:
        raise click.UsageError("--since is not before --until")
    with log_database(settings.database, "replay") as engine, ExitStack() as shown:
        done = _progress(shown)
        found = replay_log(engine, files, began, ended, line=line, reworded=reworded, done=done)
    if picture is not None:
        try:
            picture.write_text(drawn(found), "utf-8")
        except OSError as error:
            _stop(f"{picture}: {error.strerror or error}")
    match format_:
        case "json":
            click.echo(json.dumps(objects(found), indent=2, ensure_ascii=False))
        case "csv":
            _csv(found)
        case "text":
            for text in lines(found, flow.zone):
                click.echo(text)


def _progress(shown: ExitStack) -> Callable[[int, int], None]:
    """A line that shows how many calls are done; how many there are is known with the first word of it."""
    advances: list[Callable[..., None]] = []
    before = 0

    def done(number: int, of: int) -> None:
        nonlocal before
        if not advances:
            advances.append(shown.enter_context(progress(of, "replaying")))
        advances[0](number - before)
        before = number

    return done


def _csv(found: Replay) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([defused(cell) for cell in row] for row in rows(found))


def _stop(message: str) -> NoReturn:
    click.echo(f"ivr replay: {message}", err=True)
    sys.exit(2)
