"""The database of the call log, for commands that read it with or without a running service."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.sql import migrate, open_engine


@contextmanager
def log_database(url: str, command: str) -> Iterator[Engine]:
    """The database of a DATABASE_URL, up to date; exit 2 in a line that names `command` where that cannot be had."""
    engine = None
    try:
        try:
            engine = open_engine(url)
            migrate(engine)
        except OSError as error:  # of its file; what is raised below is of another
            _stop(command, error)
        yield engine
    except SQLAlchemyError as error:
        _stop(command, error)
    finally:
        if engine is not None:
            engine.dispose()


def _stop(command: str, error: Exception) -> NoReturn:
    click.echo(f"ivr {command}: DATABASE_URL: {str(error).splitlines()[0]}", err=True)
    sys.exit(2)
