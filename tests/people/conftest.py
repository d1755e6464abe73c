"""The pages for people on a real Valkey and a real database, and visitors with cookies."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from people_rooms import PASSWORD, office_of, opened
from visitors import Visitor, welcomed

from ivr.config import Settings
from ivr.store.embedded import Embedded
from ivr.web.people.office import Office


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Run one embedded Valkey for all tests of this worker."""
    with Embedded(tmp_path_factory.mktemp("valkey")) as embedded:
        yield embedded


@pytest.fixture
def settings(tmp_path: Path, valkey: Embedded) -> Settings:
    """Give settings with everything in a folder of the test's own, and an empty Redis."""
    return Settings(redis_url=valkey.url, data=tmp_path, menus=tmp_path, secret_key="k" * 40)


@pytest.fixture
def empty_app(settings: Settings) -> Iterator[Flask]:
    """Give an application for people in which nothing ever happened, to a single test."""
    with opened(settings) as app:
        office_of(app).redis.flushall()
        yield app


@pytest.fixture
def people_app(empty_app: Flask) -> Flask:
    """Give the application for people: an empty one, unless a module has one of its own for all its tests."""
    return empty_app


@pytest.fixture
def office(people_app: Flask) -> Office:
    """Give what the application works with."""
    return office_of(people_app)


@pytest.fixture
def visitor(people_app: Flask) -> Callable[[], Visitor]:
    """Make visitors."""
    return lambda: Visitor(people_app.test_client())


@pytest.fixture
def signed_in(people_app: Flask) -> Callable[..., Visitor]:
    """Make somebody of a role who has signed in by their one-time link."""

    def make(name: str = "olga", role: str = "owner", agent: str | None = None) -> Visitor:
        return welcomed(people_app, name, role, agent)

    return make


@pytest.fixture(scope="module")
def ops(people_app: Flask) -> Visitor:
    """Give otto, who edits and publishes, once for all tests of a module with a `people_app` of its own."""
    return welcomed(people_app, "otto", "ops")


@pytest.fixture(scope="module")
def entered(people_app: Flask) -> Callable[[str], Visitor]:
    """Give somebody of a role who has signed in, once for all tests of a module with a `people_app` of its own."""

    def enter(role: str) -> Visitor:
        it = Visitor(people_app.test_client())
        it.get("/sign-in")
        assert it.post("/sign-in", name=f"{role}.one", password=PASSWORD).status_code == 302
        return it

    return cache(enter)
