"""The database of the call log, for commands that read it with or without a running service."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.sql import migrate, open_engine


@contextmanager
def log_database(url: str, command: str) -> Iterator[Engine]:
    """The database of a DATABASE_URL, up to date; exit 2 in a line that names `command` where that cannot be had."""
    engine = open_engine(url)
    try:
        migrate(engine)
        yield engine
    except (SQLAlchemyError, OSError) as error:
        click.echo(f"ivr {command}: DATABASE_URL: {str(error).splitlines()[0]}", err=True)
        sys.exit(2)
    finally:
        engine.dispose()
