"""Callbacks: booked by a caller who waits, dialled when their turn comes, handed to the queue when they press 1.

Each step is said in SQL before it is done, so that whatever dies in between, nobody is called twice for one try: a
callback that rings for longer than a phone can ring is one that nobody answered.
"""

from __future__ import annotations

import logging
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from os import urandom

from cryptography.exceptions import InvalidTag
from sqlalchemy.exc import SQLAlchemyError

from ivr.call.state import Call
from ivr.carrier.rest import Carrier, NoAnswer, NotDone, RestError
from ivr.menu.dialable import allowed
from ivr.menu.team import Queue, Team
from ivr.routing import Free
from ivr.routing import callbacks as rules
from ivr.routing.people import Waiter
from ivr.store.callbacks import Callback, Callbacks
from ivr.store.callers import CallerHash, last_four
from ivr.store.queues import Queues, Waiting
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.sealing import cipher
from ivr.switchboard.staff import Staff

RINGS = 30
"""Seconds that a customer's phone rings."""

LOST = timedelta(minutes=3)
"""After that a callback of which nothing was heard was not answered."""

SETTLED = timedelta(seconds=10)
"""After that who pressed 1 has joined the queue."""

_NONCE = 12

log = logging.getLogger("ivr.waiting")


class Numbers:
    """Seals the numbers of open callbacks: in a database they are nobody's to read."""

    def __init__(self, key: str) -> None:
        self._cipher = cipher(key, "callback number")
        self._hashes = CallerHash(key)

    def seal(self, number: str, id_: str) -> str:
        """The number as it is stored with the callback of this id."""
        nonce = urandom(_NONCE)
        return b64encode(nonce + self._cipher.encrypt(nonce, number.encode(), id_.encode())).decode()

    def open(self, sealed: str, id_: str) -> str | None:
        """The number; None where another key sealed it, or it belongs to another callback."""
        raw = b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], id_.encode()).decode()
        except InvalidTag:
            return None

    def hash(self, number: str) -> str:
        """The hash by which a number is found again."""
        return self._hashes.of(number) or ""


class Booker:
    """Books callbacks. Safe between threads."""

    def __init__(self, callbacks: Callbacks, numbers: Numbers) -> None:
        self._callbacks = callbacks
        self._numbers = numbers

    def callable(self, number: str, queue: Queue) -> bool:
        """Whether the number can be called back for the queue: valid, of an allowed country, and not premium."""
        return queue.callback is not None and allowed(number, queue.allow)[0] is not None

    def book(self, call: Call, waiting: Waiting, queue: Queue, number: str, now: datetime) -> bool:
        """Keeps a callback of a caller who waits; whether they will be called back.

        A number that has an open callback keeps that one, and its place. False where the number cannot be called,
        or nothing can be kept.
        """
        dialable, _ = allowed(number, queue.allow)
        if queue.callback is None or dialable is None:
            return False
        callback = Callback(
            id=f"{call.sid}-{queue.name}"[:64],
            queue=queue.name,
            line=call.line,
            version=call.version,
            step=call.place,
            language=call.language,
            shown=call.to,
            number_sealed=self._numbers.seal(dialable, f"{call.sid}-{queue.name}"[:64]),
            number_hash=self._numbers.hash(dialable),
            number_last4=last_four(dialable) or "",
            call_sid=call.sid,
            arrived=waiting.arrived,
            place=waiting.order,
            booked_at=now,
            state="booked",
            tries=0,
            next_at=now,
        )
        try:
            self._callbacks.book(callback)
        except SQLAlchemyError as error:
            log.error("a callback cannot be kept: %s", type(error).__name__)
            return False
        return True


