"""A real Valkey for each worker."""

from collections.abc import Iterator

import pytest

from ivr.store.embedded import Embedded


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Run one embedded Valkey for all tests of this worker."""
    with Embedded(tmp_path_factory.mktemp("valkey")) as embedded:
        yield embedded
