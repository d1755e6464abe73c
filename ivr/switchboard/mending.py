"""Mending what `ivr check --fix` mends, in the files of the menus."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.menu import Problem
from ivr.menu.fixes import FIXES, fixed
from ivr.menu.load import Around
from ivr.switchboard.menu_folder import NOT_LINES, check_files, home, is_menu, is_piece
from ivr.switchboard.menu_texts import CannotBeEdited, mark_of, save


@dataclass(frozen=True, slots=True)
class Mended:
    """A file that was mended: its text before and after, and the findings that are no more."""

    path: Path
    before: bytes
    after: bytes
    findings: tuple[Problem, ...]


def mend(paths: Iterable[Path], around: Around | None = None) -> Iterator[Mended]:
    """Mends the files of these paths, one after the other; each is written whole, and only as long as nobody else
    changed it. Files with an error stay as they are.

    Raises Overtaken, CannotBeEdited for a file that is none of the menus', and OSError.
    """
    paths = list(paths)
    for path in paths:
        if path.name in NOT_LINES:
            continue
        if not (is_menu(path) or is_piece(path)):
            raise CannotBeEdited(f"{path}: only what ends with .yaml, and does not begin with a dot, can be mended")
        before = path.read_bytes()

        def found(data: bytes, path: Path = path) -> tuple[Problem, ...]:
            return check_files(paths, {path: data}, around).problems

        if not any(it.rule in FIXES and it.file == str(path) for it in found(before)):
            continue
        now = fixed(str(path), before, found)
        if now.data != before:
            folder = home(path)
            save(folder, Path(os.path.relpath(path, folder)).as_posix(), now.data, mark_of(before))
            yield Mended(path, before, now.data, now.mended)
