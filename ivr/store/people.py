"""People in SQL: who may sign in, as what, and the one-time links by which they choose a password."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.store.people_tables import links, people
from ivr.store.sql import for_writing

LINK_HOURS = 48

NAME = re.compile(r"[a-z][a-z0-9._-]{1,62}")
"""What people may be called."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in. `agent` is who they are in team.yaml, if they are one."""

    id: int
    name: str
    role: str
    agent: str | None
    epoch: int
    active: bool
    has_password: bool


class NameTakenError(ValueError):
    """There is somebody of that name."""


class People:
    """The people of one database. `clock` gives aware UTC datetimes. Safe between threads."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def any(self) -> bool:
        """Whether there is anybody yet."""
        with self._engine.connect() as connection:
            return bool(connection.scalar(select(func.count()).select_from(people)))

    def add(self, name: str, role: str, agent: str | None = None) -> Person:
        """Adds somebody, who chooses their password by a link. Raises NameTakenError."""
        row = {"name": name, "role": role, "agent": agent, "epoch": 0, "active": True, "made_at": self._clock()}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(people).values(**row))
        except IntegrityError:
            raise NameTakenError(name) from None
        found = self.named(name)
        assert found is not None  # noqa: S101 - the row was just written, and none is ever deleted
        return found

    def named(self, name: str) -> Person | None:
        """Who has that name."""
        return self._one(people.c.name == name)

    def get(self, id_: int) -> Person | None:
        """Who has that id."""
        return self._one(people.c.id == id_)

    def all(self) -> list[Person]:
        """Everybody, by name."""
        with self._engine.connect() as connection:
            return [_person(row) for row in connection.execute(select(people).order_by(people.c.name))]

    def password(self, id_: int) -> str | None:
        """The hash of somebody's password; none before they chose one."""
        with self._engine.connect() as connection:
            return connection.scalar(select(people.c.password).where(people.c.id == id_))

    def set_password(self, id_: int, hash_: str) -> None:
        """Keeps a new hash; whoever is signed in by an old password is signed out."""
        with self._engine.begin() as connection:
            values = {"password": hash_, "epoch": people.c.epoch + 1}
            connection.execute(update(people).where(people.c.id == id_).values(**values))

    def change(
        self, id_: int, *, role: str | None = None, agent: str | None = None, active: bool | None = None
    ) -> None:
        """Changes what is given. Who may no longer sign in, or has another role, is signed out at once."""
        given = {"role": role, "agent": agent, "active": active}
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        with self._engine.begin() as connection:
            values["epoch"] = people.c.epoch + 1
            connection.execute(update(people).where(people.c.id == id_).values(**values))

    def link(self, id_: int) -> str:
        """A new one-time link's token; it is good for two days, and those before it no longer."""
        token, now = token_urlsafe(32), self._clock()
        with self._engine.begin() as connection:
            older = (links.c.person == id_) & links.c.used_at.is_(None)
            connection.execute(update(links).where(older).values(used_at=now))
            row = {"token_hash": _hash(token), "person": id_, "expires_at": now + timedelta(hours=LINK_HOURS)}
            connection.execute(insert(links).values(**row))
        return token

    def behind(self, token: str) -> Person | None:
        """Whose link this is; None where it is unknown, used or too old, or they may not sign in."""
        good = (links.c.token_hash == _hash(token)) & links.c.used_at.is_(None) & (links.c.expires_at > self._clock())
        person = self._one(people.c.id.in_(select(links.c.person).where(good)))
        return person if person and person.active else None

    def use(self, token: str, hash_: str) -> Person | None:
        """Uses a link up to set a password; None where somebody was faster, or it is no good."""
        person = self.behind(token)
        if person is None:
            return None
        now = self._clock()
        with for_writing(self._engine).begin() as connection:
            unused = (links.c.token_hash == _hash(token)) & links.c.used_at.is_(None)
            if connection.execute(update(links).where(unused).values(used_at=now)).rowcount != 1:
                return None
            values = {"password": hash_, "epoch": people.c.epoch + 1}
            connection.execute(update(people).where(people.c.id == person.id).values(**values))
        return self.get(person.id)

    def _one(self, which: object) -> Person | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(people).where(which)).one_or_none()  # type: ignore[arg-type]
        return _person(row) if row else None


def _person(row: Row[tuple[object, ...]]) -> Person:
    return Person(row.id, row.name, row.role, row.agent, row.epoch, row.active, row.password is not None)


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
