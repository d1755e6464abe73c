"""What holds for lines and queues from outside of their files, as this process knows it: less than a second old.

A watch of its own looks, so that a key press stays one round trip. Redis is asked, then SQL; where neither answers,
what was known last stays. Nothing here raises: a caller waits.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from redis import Redis, RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.call.inputs import Input, Noticed, Started
from ivr.call.state import Call
from ivr.menu.flow import Flow
from ivr.menu.hours import compile_hours
from ivr.menu.special_days import rule
from ivr.menu.team import Queue, Team
from ivr.store.notices import Board, Notice, NoticeBook, tell, told
from ivr.switchboard.breaker import Breaker
from ivr.switchboard.clock import utc_now
from ivr.switchboard.desk_line import LINE as DESK

EVERY = 0.4
"""Seconds between two looks of the watch. One that is late, or died with a fork, is not waited for: who asks looks."""

ATTEMPTS = 3
"""So often a Redis that does not answer in time is told what was changed. After that the worker does."""

QUEUE = "queue:"
"""How the name of a queue begins where a line's could stand."""


class NoticeBoard:
    """The notices and special days that one process knows. Safe between threads."""

    def __init__(self, redis: Redis | None, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        """`clock` says which notices are over, and need not be known any more."""
        self._redis = redis
        self._book = NoticeBook(engine)
        self._clock = clock
        self._lock = threading.Lock()
        self._looked = -math.inf
        self._board: Board | None = None
        self._watch: threading.Thread | None = None
        self._stop = threading.Event()
        self._asks_redis = Breaker(failures=1, rest=1.0)
        self._asks_sql = Breaker(failures=1, rest=5.0)

    def now(self) -> Board:
        """What is on or coming. Nobody waits for it, unless it is the first time, or the watch is late."""
        if time.monotonic() - self._looked >= 2 * EVERY:
            self._look()
        if self._watch is None:
            self._watch = threading.Thread(target=self._watching, name="notices", daemon=True)
            self._watch.start()
        return self._board or Board()

    def close(self) -> None:
        """Ends the watch."""
        self._stop.set()
        if self._watch is not None:
            self._watch.join()

    def _watching(self) -> None:
        while not self._stop.wait(max(EVERY, 0.01)):
            self._look()

    def _look(self) -> None:
        """Looks anew, once at a time; who has something to go by does not wait for one who looks."""
        if self._lock.acquire(blocking=self._board is None):
            try:
                self._read()
            finally:
                self._lock.release()

    def _read(self) -> None:
        self._board = self._asked() or self._board or Board()
        self._looked = time.monotonic()

    def changed(self) -> None:
        """Something was changed in SQL, from here: tells Redis, and looks anew, after whoever looks just now.

        A Redis that is slow for a moment is told again: what it has of before, all processes would go by.
        """
        if not any(self._told() for _ in range(ATTEMPTS)):
            self._asks_redis.note(worked=False)
        with self._lock:
            self._read()

    def tell(self, _now: datetime | None = None) -> None:
        """Tells Redis what SQL has. With Redis away nothing is told: processes ask SQL then. Raises SQLAlchemyError."""
        self._told()

    def _told(self) -> bool:
        if self._redis is not None:
            try:
                tell(self._redis, lambda: self._book.current(self._clock()))
            except RedisError:
                return False
        return True

    def _asked(self) -> Board | None:
        if self._redis is not None and self._asks_redis.allows():
            try:
                board = told(self._redis)
                self._asks_redis.note(worked=True)
                if board is not None:
                    return board
            except RedisError:
                self._asks_redis.note(worked=False)
        if self._asks_sql.allows():
            try:
                board = self._book.current(self._clock())
                self._asks_sql.note(worked=True)
                return board
            except SQLAlchemyError:
                self._asks_sql.note(worked=False)
        return None

    # For calls

    def informed(self, flow: Flow, input_: Input) -> Input:
        """The beginning of a call with what holds for its line; any other input as it is."""
        if not isinstance(input_, Started) or flow.name == DESK:
            return input_
        closed, special, notices = self._holds(flow, input_.at)
        words: dict[str, list[str]] = {}
        for notice in () if input_.step else notices:  # whom we call back has heard it
            for language in flow.languages:
                if said := spoken(notice, language):
                    words.setdefault(language, []).append(said)
        joined = {language: _once(texts) for language, texts in words.items()}
        return Started(
            input_.at, input_.caller, input_.to, input_.line, input_.version, input_.step, input_.language,
            closed, special, joined,
        )  # fmt: skip

    def news(self, flow: Flow, call: Call, input_: Input) -> Noticed | None:
        """What the call does not know yet of what holds for its line; None where it knows all."""
        if isinstance(input_, Started) or call.ended or flow.name == DESK:
            return None
        closed, special, _ = self._holds(flow, input_.at)
        if (closed, special) == (call.closed, call.special):
            return None
        return Noticed(input_.at, closed, special)

    def _holds(self, flow: Flow, at: datetime) -> tuple[bool, dict[str, str], tuple[Notice, ...]]:
        board = self.now()
        if not board.notices and not board.days:
            return False, {}, ()
        notices = board.on(at, flow.name)
        return any(it.closed for it in notices), rules(board, flow.name, at, flow.zone), notices

    # For queues

    def of_queue(self, queue: Queue, team: Team, at: datetime, language: str) -> tuple[bool, str]:
        """Whether a queue takes callers at the moment, and what they hear first, in their language or none."""
        board = self.now()
        target = f"{QUEUE}{queue.name}"
        notices = board.on(at, target)
        words = _once(filter(None, (spoken(it, language) for it in notices)))
        return self._takes(board, queue, team, at) and not any(it.closed for it in notices), words

    def closed(self, queue: Queue, at: datetime) -> bool:
        """Whether somebody has closed a queue, whatever its hours."""
        return any(it.closed for it in self.now().on(at, f"{QUEUE}{queue.name}"))

    def takes_callers(self, queue: Queue, team: Team, at: datetime) -> bool:
        """Whether a queue takes callers at the moment: by its hours, special days, and what people switched."""
        return not self.closed(queue, at) and self._takes(self.now(), queue, team, at)

    @staticmethod
    def _takes(board: Board, queue: Queue, team: Team, at: datetime) -> bool:
        zone = team.zone or ZoneInfo("UTC")
        special = rules(board, f"{QUEUE}{queue.name}", at, zone).get("", "")
        if not special:
            return queue.is_open(at)
        opening = queue.opening or compile_hours("24/7", zone, team.country)
        return opening.amended(special).is_open(at)


def _once(texts: Iterable[str]) -> str:
    """Texts one after another; what two notices say alike is heard once."""
    return " ".join(dict.fromkeys(texts))


def rules(board: Board, target: str, at: datetime, zone: ZoneInfo) -> dict[str, str]:
    """The special days of a target that matter at a moment: of that date and, for nights, of the one before."""
    today = at.astimezone(zone).date()
    found: dict[str, list[str]] = {}
    for day in board.days_of(target, today - timedelta(days=1), today):
        found.setdefault(day.of, []).append(rule(day.day, day.hours, day.why))
    return {of: "; ".join(texts) for of, texts in found.items()}


def spoken(notice: Notice, language: str) -> str:
    """The words for a caller of a language: its own, those of another country's kind of it, or none."""
    if language in notice.words:
        return notice.words[language]
    near = (text for key, text in notice.words.items() if key.split("-")[0] == language.split("-")[0])
    return next(near, "")
