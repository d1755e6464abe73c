"""The web processes that `ivr serve` runs: granian around the application.

python -m ivr.cli.web_server HOST PORT WORKERS [wait]

With `wait` it imports what it needs, and opens the port when a line comes on standard input, a JSON object of
settings that were not known before: `ivr serve` starts Valkey and publishes meanwhile. The workers are forked from
this process, so each is there in a moment, also one that takes a dead one's place.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from ivr.cli.figures_folder import figures_folder

THREADS = 32
"""Per worker: a webhook may wait seconds for a look-up, and must not hold up the others."""

_STOPPING = (signal.SIGTERM, signal.SIGINT)


def main(host: str, port: int, workers: int, wait: bool = False) -> None:
    """Serves until told to stop by SIGTERM, or until whoever started it is gone."""
    parent = os.getppid()
    data = Path(os.environ.get("IVR_DATA", "var"))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(data)  # its library wants one when it is imported; ours comes later
    # Before the fork: each worker would need two seconds for it.
    import ivr.switchboard.preparing
    import ivr.web  # noqa: F401

    if wait:
        line = sys.stdin.readline()
        if not line:
            return  # whoever started it is gone already
        os.environ.update(json.loads(line))
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    let_new_workers_end()
    gc.freeze()  # what is imported stays: the workers need not look through it, and share its memory
    with figures_folder(data) as figures:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
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
    """The application of one worker, its lines compiled.

    It writes a line of JSON to standard error for each webhook.
    """
    from ivr.store.client import connect
    from ivr.store.embedded import attach
    from ivr.switchboard.preparing import Preparing
    from ivr.web import create_app

    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("ivr").setLevel(logging.INFO)
    app = create_app()
    parts = app.extensions["ivr"].parts
    redis_url = parts.settings.redis_url or attach(parts.settings.valkey_folder)
    Preparing(parts.lines, parts.versions, connect(str(redis_url))).start()
    return app


def let_new_workers_end() -> None:
    """Lets SIGTERM end a worker that is still starting.

    Until the library has given it handlers of its own, a forked worker has its parent's, which note the signal for
    a loop that runs in the parent alone: it would be lost, and the worker killed 15 seconds later. What comes
    during the fork itself waits until the handler stands.
    """

    def ended_by_default() -> None:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)

    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING),
        after_in_child=ended_by_default,
    )


def end_with(parent: int) -> None:
    """Ends with the process that started this one: a port must not stay taken by what nobody supervises."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), wait=sys.argv[4:] == ["wait"])
