"""A Valkey for each worker, and records to write."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from log_making import HASHES
from log_workers import Workers
from redis import Redis
from sqlalchemy import Engine

from ivr.store.call_log import CallLog
from ivr.store.client import connect
from ivr.store.embedded import Embedded


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
