"""The folder through which the figures of the web workers are added up: files that each maps into its memory.

In memory where there is /dev/shm: a mapped file of a full disk ends whoever writes it with SIGBUS, and the disk of
IVR_DATA may be full while calls go on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there is made anew, and for this user alone


@contextmanager
def figures_folder(data: Path) -> Iterator[Path]:
    """The folder of a service on this IVR_DATA, empty; gone afterwards."""
    name = sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    folder = _IN_MEMORY / f"touchtone-{name}"
    try:
        _make(folder)
    except OSError:  # there is none, or somebody else has the name
        folder = data / "metrics"
        _make(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=False)
