"""The web processes that `ivr serve` runs: granian around the application.

python -m ivr.cli.web_server HOST PORT WORKERS
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

THREADS = 32
"""Per worker: a webhook may wait seconds for a look-up, and must not hold up the others."""


def main(host: str, port: int, workers: int) -> None:
    """Serves until told to stop by SIGTERM, or until whoever started it is gone."""
    parent = os.getppid()
    _share_metrics()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    Server(
        "ivr.cli.web_server:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=15,
        websockets=False,
        log_level="error",  # type: ignore[arg-type]  # the library takes the word
    ).serve()


def application() -> Flask:
    """The application of one worker, which writes a line of JSON to standard error for each webhook."""
    from ivr.web import create_app

    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("ivr").setLevel(logging.INFO)
    return create_app()


def _share_metrics() -> None:
    """Gives the workers a folder, empty at every start, through which their figures are added up."""
    folder = Path(os.environ.get("IVR_DATA", "var")) / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _end_with(parent: int) -> None:
    """Ends with the process that started this one: a port must not stay taken by what nobody supervises."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
