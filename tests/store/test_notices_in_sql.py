"""Notices and special days in SQL, on SQLite and PostgreSQL, and as Redis repeats them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import Engine

from ivr.store.notices import KEY, Board, Notice, NoticeBook, SpecialDay, dump_board, load_board, tell, told
from ivr.store.sql import migrate, open_engine

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NOTICE = Notice(0, "meridian", {"en-US": "Snow."}, False, NOW, NOW + timedelta(hours=4), "ana", "snow", NOW)
EVE = SpecialDay(0, "meridian", "", date(2026, 12, 24), "08:00-12:00", "Christmas Eve", "ana", NOW)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty database, up to date."""
    engine = open_engine(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


def test_what_is_set_comes_back_and_ends_once(engine: Engine) -> None:
    """All of it, moments in UTC; of two who end it, one did."""
    book = NoticeBook(engine)
    kept = book.add(NOTICE)
    assert book.get(kept.id) == replace(NOTICE, id=kept.id)
    assert book.current(NOW) == Board((kept,), ())
    assert book.current(NOW + timedelta(hours=4)) == Board()
    assert book.end([kept.id], "raj", NOW + timedelta(hours=1)) == [kept.id]
    assert book.end([kept.id], "eva", NOW + timedelta(hours=1)) == []
    assert book.current(NOW + timedelta(hours=1)) == Board()
    assert book.back_then(NOW + timedelta(minutes=30)).notices[0].is_on(NOW + timedelta(minutes=30))
    assert [it.state(NOW + timedelta(hours=2)) for it in book.all()] == ["over"]


def test_a_day_has_one_entry_for_the_same_hours(engine: Engine) -> None:
    """The later one counts; what was known before can still be asked."""
    book = NoticeBook(engine)
    first = book.add_day(EVE)
    second = book.add_day(replace(EVE, hours="off", set_at=NOW + timedelta(days=1)))
    other = book.add_day(replace(EVE, of="office"))
    assert set(book.current(NOW).days) == {second, other}
    assert set(book.back_then(NOW).days) == {first, other}
    assert book.drop_day(second.id, "raj", NOW) == second
    assert book.drop_day(second.id, "raj", NOW) is None
    assert book.current(NOW + timedelta(days=26)).days == ()


def test_prepared_ones_are_not_on(engine: Engine) -> None:
    """They are kept until somebody throws them away."""
    book = NoticeBook(engine)
    ready = book.add(replace(NOTICE, since=None, until=None))
    assert book.prepared() == [ready]
    assert (book.current(NOW), ready.state(NOW)) == (Board(), "prepared")
    assert book.end([ready.id], "ana", NOW) == [ready.id]
    assert book.prepared() == []


def test_redis_repeats_the_board(redis: Redis) -> None:
    """Byte for byte the same; nothing where nobody told it, or where it is of another release."""
    board = Board((replace(NOTICE, id=3),), (replace(EVE, id=4),))
    assert load_board(dump_board(board)) == board
    assert told(redis) is None
    assert tell(redis, lambda: board) == told(redis) == board
    states = iter([Board(), board, board])
    assert tell(redis, lambda: next(states)) == told(redis) == board  # somebody changed it meanwhile
    redis.set(KEY, b'{"notices": [{"id": 1}], "days": []}')
    assert told(redis) is None
