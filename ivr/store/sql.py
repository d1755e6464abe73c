"""SQL: the engine for a DATABASE_URL, the tables' common ground, and their migrations.

SQLite by default, PostgreSQL in production; SQLAlchemy Core and one set of migrations for both.
"""

import sqlite3
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeDecorator

from ivr.store.lock import FileLock

metadata = MetaData(
    # Constraints and indexes get the same names everywhere: migrations must be able to name them.
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""All tables. A table is declared in the module of its subject, and made by a migration."""

_MIGRATING = 0x49565221
"""The key of PostgreSQL's advisory lock; any number that nobody else uses."""


_BUSY = 5
"""Seconds to wait for another writer of a SQLite file."""

_REVISIONS = Path(__file__).with_name("migrations") / "versions"
"""The migrations, a file each, whose names begin with their revision: 0001, 0002, …"""

_WRITING = "ivr_writing"
"""The execution option that `for_writing` sets."""


class NewerDatabase(SQLAlchemyError):  # noqa: N818 - it says what is the case
    """The database was brought up to date by a newer release than this one."""


class Moment(TypeDecorator[datetime]):
    """A moment: aware datetimes go in, are stored as UTC, and come back as aware datetimes in UTC.

    A naive one raises `ValueError` (SQLAlchemy wraps it as `StatementError`): nobody knows when it is.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn what goes in into UTC."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"a moment needs its zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn what comes out into UTC: SQLite gives it without a zone, PostgreSQL in its session's."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_engine(database_url: str) -> Engine:
    """Give an engine for `sqlite:///path` or `postgresql://…` (also `postgres://`), which psycopg 3 serves.

    Connects with its first use; the folder of a SQLite file is made. Dispose of it at the end. Raises
    `sqlalchemy.exc.ArgumentError` where the URL is none.
    """
    url = make_url(database_url)
    if url.drivername in ("postgres", "postgresql"):
        engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        if path := _file(url):
            path.parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def for_writing(engine: Engine) -> Engine:
    """Give the same engine for transactions that read and then write what they read about.

    In SQLite they wait for other writers at their beginning; in PostgreSQL nothing is different.
    """
    return engine.execution_options(**{_WRITING: True})


def migrate(engine: Engine) -> None:
    """Bring the tables up to date: all migrations that are missing, in one transaction, or none.

    Processes that start at once wait for each other: in SQLite on a locked file beside the database, in
    PostgreSQL on an advisory lock. Raises `NewerDatabase` where the database is newer than this program.
    """
    if _up_to_date(engine):
        return
    # Here, and not at the top: it takes half a second, and nearly always there is nothing to do.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "ivr.store:migrations")
    with _alone(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        # migrations/env.py runs on this connection, hence in this transaction.
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise NewerDatabase(f"{error}; a newer release made it: run that one") from None


def _up_to_date(engine: Engine) -> bool:
    """Tell whether the newest migration of this program is the last one that the database had."""
    newest = max(path.name.partition("_")[0] for path in _REVISIONS.glob("[0-9]*.py"))
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return list(connection.scalars(text("SELECT version_num FROM alembic_version"))) == [newest]


def _alone(engine: Engine) -> AbstractContextManager[Any]:
    path = _file(engine.url) if engine.dialect.name == "sqlite" else None
    return FileLock(path.with_name(f"{path.name}.lock")) if path else nullcontext()


def _file(url: URL) -> Path | None:
    in_memory = url.database in (None, "", ":memory:") or str(url.database).startswith("file:")
    return None if in_memory else Path(str(url.database))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions begin when SQLAlchemy says so (see _begin), not when the driver sees a first INSERT: it
    # would leave reads and changes of tables outside.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY * 1000}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten; not every build does so by itself
    _write_ahead(cursor)
    # With WAL: safe when the process dies; a power cut may undo the last transactions, never break the file.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Readers and one writer do not wait for each other. It is kept in the file, and changed once: for that the file
    must be nobody else's, and SQLite does not wait for this by itself.
    """
    until = time.monotonic() + _BUSY
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # Compiling a query to machine code takes seconds where its costs are overrated, and none of ours gains by it.
    connection.autocommit = True
    connection.execute("SET jit = off")
    connection.autocommit = False


def _begin(connection: Connection) -> None:
    # A reader that begins to write fails at once if somebody else wrote since it read, whatever busy_timeout says.
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
