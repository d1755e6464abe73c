"""`ivr check`: what is wrong with menu files, and mending what can be mended without asking."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.log_database import log_database
from ivr.cli.moments import Moment, MomentOption
from ivr.cli.problem_formats import as_github, as_sarif, as_text
from ivr.config import Settings, from_environment
from ivr.menu import Problem
from ivr.menu.problems import visible
from ivr.menu.schema import piece_schema as schema_of_piece
from ivr.menu.schema import schema as schema_of_line
from ivr.menu.team_schema import schema as schema_of_team
from ivr.switchboard.judging import around
from ivr.switchboard.mending import Mended, mend
from ivr.switchboard.menu_folder import check_files, menu_files, piece_files, team_files
from ivr.switchboard.menu_texts import CannotBeEdited, Overtaken

FORMATS: dict[str, Callable[[Iterable[Problem]], str]] = {"text": as_text, "github": as_github, "sarif": as_sarif}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How problems are printed: github as annotations, sarif as one JSON document.",
)
@click.option("--fix", is_flag=True, help="Mend what can be mended without asking, and show how.")
@click.option(
    "--traffic",
    type=MomentOption(),
    metavar="SPAN",
    help="Judge menus by what callers did since then, too: 7d. Reads the call log.",
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a menu file, for editors.")
@click.option("--piece-schema", is_flag=True, help="Print the JSON Schema of a piece.")
@click.option("--team-schema", is_flag=True, help="Print the JSON Schema of team.yaml.")
def check(
    paths: tuple[Path, ...], format_: str, fix: bool, traffic: Moment | None,
    schema: bool, piece_schema: bool, team_schema: bool,
) -> None:  # fmt: skip
    """Check menu files and team.yaml, or all of a folder (IVR_MENUS where no PATH is given).

    Prints FILE:LINE:COL: error|warning RULE message, one a line. Exits with 1 on an error (what would break a
    call), with 0 when there are warnings alone or nothing, with 2 where it could not run.
    """
    asked = {schema_of_line: schema, schema_of_piece: piece_schema, schema_of_team: team_schema}
    for made in (made for made, wanted in asked.items() if wanted):
        click.echo(json.dumps(made(), indent=2, ensure_ascii=False))
        return
    settings = from_environment()
    files = _files(paths or (settings.menus,))
    with ExitStack() as stack:
        problems = _checked(files, settings, traffic, stack, fix=fix, quiet=format_ != "text")
    click.echo(FORMATS[format_](problems), nl=False)
    errors = sum(problem.severity == "error" for problem in problems)
    told = f"{_count(len(files), 'file')}: {_count(errors, 'error')}, {_count(len(problems) - errors, 'warning')}"
    click.echo(told, err=True)
    sys.exit(1 if errors else 0)


def _checked(
    files: list[Path], settings: Settings, traffic: Moment | None, stack: ExitStack, *, fix: bool, quiet: bool
) -> tuple[Problem, ...]:
    engine = stack.enter_context(log_database(settings.database, "check")) if traffic else None
    span = (traffic.of(UTC), datetime.now(UTC)) if traffic else None
    if span and span[0] >= span[1]:
        raise click.UsageError("--traffic is in the future")
    try:
        world = around(settings.recordings, engine, span)
        for mended in mend(files, world) if fix else ():
            click.echo("".join(_shown(mended)), nl=False, err=quiet)
        return check_files(files, around=world).problems
    except SQLAlchemyError as error:
        _stop(f"DATABASE_URL: {str(error).splitlines()[0]}")
    except (Overtaken, CannotBeEdited) as error:
        _stop(f"{error}; nothing was written to it")
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}")


def _shown(mended: Mended) -> Iterator[str]:
    """What was mended, a line each, and the lines of the file as they were and as they are."""
    for problem in mended.findings:
        yield visible(f"{problem.file}:{problem.line}:{problem.column}: fixed {problem.rule} {problem.message}") + "\n"
    before, after = (data.decode("utf-8", "replace").splitlines() for data in (mended.before, mended.after))
    for row in difflib.unified_diff(before, after, str(mended.path), str(mended.path), n=1, lineterm=""):
        yield visible(row) + "\n"


def _files(paths: tuple[Path, ...]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = menu_files(path)
            if not found:
                _stop(f"{path}: there is no menu file (*.yaml) in this folder")
            files += [*found, *piece_files(path), *team_files(path)]
        elif path.is_file():
            files.append(path)
        else:
            _stop(f"{path}: there is no such file or folder")
    return list(dict.fromkeys(files))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _stop(message: str) -> NoReturn:
    click.echo(f"ivr check: {message}", err=True)
    sys.exit(2)
