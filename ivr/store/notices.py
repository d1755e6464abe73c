"""Notices, closings and special days in SQL, and what Redis repeats of them to running processes.

SQL is the authority. Rows never go: one that is over says when, and by whom where somebody ended it. Redis has all
that is on or coming under one key, so that a process learns of it by one small read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, cast

import orjson
from redis import Redis
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Engine,
    Index,
    Integer,
    Table,
    Text,
    insert,
    or_,
    select,
    update,
)

from ivr.store.sql import Moment, for_writing, metadata

KEY = "notices"
"""The key in Redis. It has no hash tag: it belongs to no call."""

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("target", Text, nullable=False),
    Column("words", JSON, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("since", Moment, nullable=True),
    Column("until", Moment, nullable=True),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=True),
    Column("ended_by", Text, nullable=True),
    Column("prepared", Integer, nullable=True),
    Index("ix_notices_until", "until"),
    sqlite_autoincrement=True,
)
"""One row a notice. `target` is a line, or `queue:NAME`; one without `since` is prepared, and `prepared` is the id of
the one that was switched on."""

special_days = Table(
    "special_days",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("target", Text, nullable=False),
    Column("of", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("hours", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("dropped_at", Moment, nullable=True),
    Column("dropped_by", Text, nullable=True),
    Index("ix_special_days_day", "day"),
    sqlite_autoincrement=True,
)
"""One row a special day, for the hours named `of`, or all of the target's where that is empty."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Words that callers of a line or a queue hear first, and whether it is closed. Moments are aware, in UTC.

    One without `since` and `until` is prepared: it is kept to be switched on.
    """

    id: int
    target: str
    words: Mapping[str, str]
    closed: bool
    since: datetime | None
    until: datetime | None
    who: str
    why: str
    set_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    prepared: int | None = None

    def state(self, now: datetime) -> Literal["on", "coming", "over", "prepared"]:
        """What it is at this moment (aware)."""
        if any(end is not None and end <= now for end in (self.ended_at, self.until)):
            return "over"
        if self.since is None:
            return "prepared"
        return "on" if self.since <= now else "coming"

    def is_on(self, now: datetime) -> bool:
        """Whether callers of this moment (aware) meet it."""
        return self.state(now) == "on"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """The hours of one date: `off`, or spans of time. `of` names hours of the line; all where it is empty."""

    id: int
    target: str
    of: str
    day: date
    hours: str
    why: str
    who: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """All that is on or coming."""

    notices: tuple[Notice, ...] = ()
    days: tuple[SpecialDay, ...] = ()

    def on(self, now: datetime, target: str | None = None) -> tuple[Notice, ...]:
        """The notices that are on at the moment (aware), of one target where it is given, the oldest first."""
        return tuple(it for it in self.notices if it.is_on(now) and target in (None, it.target))

    def days_of(self, target: str, *among: date) -> tuple[SpecialDay, ...]:
        """The special days of a target; those of some dates where any are given."""
        return tuple(it for it in self.days if it.target == target and (not among or it.day in among))


def dump_board(board: Board) -> bytes:
    """The board as JSON."""
    return orjson.dumps(board)


def load_board(data: bytes) -> Board:
    """The board of the JSON. Raises ValueError for anything that is none."""
    try:
        it = orjson.loads(data)
        days = (SpecialDay(**day | {"day": date.fromisoformat(day["day"])} | _moments(day)) for day in it["days"])
        return Board(tuple(Notice(**one | _moments(one)) for one in it["notices"]), tuple(days))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is no board of notices: {error}") from None


def _moments(row: Mapping[str, Any]) -> dict[str, datetime]:
    names = ("since", "until", "set_at", "ended_at")
    return {name: datetime.fromisoformat(row[name]) for name in names if row.get(name)}


def told(redis: Redis) -> Board | None:
    """What Redis has; None where nobody told it yet. Raises `redis.RedisError`."""
    data = cast("bytes | None", redis.get(KEY))
    try:
        return load_board(data) if data else None
    except ValueError:
        return None  # of another release: SQL is asked


def tell(redis: Redis, current: Callable[[], Board]) -> Board:
    """Tells Redis what SQL has, until SQL still says so afterwards: of two at once the later state stays."""
    board = current()
    while True:
        redis.set(KEY, dump_board(board))
        now = current()
        if now == board:
            return board
        board = now


class NoticeBook:
    """The notices and special days of one database. Safe between threads.

    Every method raises `sqlalchemy.exc.SQLAlchemyError` where the database is away.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def current(self, now: datetime) -> Board:
        """What is on or coming at the moment (aware); days from the day before yesterday on: zones differ."""
        live, ahead = notices.c.ended_at.is_(None), special_days.c.dropped_at.is_(None)
        return self._board(live, ahead, now)

    def back_then(self, moment: datetime) -> Board:
        """What was on or coming at a moment that is past (aware), as far as it was known then."""
        live = (notices.c.set_at <= moment) & or_(notices.c.ended_at.is_(None), notices.c.ended_at > moment)
        dropped = special_days.c.dropped_at
        ahead = (special_days.c.set_at <= moment) & or_(dropped.is_(None), dropped > moment)
        return self._board(live, ahead, moment)

    def _board(self, live: ColumnElement[bool], ahead: ColumnElement[bool], now: datetime) -> Board:
        since = (now.astimezone(UTC) - timedelta(days=2)).date()
        found = self._notices(live & (notices.c.until > now), ascending=True)
        return Board(tuple(found), tuple(self._days(ahead & (special_days.c.day >= since))))

    def all(self, most: int = 100) -> list[Notice]:
        """The newest notices, also those that are over or prepared, the newest first."""
        return self._notices(notices.c.id > 0, most=most)

    def prepared(self) -> list[Notice]:
        """Those that are kept to be switched on, the oldest first."""
        return self._notices(notices.c.since.is_(None) & notices.c.ended_at.is_(None), ascending=True)

    def get(self, id_: int) -> Notice | None:
        """The notice of that number."""
        return next(iter(self._notices(notices.c.id == id_)), None)

    def _notices(self, which: ColumnElement[bool], *, ascending: bool = False, most: int = 1000) -> list[Notice]:
        order = notices.c.id if ascending else notices.c.id.desc()
        query = select(*(notices.c[spec.name] for spec in fields(Notice))).where(which).order_by(order).limit(most)
        with self._engine.connect() as connection:
            return [Notice(**row) for row in connection.execute(query).mappings()]

    def _days(self, which: ColumnElement[bool]) -> list[SpecialDay]:
        columns = [special_days.c[spec.name] for spec in fields(SpecialDay)]
        query = select(*columns).where(which).order_by(special_days.c.day, special_days.c.target, special_days.c.of)
        with self._engine.connect() as connection:
            return [SpecialDay(**row) for row in connection.execute(query).mappings()]

    def add(self, notice: Notice) -> Notice:
        """Keeps a notice, whose id is given here."""
        row = {spec.name: getattr(notice, spec.name) for spec in fields(Notice)}
        del row["id"]
        with self._engine.begin() as connection:
            id_ = connection.execute(insert(notices).values(row).returning(notices.c.id)).scalar_one()
        return replace(notice, id=int(id_))

    def end(self, ids: Iterable[int], who: str, at: datetime) -> list[int]:
        """Ends notices; gives those that were not over already."""
        which = notices.c.id.in_(list(ids)) & notices.c.ended_at.is_(None)
        which &= or_(notices.c.until.is_(None), notices.c.until > at)
        done = update(notices).where(which).values(ended_at=at, ended_by=who).returning(notices.c.id)
        with for_writing(self._engine).begin() as connection:
            return [int(row.id) for row in connection.execute(done)]

    def add_day(self, day: SpecialDay) -> SpecialDay:
        """Keeps a special day, whose id is given here, in place of the one that this date had for the same hours."""
        row = {spec.name: getattr(day, spec.name) for spec in fields(SpecialDay)}
        del row["id"]
        same = (special_days.c.target == day.target) & (special_days.c.of == day.of) & (special_days.c.day == day.day)
        same &= special_days.c.dropped_at.is_(None)
        with for_writing(self._engine).begin() as connection:
            connection.execute(update(special_days).where(same).values(dropped_at=day.set_at, dropped_by=day.who))
            id_ = connection.execute(insert(special_days).values(row).returning(special_days.c.id)).scalar_one()
        return replace(day, id=int(id_))

    def drop_day(self, id_: int, who: str, at: datetime) -> SpecialDay | None:
        """Takes a special day back; None where there is none of that number any more."""
        which = (special_days.c.id == id_) & special_days.c.dropped_at.is_(None)
        found = self._days(which)
        with for_writing(self._engine).begin() as connection:
            done = connection.execute(update(special_days).where(which).values(dropped_at=at, dropped_by=who))
        return found[0] if done.rowcount and found else None
