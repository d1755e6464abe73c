"""The browser phone that `ivr serve` runs in development, with the local carrier behind it.

python -m ivr.cli.phone_process HOST PORT SERVICE
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

from werkzeug.serving import make_server

from ivr.config import from_environment
from ivr.phone import RealClock
from ivr.phone.exchange import ACCOUNT, Exchange
from ivr.phone.page import Service, create_page


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
        server.shutdown()
        server.server_close()
    service.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
