"""Tokens by which programs read reports: made by an owner, shown once, kept as a hash, revoked at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import Column, Engine, Index, Integer, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from ivr.store.people import NameTakenError
from ivr.store.sql import Moment, metadata

PREFIX = "ivr_"
"""How every token begins, so that people and scanners of leaked secrets know it for one."""

SCOPE = "reports"
"""What a token may: read reports. It hears no recording, and sees no whole number."""

_USED_EVERY = timedelta(minutes=1)
"""How exact the moment of the last use is: a token that is used all day must not write all day."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("scope", String(16), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=True),
    Column("used_at", Moment, nullable=True),
    Column("revoked_at", Moment, nullable=True),
)
"""One row a token. Of the token only its SHA-256 is kept: it is 256 bits by chance, so no slow hash is needed."""

Index(
    "uq_api_tokens_name",
    api_tokens.c.name,
    unique=True,
    sqlite_where=api_tokens.c.revoked_at.is_(None),
    postgresql_where=api_tokens.c.revoked_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token without its secret. Moments are aware; `expires_at` is None where it never does."""

    id: int
    name: str
    scope: str
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    def good(self, now: datetime) -> bool:
        """Whether it opens anything at that moment (aware)."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


_COLUMNS = [api_tokens.c[name] for name in ApiToken.__slots__]


class ApiTokens:
    """The tokens of one database. `clock` gives aware UTC datetimes. Safe between threads.

    Every method raises `sqlalchemy.exc.SQLAlchemyError` where the database is away.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def make(self, name: str, by: str, expires_at: datetime | None) -> str:
        """A new token of that name (as `people.NAME` has it), which nobody can be shown again.

        Raises NameTakenError where there is one of that name that is not revoked.
        """
        token = PREFIX + token_urlsafe(32)
        row = {"name": name, "token_hash": _hash(token), "scope": SCOPE, "made_by": by[:64]}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(api_tokens).values(**row, made_at=self._clock(), expires_at=expires_at))
        except IntegrityError:
            raise NameTakenError(name) from None
        return token

    def all(self) -> list[ApiToken]:
        """All tokens, the newest first; also those that are good no longer."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(*_COLUMNS).order_by(api_tokens.c.id.desc()))
            return [ApiToken(*row) for row in rows]

    def revoke(self, name: str) -> bool:
        """Ends the token of that name, for good; False where there is none that is not ended already."""
        which = (api_tokens.c.name == name) & api_tokens.c.revoked_at.is_(None)
        with self._engine.begin() as connection:
            done = connection.execute(update(api_tokens).where(which).values(revoked_at=self._clock()))
        return done.rowcount == 1

    def opened(self, token: str) -> ApiToken | None:
        """Whose token this is, and notes that it was used; None where it is unknown, expired or revoked."""
        now = self._clock()
        with self._engine.connect() as connection:
            row = connection.execute(select(*_COLUMNS).where(api_tokens.c.token_hash == _hash(token))).one_or_none()
        found = ApiToken(*row) if row else None
        if found is None or not found.good(now):
            return None
        if found.used_at is None or now - found.used_at >= _USED_EVERY:
            self._used(found.id, now)
        return found

    def _used(self, id_: int, now: datetime) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(update(api_tokens).where(api_tokens.c.id == id_).values(used_at=now))
        except OperationalError:
            return  # somebody else writes for long: reading goes on, and the next use is noted


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
