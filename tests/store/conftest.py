"""A real Valkey for each worker, and a fresh database of each kind for each test."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import Engine, make_url, text

from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine

Program = Callable[..., "subprocess.Popen[str]"]
Clients = Callable[[str], Redis]


@pytest.fixture
def clients() -> Iterator[Clients]:
    """Open clients as the service does, but ones that a busy test machine does not time out."""
    opened: list[Redis] = []

    def patient(url: str) -> Redis:
        opened.append(connect(f"{url}?socket_timeout=20&socket_connect_timeout=20"))
        return opened[-1]

    yield patient
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Run one embedded Valkey for all tests of this worker."""
    with Embedded(tmp_path_factory.mktemp("valkey")) as embedded:
        yield embedded


@pytest.fixture
def redis(valkey: Embedded, clients: Clients) -> Redis:
    """Give a client of an empty Redis."""
    client = clients(valkey.url)
    client.flushall()
    return client


@pytest.fixture
def program() -> Iterator[Program]:
    """Run Python source as a process of its own; what still runs at the end of the test is ended."""
    started: list[subprocess.Popen[str]] = []

    def run(source: str, *arguments: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", source, *map(str, arguments)]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


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
