"""`ivr serve`: the whole service, supervised: an embedded Valkey where none is set, web workers, and a worker."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
import httpx
import watchfiles
from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.child import Child
from ivr.cli.publish import publisher_of, told, who
from ivr.config import SettingError, Settings, from_environment
from ivr.store.embedded import AlreadyServed, Embedded, EmbeddedError
from ivr.switchboard.publish import Publisher, Refused, is_menu, menu_files
from ivr.switchboard.sealing import key_of

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
    settings = from_environment()
    settings = replace(settings, menus=menus or settings.menus)
    if not settings.menus.is_dir():
        raise SettingError(f'IVR_MENUS: there is no folder "{settings.menus}"')
    key_of(settings)
    _check_port(host, port)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with _redis(settings) as (redis_url, embedded):
            publisher = publisher_of(settings, redis_url)
            _publish_new(publisher, settings.menus)
            if watch:
                threading.Thread(target=_watch, args=(publisher, settings.menus, stop), daemon=True).start()
            _supervise(settings, redis_url, embedded, host, port, workers, stop)
    except (AlreadyServed, EmbeddedError) as error:
        _fail(str(error))
    except SQLAlchemyError as error:
        _fail(f"DATABASE_URL: {str(error).splitlines()[0]}")
    except OSError as error:
        _fail(f"IVR_DATA: {error}")


@contextmanager
def _redis(settings: Settings) -> Iterator[tuple[str, Embedded | None]]:
    if settings.redis_url:
        yield settings.redis_url, None
        return
    with Embedded(settings.valkey_folder) as embedded:
        yield embedded.url, embedded


def _check_port(host: str, port: int) -> None:
    """Fails where the port is taken; the workers of a service that was killed need a moment to notice and end."""
    until = time.monotonic() + PORT_PATIENCE
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                    _fail(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another with --port")
        time.sleep(0.2)


def _publish_new(publisher: Publisher, folder: Path) -> None:
    for result in publisher.publish_new(folder, who=who()):
        if isinstance(result, Refused):
            click.echo(str(result), err=True)
            click.echo("this file has errors and is not served", err=True)
        else:
            click.echo(told(result))
    for path in publisher.changed(folder):
        click.echo(f"{path} differs from its live version; to make it live: ivr publish {path}")


def _watch(publisher: Publisher, folder: Path, stop: threading.Event) -> None:
    """Publishes what is saved; what does not check keeps the last good version, and says so."""
    for changes in watchfiles.watch(folder, stop_event=stop, raise_interrupt=False):
        for path in sorted({Path(path) for change, path in changes if change != watchfiles.Change.deleted}):
            if not is_menu(path):
                continue
            try:
                done = publisher.publish(path, who=who(), why="saved")
                click.echo(told(done))
            except Refused as refused:
                click.echo(str(refused), err=True)
                click.echo(f"{path.name} has errors; the last good version stays live", err=True)
            except (SQLAlchemyError, OSError) as error:
                click.echo(f"{path.name} was not published: {type(error).__name__}", err=True)


def _supervise(
    settings: Settings,
    redis_url: str,
    embedded: Embedded | None,
    host: str,
    port: int,
    workers: int,
    stop: threading.Event,
) -> None:
    """Keeps Valkey, the web workers and the worker running until told to stop."""
    environment = os.environ | {
        "REDIS_URL": redis_url,
        "DATABASE_URL": settings.database,
        "IVR_MENUS": str(settings.menus.absolute()),
        "IVR_RECORDINGS": str(settings.recordings.absolute()),
        "IVR_DATA": str(settings.data.absolute()),
    }
    # The worker ends last: it writes what the last calls left.
    worker = Child("the worker", [sys.executable, "-m", "ivr.cli.worker_process"], environment)
    command = [sys.executable, "-m", "ivr.cli.web_server", host, str(port), str(workers)]
    web = Child("the web process", command, environment)
    ready = False
    try:
        while not stop.wait(LOOK_EVERY if ready else 0.05):
            if not ready and _answers(host, port):
                ready = True
                _welcome(settings, host, port)
            if embedded is not None and embedded.ensure():
                click.echo("Valkey had died and was started again", err=True)
            for child in (web, worker):
                child.ensure()
    finally:
        web.stop(DRAIN)
        worker.stop(DRAIN)


def _answers(host: str, port: int) -> bool:
    try:
        response = httpx.get(f"http://{_reachable(host)}:{port}/healthz", timeout=1, trust_env=False)
    except httpx.HTTPError:
        return False
    return response.status_code == 200


def _reachable(host: str) -> str:
    """The address at which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def _welcome(settings: Settings, host: str, port: int) -> None:
    """Tells where to call, once somebody can."""
    if settings.public_url:
        click.echo(f"ready: the carrier's voice webhook is {settings.public_url}/voice")
    else:
        click.echo(f"ready: calls come in at http://{_reachable(host)}:{port}/voice")
        if not settings.auth_tokens:
            click.echo("only this machine may call in; a carrier needs PUBLIC_URL and TWILIO_AUTH_TOKEN")
    files = menu_files(settings.menus)
    if not files:
        click.echo(f"there is no menu file (*.yaml) in {settings.menus}")
    else:
        click.echo(f"to try a line in the terminal: ivr call {files[-1]}")


def _fail(message: str) -> None:
    click.echo(f"ivr serve: {message}", err=True)
    sys.exit(2)
