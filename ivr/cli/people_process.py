"""The process that `ivr serve` runs for people: desk, console and reports, apart from what carriers call.

python -m ivr.cli.people_process HOST PORT
"""

from __future__ import annotations

import logging
import os
import sys
import threading

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from ivr.cli.web_server import end_with, let_new_workers_end

THREADS = 16


def main(host: str, port: int) -> None:
    """Serves until told to stop by SIGTERM, or until whoever started it is gone."""
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    let_new_workers_end()
    Server(
        "ivr.cli.people_process:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=1,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        websockets=False,
        log_level="error",  # type: ignore[arg-type]  # the library takes the word
    ).serve()


def application() -> Flask:
    """The application of the worker."""
    from ivr.web.people import create_people

    logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s", level=logging.WARNING)
    return create_people()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
