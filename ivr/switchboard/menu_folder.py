"""The folder of the menus: `*.yaml` files of lines, their pieces, the team, and tables beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ivr.menu import Flow, Menus, Problem, load
from ivr.menu.load import Around
from ivr.menu.pieces import FOLDER as PIECES
from ivr.menu.pieces import run_by
from ivr.menu.team import Team
from ivr.menu.team_load import FILE as TEAM
from ivr.menu.team_load import load_team

NOT_LINES = (TEAM,)
"""Files beside the menus that are no lines."""


def menu_files(folder: Path) -> list[Path]:
    """The lines' files of a folder, by name: what an editor hides there (`.#name.yaml`) is none."""
    return sorted(path for path in folder.glob("*.yaml") if is_menu(path))


def team_files(folder: Path) -> list[Path]:
    """The team file of a folder, if it has one."""
    return [path for path in (folder / TEAM,) if path.is_file()]


def piece_files(folder: Path) -> list[Path]:
    """The pieces that the lines of a folder can run, by name."""
    return sorted(path for path in (folder / PIECES).glob("*.yaml") if is_piece(path))


def is_menu(path: Path) -> bool:
    """Whether the path is a line's file: a regular one with the ending `.yaml`, and not hidden."""
    return _is_shown(path) and not _among_pieces(path) and path.name not in NOT_LINES


def is_piece(path: Path) -> bool:
    """Whether the path is the file of a piece."""
    return _is_shown(path) and _among_pieces(path)


def _among_pieces(path: Path) -> bool:
    """Whether it lies in the folder of the pieces, also where that is the folder in which one works."""
    return (path.parent.name or path.absolute().parent.name) == PIECES


def _is_shown(path: Path) -> bool:
    return path.suffix == ".yaml" and not path.name.startswith(".") and path.is_file()


def home(path: Path) -> Path:
    """The folder of the menus to which a line's or a piece's file belongs."""
    if not _among_pieces(path):
        return path.parent
    return path.parent.parent if path.parent.name else Path("..")


def misnamed(folder: Path) -> list[Path]:
    """What may be meant as a menu file, but has another ending: `name.yml`."""
    return sorted(path for path in folder.glob("*.yml") if not path.name.startswith(".") and path.is_file())


def unreadable(path: Path, error: OSError) -> Problem:
    """A file that cannot be read, as a problem."""
    return Problem(str(path), 1, 1, "unreadable", f"this file cannot be read: {error.strerror or error}")


def beside(folder: Path) -> Team | None:
    """The team of the menus of a folder: an empty one where it has no file, None where its file has errors."""
    try:
        data = (folder / TEAM).read_bytes()
    except OSError:
        return Team()
    return load_team(TEAM, data).team


def files_of_line(path: Path) -> dict[str, bytes]:
    """A line's file and the pieces that it runs, `{name: text}`: what a version is made of. Raises OSError."""
    data = path.read_bytes()
    pieces = {piece.stem: piece.read_bytes() for piece in piece_files(path.parent)}
    ran = run_by(path.name, data, pieces)
    return {path.name: data} | {f"{PIECES}/{name}.yaml": text for name, text in ran.items()}


def check_files(
    paths: Iterable[Path], instead: Mapping[Path, bytes] | None = None, around: Around | None = None
) -> Menus:
    """Checks files as they are on disk, each line with the tables, pieces and team beside it, and the team itself
    where it is among them; one that cannot be read is a problem. `instead` has texts that are not on disk yet,
    `around` what else there is to judge lines by.
    """
    unsaved = instead or {}
    flows: dict[str, Flow] = {}
    problems: list[Problem] = []
    groups: dict[Path, dict[str, bytes]] = {}
    for path in paths:
        try:
            if path.name == TEAM:
                problems += load_team(str(path), _read(path, unsaved)).problems
                continue
            groups.setdefault(home(path), {})[str(path)] = _read(path, unsaved)
        except OSError as error:
            problems.append(unreadable(path, error))
    for folder, files in groups.items():
        tables = {table.name: table.read_bytes() for table in folder.glob("*.csv") if table.is_file()}
        pieces = {str(piece): _read(piece, unsaved) for piece in piece_files(folder)}
        menus = load(files, tables, beside(folder), pieces, around)
        flows |= menus.flows
        problems += menus.problems
    return Menus(flows, tuple(problems))


def _read(path: Path, unsaved: Mapping[Path, bytes]) -> bytes:
    return unsaved[path] if path in unsaved else path.read_bytes()
