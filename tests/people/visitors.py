"""Who comes to the pages for people: visitors with cookies, who sign in; and a clock that the test moves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from people_rooms import PASSWORD, office_of
from werkzeug.test import TestResponse


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


def welcomed(app: Flask, name: str, role: str, agent: str | None = None) -> Visitor:
    """Somebody of a role who has signed in by their one-time link; who is known by that name keeps their role."""
    people = office_of(app).people
    person = people.named(name) or people.add(name, role, agent)
    it = Visitor(app.test_client())
    path = f"/welcome/{people.link(person.id)}"
    it.get(path)
    assert it.post(path, password=PASSWORD, again=PASSWORD).status_code == 302
    it.get("/")
    return it


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


def read_as(page: str) -> str:
    """The mark of what a page read."""
    mark = hidden(page, "read_as")
    assert mark
    return mark


@dataclass
class Hands:
    """A clock that the test moves."""

    at: datetime = datetime(2026, 7, 1, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at
