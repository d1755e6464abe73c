"""`ivr fallback`: the document for the day when nothing of ours answers."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from ivr.config import from_environment
from ivr.menu import load
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.apology import static_document


@click.command()
@click.argument("line")
def fallback(line: str) -> None:
    """Print the static document of LINE's live version: TwiML that names no address of this service.

    Host it anywhere and give the carrier its address as the number's fallback URL. `ivr publish` writes the same
    document to IVR_DATA/fallback.
    """
    engine = open_engine(from_environment().database)
    try:
        migrate(engine)
        versions = Versions(engine)
        version = versions.live().get(line)
        files = versions.files(version) if version else None
        flows = load(files or {}).flows
    except SQLAlchemyError as error:
        _stop(f"DATABASE_URL: {str(error).splitlines()[0]}", 2)
    finally:
        engine.dispose()
    if line not in flows:
        _stop(f'there is no live version of a line "{line}"', 1)
    click.echo(static_document(flows[line]))


def _stop(message: str, code: int) -> None:
    click.echo(f"ivr fallback: {message}", err=True)
    sys.exit(code)
