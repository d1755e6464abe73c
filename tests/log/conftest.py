"""A Valkey for each worker, a database of each kind for each test, and records to write."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from log_making import HASHES
from log_workers import Workers
from redis import Redis
from sqlalchemy import Engine, make_url, text

from ivr.store.call_log import CallLog
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Run one embedded Valkey for all tests of this worker that do not harm it."""
    with Embedded(tmp_path_factory.mktemp("valkey")) as embedded:
        yield embedded


@pytest.fixture
def redis(valkey: Embedded) -> Iterator[Redis]:
    """Give a client of an empty Redis, as patient as the worker's."""
    client = connect(valkey.url, patience=20)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database: a file, or a schema in the PostgreSQL of TEST_POSTGRES_URL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/touchtone.db"
        return
    url = os.environ.get("TEST_POSTGRES_URL")
    if not url:
        pytest.skip("TEST_POSTGRES_URL names no PostgreSQL to test with")
    schema = f"test_{uuid4().hex}"
    whole = open_engine(url)
    with whole.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield (
        make_url(url).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    )
    with whole.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    whole.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give an engine of a migrated, empty database."""
    engine = open_engine(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: Engine) -> CallLog:
    """Give the call log of that database."""
    return CallLog(engine, HASHES)


@pytest.fixture
def workers(tmp_path: Path, valkey: Embedded, redis: Redis, database_url: str) -> Iterator[Callable[..., Workers]]:
    """Make workers on that Redis and that database; what still runs at the end is killed."""
    made: list[Workers] = []

    def make(redis_url: str = valkey.url, **settings: str) -> Workers:
        made.append(Workers(tmp_path, redis_url, database_url, settings))
        return made[-1]

    yield make
    for one in made:
        for process in list(one.running):
            one.kill(process)
