"""A Valkey for each worker, and a service on it."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from running import LINE, Running, running
from serving import Serve, end

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


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Serve]]:
    """Starts services; ends what a test leaves running, and their Valkey."""
    started: list[Serve] = []

    def start(*options: str, menus: dict[str, str] | None = None) -> Serve:
        folder = tmp_path / "menus"
        folder.mkdir(exist_ok=True)
        for name, text in (menus or {"test.yaml": LINE}).items():
            (folder / name).write_text(text, "utf-8")
        made = Serve(tmp_path, *options)
        started.append(made)
        made.start()
        return made

    yield start
    for made in started:
        end(made)
