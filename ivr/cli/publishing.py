"""What commands that change what callers hear have in common: the publisher, who asks, and what is told of it."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from ivr.config import Settings, from_environment
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.publish import NotPossible, Overtaken, Publication, Publisher, Refused

why_option = click.option("--why", help="The reason, kept with the version.")


@contextmanager
def publishing(command: str) -> Iterator[Publisher]:
    """The publisher of the environment's settings; whatever keeps it from changing anything is told in a line.

    Exit 1 where the line, the file or somebody else is in the way, exit 2 where the database is.
    """
    nothing = f"ivr {command}: nothing was {'published' if command == 'publish' else 'changed'}"
    try:
        yield publisher_of(from_environment())
    except Refused as refused:
        click.echo(str(refused))
        click.echo(nothing, err=True)
        sys.exit(1)
    except (NotPossible, Overtaken) as answer:
        click.echo(f"ivr {command}: {answer}", err=True)
        sys.exit(1)
    except (SQLAlchemyError, OSError) as error:
        click.echo(f"{nothing}: {str(error).splitlines()[0]}", err=True)
        sys.exit(2)


def publisher_of(settings: Settings, redis_url: str | None = None) -> Publisher:
    """A publisher on the settings' database and Redis, if one runs; makes or updates the database's tables."""
    engine = open_engine(settings.database)
    migrate(engine)
    url = redis_url or settings.redis_url or attach(settings.valkey_folder)
    return Publisher(Versions(engine), connect(url) if url else None, utc_now, fallbacks=settings.data / "fallback")


def told(done: Publication) -> str:
    """What was done, in a line."""
    also = f"; the trial of {done.ended} ended" if done.ended and done.deed != "withdrawn" else ""
    before = f" (before: {done.before})" if done.before and done.before != done.version else ""
    match done.deed:
        case "tried" if not done.changed:
            return f"{done.line}: version {done.version} was tried out on {share_words(done.share)} already"
        case "tried":
            return f"{done.line}: version {done.version} is tried out on {share_words(done.share)}{also}"
        case "withdrawn":
            return f"{done.line}: the trial of {done.version} ended; all callers get {done.before} again"
        case "retired":
            return f"{done.line} is retired: no call comes to it any more, and its numbers are free"
    if not done.changed:
        return f"{done.line} was live already as version {done.version}"
    return f"{done.line} is live as version {done.version}{before}{also}"


def share_words(share: float | None) -> str:
    """A share of callers, such as "10 % of callers"."""
    return "all callers" if share is None else f"{100 * share:.4g} % of callers"


def who() -> str:
    """Who runs this command, as the versions keep it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
