"""The engine and its migrations, in SQLite and in PostgreSQL."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, Integer, Table, insert, inspect, select, text
from sqlalchemy.exc import OperationalError, StatementError

from ivr.store import api_tokens, desk_tables, log_tables, notices, people_tables, queue_visits, survey_tables, versions  # noqa: F401 - all tables are declared
from ivr.store.erasing import erased_calls  # noqa: F401 - and this one
from ivr.store.rollups import marks, names, registered  # noqa: F401 - and those of the roll-ups
from ivr.store.sql import Moment, NewerDatabase, metadata, migrate, open_engine


def test_the_migrations_make_what_the_metadata_say(engine: Engine) -> None:
    """After all migrations Alembic finds nothing that differs from the tables that the code declares."""
    with engine.connect() as connection:
        here = engine.dialect.name
        opts = {
            "compare_type": True,
            "compare_server_default": True,
            "include_object": lambda it, *_: it.info.get("only", here) == here,
        }
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    """A database that is up to date stays as it is, with its rows."""
    migrate(engine)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_a_migration_that_fails_leaves_nothing(database_url: str) -> None:
    """All of a migration is done, or none: a table in the way stops it before it has made anything."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE versions (mine integer)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["versions"]
    engine.dispose()


def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    """A program that is older than the database says so and changes nothing."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        migrate(engine)


MIGRATE = """
import sys
from ivr.store.sql import migrate, open_engine
engine = open_engine(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
migrate(engine)
engine.dispose()
print("done")
"""


def test_processes_that_start_at_once_migrate_once(database_url: str, program) -> None:
    """Several processes migrate the same empty database at the same moment, and none of them fails."""
    processes = [program(MIGRATE, database_url) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.stdout.readline() for process in processes] == ["done\n"] * 3


def test_threads_of_one_process_migrate_once(database_url: str) -> None:
    """So do threads, each with an engine of its own."""
    together = threading.Barrier(4)
    failed: list[Exception] = []

    def work() -> None:
        engine = open_engine(database_url)
        together.wait()
        try:
            migrate(engine)
        except Exception as error:
            failed.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_sqlite_is_set_up_on_every_connection(tmp_path) -> None:
    """WAL, foreign keys, patience with other writers, and a sync that survives the death of the process."""
    engine = open_engine(f"sqlite:///{tmp_path}/new/folder/a.db")
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            pragmas = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            }
            assert pragmas == {
                "journal_mode": "wal",
                "foreign_keys": 1,
                "busy_timeout": 5000,
                "synchronous": 1,
            }
    engine.dispose()


def test_sqlite_changes_of_tables_are_undone_too(tmp_path) -> None:
    """A transaction that fails takes its new tables with it."""
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
        with pytest.raises(OperationalError):
            connection.execute(text("nonsense"))
        connection.rollback()
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_sqlite_in_memory_works(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For quick trials there need not be a file, and none is made."""
    monkeypatch.chdir(tmp_path)
    engine = open_engine("sqlite://")
    migrate(engine)
    assert "versions" in inspect(engine).get_table_names()
    engine.dispose()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_served_by_psycopg_3(scheme: str) -> None:
    """Whichever way the URL is written, it names the same driver; nothing connects yet."""
    engine = open_engine(f"{scheme}://user:secret@db.example.com:5433/touchtone")
    assert engine.url.drivername == "postgresql+psycopg"
    assert engine.dialect.driver == "psycopg"
    assert engine.url.host == "db.example.com"


def test_moments_come_back_in_utc(engine: Engine) -> None:
    """A moment of any zone is the same moment when it comes back, aware and in UTC; None stays None."""
    table = Table("moments", metadata, Column("id", Integer, primary_key=True), Column("at", Moment))
    chicago = timezone(timedelta(hours=-5))
    moments = [
        datetime(2026, 7, 4, 23, 59, 59, 123456, tzinfo=chicago),
        datetime(1999, 12, 31, 23, 0, tzinfo=UTC),
        None,
    ]
    try:
        table.create(engine)
        with engine.begin() as connection:
            connection.execute(insert(table), [{"id": n, "at": at} for n, at in enumerate(moments)])
            back = list(connection.scalars(select(table.c.at).order_by(table.c.id)))
            before = datetime(2026, 7, 5, 4, 59, 59, 123456, tzinfo=UTC)
            assert connection.scalars(select(table.c.id).where(table.c.at == before)).all() == [0]
    finally:
        metadata.remove(table)
    assert back == moments
    assert [at and at.tzinfo for at in back] == [UTC, UTC, None]


def test_a_naive_moment_is_refused(engine: Engine) -> None:
    """A moment without a zone raises: nobody knows when it is."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    query = select(versions.versions).where(versions.versions.c.published_at == naive)
    with engine.connect() as connection, pytest.raises(StatementError, match="needs its zone"):
        connection.execute(query)


def test_a_sqlite_file_is_plain(tmp_path) -> None:
    """The database is an ordinary file that any SQLite opens, beside the lock of its migrations."""
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    migrate(engine)
    engine.dispose()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() is not None
    connection.close()
    assert {path.name for path in tmp_path.iterdir()} == {"a.db", "a.db.lock"}
