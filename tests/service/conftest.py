"""A Valkey for each worker, and a service on it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import LINE, Running, running

from ivr.store.client import connect
from ivr.store.embedded import Embedded


@pytest.fixture(autouse=True)
def _quiet_server() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """One embedded Valkey for all tests of this worker that do not harm it."""
    with Embedded(tmp_path_factory.mktemp("valkey")) as embedded:
        yield embedded


@pytest.fixture
def service(tmp_path: Path, valkey: Embedded) -> Iterator[Running]:
    """The service with the test line, on an empty Redis."""
    client = connect(valkey.url)
    client.flushall()
    client.close()
    with running(tmp_path, valkey.url, {"test.yaml": LINE}) as made:
        yield made
