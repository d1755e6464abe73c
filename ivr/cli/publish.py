"""`ivr publish`: a menu file goes live."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from ivr.config import Settings, from_environment
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.publish import Publication, Publisher, Refused


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--why", help="The reason, kept with the version.")
def publish(file: Path, why: str | None) -> None:
    """Check FILE and make it the live version of its line.

    New calls get it at once, also from a service that runs on the same IVR_DATA; calls in progress keep the
    version that they began with. Exits with 1, and changes nothing, where the file does not check.
    """
    try:
        publisher = publisher_of(from_environment())
        done = publisher.publish(file, who=who(), why=why)
    except Refused as refused:
        click.echo(str(refused))
        click.echo(f"ivr publish: {file} has errors; nothing was published", err=True)
        sys.exit(1)
    except (SQLAlchemyError, OSError) as error:
        click.echo(f"ivr publish: nothing was published: {str(error).splitlines()[0]}", err=True)
        sys.exit(2)
    for warning in done.warnings:
        click.echo(str(warning))
    click.echo(told(done))


def publisher_of(settings: Settings, redis_url: str | None = None) -> Publisher:
    """A publisher on the settings' database and Redis, if one runs; makes or updates the database's tables."""
    engine = open_engine(settings.database)
    migrate(engine)
    url = redis_url or settings.redis_url or attach(settings.valkey_folder)
    return Publisher(Versions(engine), connect(url) if url else None, utc_now, fallbacks=settings.data / "fallback")


def told(done: Publication) -> str:
    """What was done, in a line."""
    if done.changed:
        return f"{done.line} is live as version {done.version}"
    return f"{done.line} was live already as version {done.version}"


def who() -> str:
    """Who runs this command, as the versions keep it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
