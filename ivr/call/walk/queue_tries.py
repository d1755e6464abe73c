"""What is tried with a caller who joins a queue, waits, says where to call back, is connected, sent on, or leaves.

What would lead round without end is tried once: a caller says once where to call back, and is moved once. These two,
and being sent on, hang on nothing outside of the wait, and nothing of them is left after it; so they are tried with
one call for each place and language, and every other call takes the exits to which they lead. An agent may send
callers to any step of the line; that is not tried, since then each step would be reached.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import phonenumbers

from ivr.call.inputs import Accepted, Dialed, Offered, QueueLeft, Released, Waited
from ivr.call.state import Call, NumberEntry
from ivr.call.walk.tried import Try
from ivr.menu.flow import Flow
from ivr.menu.steps import Queue

LEAVE, CALLBACK, WRONG = "*", "1", "9"

OTHER = "walk"
"""The queue that callers are moved and sent on to."""


class QueueTries:
    """The tries at a line's queues; `dialed` are the ends of a dialled leg."""

    def __init__(self, flow: Flow, at: datetime, dialed: list[Try]) -> None:
        self._at = at
        self._country = flow.country or "US"
        self._dialed = dialed
        self._within: set[tuple[str, str, str]] = set()  # what some call did, where, in which language
        self._joins = [Try(Waited(at), "waits in the queue"), *map(self._released, _NOT_IN)]
        self._waits = [
            Try(Offered(at, "walk", "walk", "+12125550142"), "an agent is offered"),
            self._pressed(LEAVE),
            *map(self._released, _LET_GO),
            Try(QueueLeft(at, "hangup"), "hangs up while waiting", willing=False),
            Try(QueueLeft(at, "full"), "the carrier's queue is full", willing=False),
        ]
        self._begins = [self._pressed(CALLBACK), self._pressed(CALLBACK, own=False)]
        self._move = Try(Waited(at, 1, queue=OTHER), "is moved to another queue")
        number = phonenumbers.example_number(self._country)
        digits = phonenumbers.national_significant_number(number) if number else ""
        self._entered = {
            "own": [self._pressed(keys) for keys in dict.fromkeys(("1", digits, WRONG, LEAVE, ""))],
            "enter": [self._pressed(keys) for keys in dict.fromkeys((digits, WRONG, LEAVE, ""))],
            "check": [self._pressed(keys) for keys in ("1", "2", WRONG, LEAVE, "")],
        }
        self._left = [self._released("left")]
        self._booked = [self._released("callback_booked"), Try(Waited(at, 1), "cannot be called back", willing=False)]
        self._out = [Try(QueueLeft(at, "leave"), "")]
        self._offered = [Try(Accepted(at, "walk"), "the agent takes it")]
        self._sent_on = [
            Try(Dialed(at, "answered", 60, onward=onward), f"is sent on to {words}")
            for onward, words in (
                (f"queue:{OTHER}", "another queue"),
                ("dial:+12125550142", "a number"),
                ("step:", "a step that is no longer there"),
            )
        ]

    def at_queue(self, act: Queue, call: Call, told: bool) -> list[Try]:
        """What the queues, an agent, the carrier and the caller can do; `told`: the answer to a want."""
        queued = call.queued
        if queued is None or queued.joining:
            return self._joins
        if queued.onward:
            return self._dialed
        if queued.offer:
            if not queued.accepted:
                return [*self._offered, *self._dialed]
            return [*self._dialed, *self._sent_on] if self._first("talks", call) else self._dialed
        if queued.leaving:
            return self._out
        if told:
            return self._booked if queued.asked else self._left
        if isinstance(queued.entry, NumberEntry):
            return self._entered[queued.entry.at]
        if queued.queue != act.queue or queued.entries or not self._first("waits", call):
            return self._waits
        return [*self._waits, self._move, *self._begins]

    def _first(self, what: str, call: Call) -> bool:
        """Whether no call has done this at this place in this language."""
        key = (what, call.place, call.language)
        first = key not in self._within
        self._within.add(key)
        return first

    def _pressed(self, keys: str, *, own: bool = True) -> Try:
        waited = Waited(self._at, 1, keys, leave=LEAVE, callback=CALLBACK, own=own, allow=self._country)
        return Try(waited, keys or "silence", len(keys), willing=keys not in ("", WRONG))

    def _released(self, exit_: _Exit) -> Try:
        return Try(Released(self._at, exit_), f"the queue: {exit_}".replace("_", " "), willing=exit_ in _WANTED)


_Exit = Literal["left", "callback_booked", "timed_out", "full", "nobody_in", "closed"]
_NOT_IN: tuple[_Exit, ...] = ("full", "nobody_in", "closed")
_LET_GO: tuple[_Exit, ...] = ("timed_out", "nobody_in", "closed", "callback_booked")
_WANTED: tuple[_Exit, ...] = ("left", "callback_booked")
