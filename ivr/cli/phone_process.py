"""The browser phone that `ivr serve` runs in development, with the local carrier behind it.

python -m ivr.cli.phone_process HOST PORT SERVICE
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time

from werkzeug.serving import make_server

from ivr.config import from_environment
from ivr.phone import RealClock
from ivr.phone.exchange import ACCOUNT, Exchange
from ivr.phone.page import Service, create_page

PATIENCE = 3.0
"""Seconds that the application has, at the end, to be told of the calls that end with it."""


def main(host: str, port: int, url: str) -> None:
    """Serves until told to stop by SIGTERM, or until whoever started it is gone. `url` is the application's."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    settings = from_environment()
    token = settings.auth_tokens[0] if settings.auth_tokens else None
    service = Service(url)
    with Exchange(RealClock(), auth_token=token, account_sid=settings.account_sid or ACCOUNT) as exchange:
        server = make_server(host, port, create_page(exchange, service), threaded=True)
        exchange.rest_url = f"{url.rpartition(':')[0]}:{port}"  # the same machine, at our own port
        exchange.start()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        while os.getppid() == parent and not stop.wait(0.5):
            pass
        _hang_up(exchange)
        server.shutdown()
        server.server_close()
    service.close()


def _hang_up(exchange: Exchange) -> None:
    """Ends the calls that are open, and waits for the application to be told, but not for long."""
    legs = [leg for leg in list(exchange.legs.values()) if leg.ending is None]
    for leg in legs:
        leg.hang_up()
    until = time.monotonic() + PATIENCE
    while any(leg.ending is None for leg in legs) and time.monotonic() < until:
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
