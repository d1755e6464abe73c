"""The pages for people on a real Valkey and a real database, and visitors with cookies."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.config import Settings
from ivr.store.embedded import Embedded
from ivr.store.people import Person
from ivr.store.sql import migrate, open_engine
from ivr.web.people import create_people
from ivr.web.people.office import Office

PASSWORD = "correct horse battery"


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
def people_app(settings: Settings) -> Iterator[Flask]:
    """Give the application for people."""
    engine = open_engine(settings.database)
    migrate(engine)
    engine.dispose()
    app = create_people(settings)
    office = app.extensions["ivr"]
    office.redis.flushall()
    yield app
    office.close()


@pytest.fixture
def office(people_app: Flask) -> Office:
    """Give what the application works with."""
    found: Office = people_app.extensions["ivr"]
    return found


@dataclass
class Visitor:
    """A browser without a screen: keeps cookies, and sends the token of the page that it saw last."""

    client: FlaskClient
    token: str = field(default="")

    def get(self, path: str, **kwargs: object) -> TestResponse:
        """Look at a page."""
        return self._seen(self.client.get(path, **kwargs))  # type: ignore[arg-type]

    def post(self, path: str, **data: str) -> TestResponse:
        """Send a form from the page that was seen last."""
        return self._seen(self.client.post(path, data={"csrf_token": self.token, **data}))

    def _seen(self, response: TestResponse) -> TestResponse:
        found = re.search(r'name="csrf-token" content="([^"]+)"', response.get_data(as_text=True))
        self.token = found[1] if found else self.token
        return response


@pytest.fixture
def visitor(people_app: Flask) -> Callable[[], Visitor]:
    """Make visitors."""
    return lambda: Visitor(people_app.test_client())


@pytest.fixture
def signed_in(visitor: Callable[[], Visitor], office: Office) -> Callable[..., Visitor]:
    """Make somebody of a role who has signed in by their one-time link."""

    def make(name: str = "olga", role: str = "owner", agent: str | None = None) -> Visitor:
        person: Person = office.people.add(name, role, agent)
        it = visitor()
        path = f"/welcome/{office.people.link(person.id)}"
        it.get(path)
        assert it.post(path, password=PASSWORD, again=PASSWORD).status_code == 302
        it.get("/")
        return it

    return make


@dataclass
class Hands:
    """A clock that the test moves."""

    at: datetime = datetime(2026, 7, 1, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at


__all__ = ["PASSWORD", "Hands", "Visitor", "replace"]


@pytest.fixture(scope="module")
def entered(app: Flask) -> Callable[[str], Visitor]:
    """Give somebody of a role who has signed in, once for all tests of a module with an `app` of its own."""
    there: dict[str, Visitor] = {}

    def enter(role: str) -> Visitor:
        if role not in there:
            it = there[role] = Visitor(app.test_client())
            it.get("/sign-in")
            assert it.post("/sign-in", name=f"{role}.one", password=PASSWORD).status_code == 302
        return there[role]

    return enter
