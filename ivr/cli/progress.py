"""A line that shows how far a command is: on a terminal, and gone when it is done; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, doing: str = "calling") -> Iterator[Callable[..., None]]:
    """What is to be called after each of `total` things, or with how many are done, from any thread."""
    if not sys.stderr.isatty() or not total:
        yield lambda _=1: None
        return
    from rich.console import Console  # here, since it takes its time and most runs show nothing
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(doing, total=total)
        yield lambda number=1: shown.advance(task, number)
