"""`ivr serve`: the whole service, supervised: an embedded Valkey where none is set, web workers, and a worker.

What takes long to import is imported where it is needed: so SIGTERM is heard from the beginning, and the web process
does its own importing meanwhile.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.cli.child import Child
from ivr.config import SettingError, Settings, from_environment

if TYPE_CHECKING:
    from ivr.store.embedded import Embedded

LOOK_EVERY = 0.5
"""Seconds between two looks at what is supervised."""

PORT_PATIENCE = 6.0
"""Seconds that a taken port may take to become free."""

DRAIN = 20.0
"""Seconds that the web workers, and then the worker, have to finish what is open."""


@click.command()
@click.option("--menus", type=click.Path(path_type=Path), default=None, help="The folder of menu files (IVR_MENUS).")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--watch", is_flag=True, help="Publish a menu file when it is saved; for development.")
def serve(menus: Path | None, host: str, port: int, workers: int, watch: bool) -> None:
    """Serve the menus of a folder to carriers.

    Publishes each line that has no version yet. Without REDIS_URL it runs a Valkey of its own, without
    DATABASE_URL it keeps SQLite, both under IVR_DATA. Stops on Ctrl-C or SIGTERM when what is open is done.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = from_environment()
    settings = replace(settings, menus=menus or settings.menus)
    if not settings.menus.is_dir():
        raise SettingError(f'IVR_MENUS: there is no folder "{settings.menus}"')
    _check_port(host, port, stop)
    environment = os.environ | {
        "DATABASE_URL": settings.database,
        "IVR_MENUS": str(settings.menus.absolute()),
        "IVR_RECORDINGS": str(settings.recordings.absolute()),
        "IVR_DATA": str(settings.data.absolute()),
    }
    if not settings.public_url:
        environment["IVR_LOCAL_URL"] = f"http://{_reachable(host)}:{port}"
    command = [sys.executable, "-m", "ivr.cli.web_server", host, str(port), str(workers), "wait"]
    web = Child("the web process", command, environment, held_back=True)
    try:
        _run(settings, web, environment, host, port, watch, stop)
    finally:
        web.stop(DRAIN)


def _run(
    settings: Settings,
    web: Child,
    environment: Mapping[str, str],
    host: str,
    port: int,
    watch: bool,
    stop: threading.Event,
) -> None:
    """Brings everything up while the web process imports what it needs, and keeps it running until told to stop."""
    from sqlalchemy.exc import SQLAlchemyError

    from ivr.cli.going_live import go_live
    from ivr.store.embedded import EmbeddedError, GivenUp
    from ivr.switchboard.sealing import key_of

    if stop.is_set():
        return
    key_of(settings)
    try:
        with _redis(settings, stop) as (redis_url, embedded):
            go_live(settings, redis_url, stop, watch=watch)
            if stop.is_set():
                return
            known_now = {"REDIS_URL": redis_url}
            web.let_go(known_now)
            carrier = _local_carrier(settings, host, port)
            worker = Child(
                "the worker", [sys.executable, "-m", "ivr.cli.worker_process"], {**environment, **known_now, **carrier}
            )
            # They end in this order. The worker is the last: it writes what the last calls left.
            children = [web, worker]

            def welcome() -> None:
                _welcome(settings, host, port)
                children[:0] = _people(settings, {**environment, **known_now}, host, port)
                if not settings.public_url:
                    children[:0] = _phone(environment, host, port)

            try:
                _supervise(children, embedded, welcome, (host, port), stop)
            finally:
                for child in children:
                    child.stop(DRAIN)
    except GivenUp:
        return
    except EmbeddedError as error:
        _fail(str(error))
    except SQLAlchemyError as error:
        _fail(f"DATABASE_URL: {str(error).splitlines()[0]}")
    except OSError as error:
        _fail(f"IVR_DATA: {error}")


@contextmanager
def _redis(settings: Settings, stop: threading.Event) -> Iterator[tuple[str, Embedded | None]]:
    if settings.redis_url:
        yield settings.redis_url, None
        return
    from ivr.store.embedded import Embedded

    with Embedded(settings.valkey_folder, stop) as embedded:
        yield embedded.url, embedded