class CallsBack:
    """Dials the callbacks that are due; for one worker at a time."""

    def __init__(
        self,
        callbacks: Callbacks,
        queues: Queues,
        staff: Staff,
        numbers: Numbers,
        board: NoticeBoard,
        carrier: Carrier,
        base: str,
    ) -> None:
        """`base` is the public URL, without a slash at its end."""
        self._callbacks = callbacks
        self._queues = queues
        self._staff = staff
        self._numbers = numbers
        self._carrier = carrier
        self._base = base
        self._board = board

    def round(self, now: datetime) -> int:
        """Dials what is due now; how many. Raises `redis.RedisError` and `SQLAlchemyError`."""
        team = self._staff.now()
        open_ = self._callbacks.open()
        self._give_up(open_, team, now)
        if not any(it.state == "booked" for it in open_):
            return 0
        made = self._callbacks.made_since(_midnight(now, team))
        dialled = 0
        for name, queue in team.queues.items():
            if queue.callback is None or not any(it.queue == name and it.state == "booked" for it in open_):
                continue
            shared = {other for agent in team.members(name) for other in team.queues_of(agent.id)}
            under_way = sum(it.queue in shared and it.state in ("calling", "waiting") for it in open_) + dialled
            calls = rules.Calls(under_way, made.get(name, 0))
            if not self._board.takes_callers(queue, team, now):
                continue
            due = self._due(team, name, open_, calls, now)
            for callback in due:
                dialled += self._dial(callback, queue, now)
        return dialled

    def _due(self, team: Team, name: str, open_: list[Callback], calls: rules.Calls, now: datetime) -> list[Callback]:
        known = {it.id: it for it in open_ if it.queue == name and it.state == "booked"}
        waiting = [
            rules.Callback(
                it.id, name, "", it.language, it.arrived, it.arrived - it.place, it.tries, it.next_at.timestamp()
            )
            for it in known.values()
        ]
        agents = {agent.id: agent for agent in team.members(name)}
        free = [
            Free(agents[it.name], it.idle_since, it.last_offered, it.calls)
            for it in self._queues.agents(sorted(agents))
            if it.state == "available"
        ]
        live = [
            Waiter(it.sid, name, it.language, it.arrived, it.arrived - it.order)
            for it in self._queues.heads([name], len(agents) + 1)
        ]
        found = rules.due(team, name, waiting, live, free, calls, now.timestamp())
        return [known[it.id] for it in found]

    def _dial(self, callback: Callback, queue: Queue, now: datetime) -> bool:
        number = self._numbers.open(callback.number_sealed or "", callback.id)
        if number is None or queue.callback is None:
            self._callbacks.cancel(callback.id, "the service", "its number can no longer be read", now)
            return False
        if not self._callbacks.call(callback.id, now):
            return False  # somebody cancelled it a moment ago
        url = f"{self._base}/callback/{callback.id}"
        try:
            sid = self._carrier.create_call(
                to=number, from_=callback.shown, url=f"{url}/0", status_url=f"{url}/status", ring=RINGS
            )
        except NoAnswer:
            log.warning("nobody knows whether callback %s rings; it counts as tried", callback.id)
            return True
        except RestError as error:
            log.warning("callback %s was not dialled: %s", callback.id, error)
            self.not_reached(callback, "not dialled" if isinstance(error, NotDone) else "refused", now)
            return False
        self._callbacks.called(callback.id, sid)
        return True

    def not_reached(self, callback: Callback, why: str, now: datetime, leg_sid: str | None = None) -> bool:
        """A try came to nothing: the next is later, unless it was the last."""
        queue = self._staff.now().queues.get(callback.queue)
        return not_reached(self._callbacks, callback, queue, why, now, leg_sid)

    def _give_up(self, open_: list[Callback], team: Team, now: datetime) -> None:
        """Those of which nothing was heard were not answered; those of a queue that is gone are over."""
        for it in open_:
            if it.queue not in team.queues or team.queues[it.queue].callback is None:
                self._callbacks.cancel(it.id, "the service", "its queue offers no callbacks any more", now)
            elif it.called_at is not None and it.state != "booked" and self._heard_last(it, now):
                if it.state == "talking":
                    self._callbacks.done(it.id, now)
                else:
                    self.not_reached(it, "no answer" if it.state == "calling" else "hung up before an agent came", now)

    def _heard_last(self, it: Callback, now: datetime) -> bool:
        """Whether nothing more is to come of a try: nobody rings any more, or waits or talks."""
        if it.state == "calling":
            return it.called_at is not None and now - it.called_at > LOST
        return it.called_at is not None and now - it.called_at > SETTLED and not self._queues.caller(it.leg_sid or "")


def not_reached(
    callbacks: Callbacks, callback: Callback, queue: Queue | None, why: str, now: datetime, leg_sid: str | None = None
) -> bool:
    """Notes a try that came to nothing; whether it was noted now."""
    found = callbacks.get(callback.id)
    offer = queue.callback if queue else None
    tries = found.tries if found else callback.tries
    again = now + timedelta(seconds=offer.again) if offer and tries < offer.tries else None
    return callbacks.not_reached(callback.id, leg_sid, again, now, why)


def _midnight(now: datetime, team: Team) -> datetime:
    """When the day began, where the team's clocks stand."""
    return now.astimezone(team.zone or UTC).replace(hour=0, minute=0, second=0, microsecond=0)
