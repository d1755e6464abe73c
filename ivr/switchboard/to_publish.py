"""A menu file that is to be published: read once, checked as a whole, refused where callers would meet its errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.menu import Flow, Menus, Problem, load
from ivr.menu.load import stem
from ivr.store.versions import version_of
from ivr.switchboard.menu_folder import check_files, files_of_line, home, is_piece, menu_files
from ivr.switchboard.rehearsal import Rehearsal


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """The file does not check, or its scripted calls failed: nothing was published."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may go live: the file, its line as a whole, the texts it is made of, and their version.

    `forced` says what failed and was overridden; the errors among it are in `warnings`, too.
    """

    path: Path
    flow: Flow
    files: dict[str, bytes]
    version: str
    warnings: tuple[Problem, ...]
    forced: str | None


def candidate(path: Path, rehearsal: Rehearsal | None, *, force: bool) -> Candidate:
    """The file as it may go live. Raises Refused, and OSError.

    `force` goes past scripted calls that failed, and past errors beside the file (in the team, in tables), which no
    version holds. Past errors of the file itself it does not go: nobody could call it.
    """
    files = files_of_line(path)
    version = version_of(files)
    menus = check_files([path])
    if is_piece(path) and not menus.errors:
        raise Refused((_no_line(path), *menus.problems))
    flow = menus.flows.get(stem(path.name))
    forced: list[str] = []
    if flow is None and not menus.errors:
        raise Refused((not_a_line(path), *menus.problems))
    if menus.errors or flow is None:
        flow = load(files).flows.get(stem(path.name)) if force else None
        if flow is None:
            raise Refused(menus.problems)
        forced.append(_counted(menus))
    if failed := _failed(path, rehearsal, version):
        if not force or failed.rule != "scripted-calls":
            raise Refused((failed, *menus.problems))
        forced.append(failed.message.partition(";")[0])
    if version_of(files_of_line(path)) != version:
        raise Refused((_changed(path, "checked"),))
    return Candidate(path, flow, files, version, menus.problems, " and ".join(forced) or None)


def _failed(path: Path, rehearsal: Rehearsal | None, version: str) -> Problem | None:
    if rehearsal is None:
        return None
    if rehearsal.version != version:
        return _changed(path, "called")
    if rehearsal.passed:
        return None
    of = f"{rehearsal.failed} of {rehearsal.scripts} scripted calls"
    message = f"{of} failed; mend them, or the menu (ivr test shows what differs)"
    return Problem(str(path), 1, 1, "scripted-calls", message)


def _changed(path: Path, done: str) -> Problem:
    return Problem(str(path), 1, 1, "changed", f"the file was changed while it was {done}; publish it again")


def _counted(menus: Menus) -> str:
    """The errors of a check, counted by their rules."""
    rules: Sequence[str] = list(dict.fromkeys(it.rule for it in menus.errors))
    number = len(menus.errors)
    return f"{number} error{'' if number == 1 else 's'} of the check ({', '.join(rules)})"


def not_a_line(path: Path) -> Problem:
    """A file without errors that is none of a line: a piece, the team, a table."""
    return Problem(str(path), 1, 1, "no-line", "this is not the file of a line: that has line: at its top")


def _no_line(path: Path) -> Problem:
    lines = [line.name for line in menu_files(home(path)) if f"pieces/{path.name}" in files_of_line(line)]
    by = f"; publish the lines that run it: {', '.join(lines)}" if lines else "; no line runs it yet"
    return Problem(str(path), 1, 1, "piece", f"this is a piece, and goes live with the lines that run it{by}")