def _check_port(host: str, port: int, stop: threading.Event) -> None:
    """Fails where the port is taken; the workers of a service that was killed need a moment to notice and end."""
    until = time.monotonic() + PORT_PATIENCE
    while not stop.is_set():
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                return
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                _fail(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another with --port")
        stop.wait(0.2)


def _supervise(
    children: Sequence[Child],
    embedded: Embedded | None,
    welcome: Callable[[], None],
    address: tuple[str, int],
    stop: threading.Event,
) -> None:
    """Keeps Valkey and the children running until told to stop; welcomes once calls are answered."""
    ready = False
    while not stop.wait(LOOK_EVERY if ready else 0.05):
        if not ready and _answers(*address):
            ready = True
            welcome()
        if embedded is not None and embedded.ensure():
            click.echo("Valkey had died and was started again", err=True)
        for child in children:
            child.ensure()


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(_own_address(host), port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _own_address(host: str) -> str:
    """The address at which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _reachable(host: str) -> str:
    """The same as it is written in a URL."""
    own = _own_address(host)
    return f"[{own}]" if ":" in own else own


def _welcome(settings: Settings, host: str, port: int) -> None:
    """Tells where to call, once somebody can."""
    if settings.public_url:
        click.echo(f"ready: the carrier's voice webhook is {settings.public_url}/voice")
    else:
        click.echo(f"ready: calls come in at http://{_reachable(host)}:{port}/voice")
        if not settings.auth_tokens:
            click.echo("only this machine may call in; a carrier needs PUBLIC_URL and TWILIO_AUTH_TOKEN")
    from ivr.switchboard.menu_folder import menu_files

    files = menu_files(settings.menus)
    if not files:
        click.echo(f"there is no menu file (*.yaml) in {settings.menus}")
    else:
        click.echo(f"to try a line in the terminal: ivr call {files[-1]}")


def _local_carrier(settings: Settings, host: str, port: int) -> dict[str, str]:
    """The settings by which the worker asks the browser phone's carrier, in development without an account."""
    if settings.public_url or settings.account_sid or settings.api_url:
        return {}
    here = f"http://{_reachable(host)}"
    given = {
        "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
        "TWILIO_API_URL": f"{here}:{port + 2}",
        "IVR_LOCAL_URL": settings.local_url or f"{here}:{port}",
    }
    return given if settings.auth_tokens else given | {"TWILIO_AUTH_TOKEN": "none"}


def _people(settings: Settings, environment: Mapping[str, str], host: str, port: int) -> list[Child]:
    """The pages for people; with a one-time link for the owner where there is nobody yet."""
    from ivr.cli.user import first_link

    door = f"http://{_reachable(host)}:{port + 1}"
    if not _can_be_had(host, port + 1):
        click.echo(f"there are no pages for people: port {port + 1} cannot be had")
        return []
    click.echo(f"desk and console: {door}/")
    link = first_link(settings, door)
    if link:
        click.echo(f"the first to sign in, as its owner: {link}")
    command = [sys.executable, "-m", "ivr.cli.people_process", host, str(port + 1)]
    return [Child("the pages for people", command, environment)]


def _phone(environment: Mapping[str, str], host: str, port: int) -> list[Child]:
    """The phone in the browser, for development. Where its port is taken there is none, and lines are served."""
    phone_port = port + 2
    if not _can_be_had(host, phone_port):
        click.echo(f"there is no phone in the browser: port {phone_port} cannot be had")
        return []
    click.echo(f"to try a line in the browser: http://{_reachable(host)}:{phone_port}/")
    service = f"http://{_reachable(host)}:{port}"
    command = [sys.executable, "-m", "ivr.cli.phone_process", host, str(phone_port), service]
    return [Child("the browser phone", command, environment)]


def _can_be_had(host: str, port: int) -> bool:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError):
        return False
    return True


def _fail(message: str) -> None:
    click.echo(f"ivr serve: {message}", err=True)
    sys.exit(2)
