"""The git commit that files come from, where they lie in a repository, and git is there to say so."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 5.0
"""Seconds that git may take to answer."""


def commit_of(paths: Iterable[Path]) -> str | None:
    """The commit that is checked out, 40 hex digits, with a "+" where any of these files is not as it has it.

    None where the files lie in no repository, it has no commit yet, or git cannot say.
    """
    files = [path.resolve() for path in paths]
    folder = files[0].parent
    head = _git(folder, "rev-parse", "--verify", "--quiet", "HEAD")
    if not head:
        return None
    # Untracked and ignored files are no part of the commit either.
    changed = _git(folder, "status", "--porcelain", "--ignored", "--untracked-files=all", "--", *map(str, files))
    return None if changed is None else head.strip() + ("+" if changed else "")


def _git(folder: Path, *words: str) -> str | None:
    """What git says; None where it is not there, does not know, or takes too long."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603 - our own words
            [git, "-C", str(folder), *words],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout if said.returncode == 0 else None
