"""A real Valkey for each worker, and programs of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from ivr.store.client import connect
from ivr.store.embedded import Embedded

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
