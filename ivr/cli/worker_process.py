"""The worker that `ivr serve` runs beside the web processes.

python -m ivr.cli.worker_process
"""

from __future__ import annotations

import os
import signal
import sys
import threading

import click

from ivr.cli.worker import work
from ivr.config import SettingError, from_environment


def main() -> None:
    """Works until told to stop by SIGTERM, or until whoever started it is gone."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_end_with, args=(os.getppid(), stop), daemon=True).start()
    try:
        work(from_environment(), stop)
    except SettingError as error:
        click.echo(f"ivr worker: {error}", err=True)
        sys.exit(2)


def _end_with(parent: int, stop: threading.Event) -> None:
    """Ends with the process that started this one: it restarts with a worker of its own."""
    while os.getppid() == parent:
        if stop.wait(0.5):
            return
    stop.set()


if __name__ == "__main__":
    main()
