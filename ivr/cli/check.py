"""`ivr check`: what is wrong with menu files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ivr.config import from_environment
from ivr.menu.schema import piece_schema as schema_of_piece
from ivr.menu.schema import schema as schema_of_line
from ivr.menu.team_schema import schema as schema_of_team
from ivr.switchboard.menu_folder import check_files, menu_files, piece_files, team_files


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a menu file, for editors.")
@click.option("--piece-schema", is_flag=True, help="Print the JSON Schema of a piece.")
@click.option("--team-schema", is_flag=True, help="Print the JSON Schema of team.yaml.")
def check(paths: tuple[Path, ...], schema: bool, piece_schema: bool, team_schema: bool) -> None:
    """Check menu files and team.yaml, or all of a folder (IVR_MENUS where no PATH is given).

    Prints FILE:LINE:COL: error|warning RULE message, one a line. Exits with 1 on an error (what would break a
    call), with 0 when there are warnings alone or nothing, with 2 where it could not run.
    """
    asked = {schema_of_line: schema, schema_of_piece: piece_schema, schema_of_team: team_schema}
    for made in (made for made, wanted in asked.items() if wanted):
        click.echo(json.dumps(made(), indent=2, ensure_ascii=False))
        return
    files = _files(paths or (from_environment().menus,))
    try:
        menus = check_files(files)
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}")
    for problem in menus.problems:
        click.echo(str(problem))
    errors = len(menus.errors)
    warnings = len(menus.problems) - errors
    click.echo(f"{_count(len(files), 'file')}: {_count(errors, 'error')}, {_count(warnings, 'warning')}", err=True)
    sys.exit(1 if errors else 0)


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


def _stop(message: str) -> None:
    click.echo(f"ivr check: {message}", err=True)
    sys.exit(2)
