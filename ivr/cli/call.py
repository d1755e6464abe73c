"""`ivr call`: a menu file called in the terminal, through the whole application over HTTP and TwiML."""

from __future__ import annotations

import logging
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from werkzeug.serving import make_server

from ivr import phone
from ivr.config import Settings, from_environment
from ivr.phone import Clock, ManualClock, RealClock
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.publish import Publisher, Refused, check_files
from ivr.web.app import create_app, utc_now

CALLER = "+15005550100"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "from_", default=CALLER, show_default=True, help="The caller's number, or any text.")
@click.option("--to", default=None, help="The number called; the line's first where none is given.")
@click.option("--at", default=None, help="The moment of the call, ISO 8601, in the line's zone: 2026-07-01T10:00")
@click.option("--keys", default=None, help='What the caller does: "1 4021 silence hangup". See docs/phone.md.')
def call(file: Path, from_: str, to: str | None, at: str | None, keys: str | None) -> None:
    """Call FILE in the terminal.

    Type keys and press Enter; Enter alone is silence; hangup hangs up. With --keys nobody is asked, and no
    time is really waited. The file is called as it is on disk, by a service of its own that is gone afterwards.
    """
    menus = check_files([file])
    flow = next(iter(menus.flows.values()), None)
    if flow is None:
        for problem in menus.errors:
            click.echo(str(problem))
        click.echo(f"ivr call: {file} has errors, so nobody can call it", err=True)
        sys.exit(1)
    # A person at the terminal takes real time, unless they chose a moment; a script takes none.
    clock: Clock = RealClock() if at is None and keys is None else ManualClock(_moment(at, flow.zone))
    with service(file, clock) as (url, token):
        try:
            ending = phone.call(
                f"{url}/voice",
                to=to or flow.numbers[0],
                from_=from_,
                keys=keys,
                clock=clock,
                zone=flow.zone,
                header={"line": file.name},
                auth_token=token,
                fallback_url=f"{url}/voice/fallback",
                status_url=f"{url}/voice/status",
                out=sys.stdout,
                stdin=sys.stdin,
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    sys.exit(1 if ending.by == "error" else 0)


def _moment(text: str | None, zone: ZoneInfo) -> datetime:
    if text is None:
        return utc_now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f'--at: "{text}" is no moment such as 2026-07-01T10:00') from None
    if not 1900 <= moment.year <= 9000:
        raise click.UsageError(f'--at: "{text}" is no moment in which anybody calls')
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@contextmanager
def service(file: Path, clock: Clock) -> Iterator[tuple[str, str]]:
    """The whole application on this file alone, with a Valkey and a database of its own: its URL and its token."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="touchtone-") as folder, Embedded(Path(folder) / "valkey") as valkey:
        settings = replace(
            _settings(),
            redis_url=valkey.url,
            data=Path(folder),
            auth_tokens=(token,),
            menus=file.parent,
            recordings=Path(folder),  # a terminal shows words, so they come as words and not as audio
        )
        engine = open_engine(settings.database)
        migrate(engine)
        try:
            Publisher(Versions(engine), None, utc_now).publish(file, who="ivr call")
        except Refused as refused:  # the file was changed between two looks
            raise click.ClickException(str(refused)) from None
        app = create_app(settings, clock=clock.now)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", token
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            app.extensions["ivr"].close()
            engine.dispose()


def _settings() -> Settings:
    """The environment's settings, but for what a trial call must not touch: the real data and address."""
    return replace(from_environment(), redis_url=None, database_url=None, public_url=None, secret_key=None)
