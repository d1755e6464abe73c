"""The scripted calls of a line, placed before it is published.

They are placed by `ivr test`, in a process of its own: each needs a whole service with a Valkey of its own, which has
no place in one that answers callers or people.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.menu.load import stem
from ivr.store.versions import version_of
from ivr.switchboard.menu_folder import files_of_line, home

PATIENCE = 600.0
"""Seconds that all scripted calls of a line may take together."""

_LINE = re.compile(r"^line: *(.*?)\s*$", re.MULTILINE)
_COUNTS = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of the scripted calls of a line: of which version, how many, how many failed, and what was told.

    Where they could not be run, all of them failed.
    """

    version: str
    scripts: int
    failed: int
    told: str = ""

    @property
    def passed(self) -> bool:
        """Whether none failed."""
        return not self.failed


def scripts_of(path: Path) -> list[Path]:
    """The scripted calls (`*.call`) in the folder of the menus, and below, that call the line of this file."""
    found = []
    folder = home(path)
    for script in sorted(folder.rglob("*.call")):
        if any(part.startswith(".") for part in script.relative_to(folder).parts) or not script.is_file():
            continue
        try:
            line = _LINE.search(script.read_bytes().decode("utf-8-sig", "replace"))
        except OSError:
            continue  # `ivr test` tells it, where it is run on all
        if line and Path(line[1]).name in (path.name, stem(path.name)):  # a script may name a path
            found.append(script)
    return found


def rehearse(path: Path, *, update: bool = False, progress: bool = False, timeout: float = PATIENCE) -> Rehearsal:
    """Places all scripted calls of the file's line; one without any has nothing that fails.

    With `update` what was heard is written into the scripts that differ, as far as their calls went as they say. With
    `progress` a bar shows on this process's terminal, where it has one. Raises OSError where the file cannot be
    read.
    """
    version = version_of(files_of_line(path))
    scripts = scripts_of(path)
    if not scripts:
        return Rehearsal(version, 0, 0)
    arguments = [*(["--update"] if update else []), *map(str, scripts)]
    code, told = _run(path, arguments, progress=progress, timeout=timeout)
    counts = _COUNTS.search(told) if code in (0, 1) else None
    failed = int(counts[2]) if counts else len(scripts)
    if version_of(files_of_line(path)) != version:
        return Rehearsal(version, len(scripts), len(scripts), "the file was changed while its scripted calls were run")
    return Rehearsal(version, len(scripts), failed, told.strip())


def _run(path: Path, arguments: Sequence[str], *, progress: bool, timeout: float) -> tuple[int | None, str]:
    """The exit code of `ivr test`, None where it did not end in time, and what it said."""
    command = [sys.executable, "-c", "from ivr.cli import main; main()", "test", *arguments]
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        stdout=subprocess.PIPE,
        stderr=None if progress else subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"IVR_MENUS": str(home(path))},
    ) as running:
        try:
            said, _ = running.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            running.terminate()
            running.communicate()
            return None, f"the scripted calls were not done after {timeout:.0f} s"
        except BaseException:
            running.terminate()
            raise
        return running.returncode, said.decode("utf-8", "replace")
