"""A real Valkey for each worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hall import Hall, hall

from ivr.store.embedded import Embedded


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Run one embedded Valkey for all tests of this worker."""
    with Embedded(tmp_path_factory.mktemp("valkey")) as embedded:
        yield embedded


@pytest.fixture
def h(tmp_path: Path, valkey: Embedded) -> Iterator[Hall]:
    """Run the line with its queue."""
    with hall(tmp_path, valkey.url) as it:
        yield it
