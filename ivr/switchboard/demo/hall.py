"""A day of the queues: who comes when is given; who waits how long, and who takes them, comes of it.

Agents take callers in the order in which they came, where they speak their language. Each caller has so much patience.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from math import ceil
from random import Random
from typing import Literal

from ivr.menu.team import Queue, Team
from ivr.routing.people import Free, Waiter
from ivr.routing.strategies import pick, span
from ivr.switchboard.demo.crew import SPREAD, TALK, Member, Shift
from ivr.switchboard.demo.visits import Booking, Change, Outcome, Ring, Visit

PATIENCE = 210.0
"""Seconds that callers are ready to wait, in the mean; a few hang up at once."""

AT_ONCE, LEAVES, BOOKS = 0.03, 0.03, 0.4
"""Who hangs up at once, who leaves by the key, and who books a callback where it is offered."""

PICKS_UP = 0.7
"""How many of those who are called back press 1."""


@dataclass(slots=True, eq=False)
class _Desk:
    """A member at work."""

    shift: Shift
    state: Literal["out", "free", "busy"] = "out"
    idle: float = 0.0
    last: float = 0.0
    calls: int = 0


class Hall:
    """The queues of one day."""

    def __init__(
        self,
        team: Team,
        shifts: Iterable[Shift],
        dice: Random,
        called_back: Callable[[Booking, float], Visit],
        most_back: int,
    ) -> None:
        """`called_back` makes the call of a callback; at most so many are made."""
        self._team = team
        self._dice = dice
        self._called_back = called_back
        self._most_back = most_back
        self._desks = [_Desk(it) for it in shifts]
        self._waiting: list[Visit] = []
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = count()
        self.bookings: list[Booking] = []
        self.changes: list[Change] = []
        self.calls: list[Visit] = []
        """The calls by which somebody was called back."""

    @property
    def called(self) -> int:
        """How many they are."""
        return len(self.calls)

    def run(self, visits: Iterable[Visit], bookings: Iterable[Booking]) -> None:
        """Lets the day go by. What came of each visit is in it, and in the bookings, which may be for another day."""
        self.bookings = list(bookings)
        for visit in visits:
            self._at(visit.base + visit.joined, partial(self._join, visit))
        for desk in self._desks:
            shift = desk.shift
            self._at(shift.begins, partial(self._comes, desk))
            for moment in sorted({shift.lunch, shift.back, shift.ends}):
                self._at(moment, partial(self._clock, desk))
        while self._events:
            now, _, happens = heapq.heappop(self._events)
            happens(now)

    def _at(self, moment: float, happens: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._order), happens))

    # Callers

    def _join(self, visit: Visit, now: float) -> None:
        queue, dice = visit.queue, self._dice
        same = [it for it in self._waiting if it.queue.name == queue.name]
        there = [it for it in self._desks if it.state != "out" and queue.name in it.shift.member.queues]
        if not queue.is_open(datetime.fromtimestamp(now, UTC)):
            visit.outcome = "closed"
        elif not there:
            visit.outcome = "nobody_in"
        elif len(same) >= queue.room_for:
            visit.outcome = "full"
        visit.over = visit.joined
        if visit.outcome:
            return
        visit.over = 10**9
        visit.ahead = same
        if len(there) and not any(it.state == "free" for it in there):
            visit.pace = 0.8 * (TALK + 45) / len(there)
        self._waiting.append(visit)
        way, after = self._gives_up(queue, dice, known=visit.known)
        if after < queue.longest_wait:
            self._at(now + after, partial(self._out, visit, way))
        self._at(now + queue.longest_wait, partial(self._out, visit, "timed_out"))
        self._match(now)

    def _gives_up(self, queue: Queue, dice: Random, *, known: bool) -> tuple[Outcome, int]:
        """By which way, and after how many seconds, a caller stops waiting whom nobody takes."""
        if dice.random() < AT_ONCE:
            return "abandoned", dice.randrange(1, 6)
        patience = 6 + round(dice.weibullvariate(PATIENCE, 1.15))
        offer = queue.callback
        if offer and self._most_back and known and patience > offer.after + 10 and dice.random() < BOOKS:
            return "callback_booked", round(offer.after) + dice.randrange(6, 40)
        return ("left" if dice.random() < LEAVES and patience > 20 else "abandoned"), patience

    def _out(self, visit: Visit, way: Outcome, now: float) -> None:
        if visit.outcome:
            return
        if visit.ringing:  # an agent comes first; they are asked again where nobody takes the call
            self._at(now + 5, partial(self._out, visit, way))
            return
        visit.outcome = way
        visit.over = ceil(now - visit.base - 1e-6)
        self._waiting.remove(visit)
        if way == "callback_booked":
            moment = visit.base + visit.over + 8
            self.bookings.append(Booking(visit, moment, moment))
            self._at(moment, self._match)

    # Agents

    def _comes(self, desk: _Desk, now: float) -> None:
        self._free(desk, now, "set")

    def _clock(self, desk: _Desk, now: float) -> None:
        """Lunch begins or is over, or the shift is: who is busy goes when they are done."""
        if desk.state == "out":
            self._free(desk, now, "set")
        elif desk.state == "free":
            self._leaves(desk, now, "set")

    def _free(self, desk: _Desk, now: float, how: str) -> None:
        """They could take a call now; unless they are at lunch, or done for the day."""
        shift = desk.shift
        if now >= shift.ends or shift.lunch <= now < shift.back:
            if desk.state == "busy":
                self._leaves(desk, now, how)
            return
        desk.state, desk.idle = "free", now
        self.changes.append(Change(shift.member.agent.id, "available", how, now))
        self._match(now)

    def _leaves(self, desk: _Desk, now: float, how: str) -> None:
        shift = desk.shift
        if not (now >= shift.ends or shift.lunch <= now < shift.back):
            return
        desk.state = "out"
        reason = "" if now >= shift.ends else "lunch"
        self.changes.append(Change(shift.member.agent.id, "away", how, now, reason))

    def _match(self, now: float) -> None:
        """As long as somebody waits whom somebody free can take."""
        while True:
            free = [it for it in self._desks if it.state == "free"]
            if not free:
                return
            found = next(((visit, fitting) for visit in self._waiting if (fitting := self._fitting(visit, free))), None)
            due = next((it for it in self.bookings if self._due(it, now)), None)
            first = due is not None and (found is None or due.visit.came < found[0].came)
            if due is not None and first and (fitting := self._fitting(due.visit, free)):
                self._call_back(due, fitting, now)
                continue
            if found is None:
                return
            self._offer(*found, now)

    @staticmethod
    def _fitting(visit: Visit, free: list[_Desk]) -> list[_Desk]:
        if visit.ringing:
            return []
        name, language = visit.queue.name, visit.language
        return [it for it in free if name in it.shift.member.queues and it.shift.member.agent.speaks(language)]

    def _offer(self, visit: Visit, fitting: list[_Desk], now: float) -> None:
        queue, dice = visit.queue, self._dice
        joined = visit.base + visit.joined
        free = [Free(it.shift.member.agent, it.idle, it.last, it.calls) for it in fitting]
        one, why = pick(queue, free, Waiter(visit.sid, queue.name, visit.language, joined), now)
        desk = next(it for it in fitting if it.shift.member.agent is one.agent)
        why = f"{one.agent.id} is the only one free who fits" if len(free) == 1 else f"{one.agent.id} {why}"
        why = f"The caller has waited {span(max(now - joined, 0.0))} and is first in {queue.name}; {why}."
        at = max(ceil(now - visit.base - 1e-6), visit.joined) + 1
        member, rings = desk.shift.member, dice.randrange(2, 9)
        if dice.random() < member.misses:
            ring = Ring(_name(dice), member, at, why, None, at + round(queue.ring), hung_up=False)
        else:
            taken = at + rings
            ends = taken + _talk(member, dice)
            ring = Ring(_name(dice), member, at, why, taken, ends, hung_up=dice.random() < 0.5)
        self._rings(visit, desk, ring, now)

    def _rings(self, visit: Visit, desk: _Desk, ring: Ring, now: float) -> None:
        visit.rings.append(ring)
        visit.ringing = True
        desk.state, desk.last = "busy", now
        base, queue, id_ = visit.base, visit.queue, ring.member.agent.id
        about = {"offer": ring.offer, "sid": visit.sid, "queue": queue.name}
        self.changes.append(Change(id_, "offered", "offered", base + ring.at, **about))
        if ring.taken is None:
            self._at(base + ring.ends, partial(self._missed, visit, desk, about))
            return
        visit.outcome, visit.over = "answered", ring.taken
        if visit in self._waiting:
            self._waiting.remove(visit)
        desk.calls += 1
        self.changes.append(Change(id_, "talking", "taken", base + ring.taken, **about))
        self.changes.append(Change(id_, "wrap_up", "over", base + ring.ends, **about))
        early = self._dice.random() < 0.4
        wraps = round(queue.wrap_up * (self._dice.uniform(0.2, 0.9) if early else 1.0))
        self._at(base + ring.ends + wraps, lambda now: self._free(desk, now, "set" if early else "wrapped"))

    def _missed(self, visit: Visit, desk: _Desk, about: dict[str, str], now: float) -> None:
        """They are away until they say that they are back; the caller has their place."""
        visit.ringing = False
        desk.state = "busy"
        self.changes.append(Change(desk.shift.member.agent.id, "away", "missed", now, "missed a call", **about))
        self._at(now + self._dice.randrange(60, 600), lambda now: self._free(desk, now, "set"))
        self._match(now)

    # Callbacks

    def _due(self, booking: Booking, now: float) -> bool:
        return booking.state == "booked" and booking.next_at <= now and self.called < self._most_back

    def _call_back(self, booking: Booking, fitting: list[_Desk], now: float) -> None:
        """They are rung up; an agent who is free then takes them as the next."""
        dice, offer = self._dice, booking.visit.queue.callback
        booking.tries += 1
        booking.called = now
        rings = dice.randrange(6, 24)
        if dice.random() > PICKS_UP:
            booking.leg = None
            if offer is None or booking.tries >= offer.tries:
                booking.state, booking.ended, booking.why = "failed", now + 30, "no answer"
            else:
                booking.next_at, booking.why = now + 30 + offer.again, "no answer"
                self._at(booking.next_at, self._match)
            return
        visit = self._called_back(booking, now + rings)
        self.calls.append(visit)
        desk = max(fitting, key=lambda it: now - it.idle)
        id_ = desk.shift.member.agent.id
        why = f"The caller is called back as was agreed, and is first in {visit.queue.name}; {id_} is free."
        member, at = desk.shift.member, visit.joined + 1
        taken = at + dice.randrange(2, 8)
        ends = taken + _talk(member, dice)
        ring = Ring(_name(dice), member, at, why, taken, ends, hung_up=dice.random() < 0.5)
        self._rings(visit, desk, ring, visit.base + at)
        booking.state, booking.leg, booking.why = "done", visit.sid, "served"
        booking.ended = visit.base + ring.ends


def _name(dice: Random) -> str:
    return f"{dice.getrandbits(128):032x}"


def _talk(member: Member, dice: Random) -> int:
    """How many seconds a talk takes."""
    return round(min(max(dice.lognormvariate(0, SPREAD) * TALK * member.slow, 15), 1500))
