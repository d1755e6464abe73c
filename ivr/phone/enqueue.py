"""Enqueue: a caller waits in a queue of the carrier, with documents of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from ivr.phone.audio import LONGEST
from ivr.phone.events import CarrierError, Queued
from ivr.phone.leg import Leg
from ivr.phone.loop import Pass, Waits
from ivr.phone.signals import Dequeued, Gone, Moved, Other, Over
from ivr.phone.twiml import WAIT, WHISPER, Enqueue
from ivr.phone.webhook import Fetch

SHORTEST = 1.0
"""Seconds between two requests of the same wait document: one that took no time is not asked for at once."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who waits, and since when."""

    leg: Leg
    since: datetime

    def waited(self, now: datetime) -> int:
        """Whole seconds."""
        return int((now - self.since).total_seconds())


@dataclass(slots=True)
class Queue:
    """A queue: "names up to 64 characters, made on demand; default size 1000, at most 5000"."""

    name: str
    sid: str = field(default_factory=lambda: f"QU{uuid4().hex}")
    max_size: int = 1000
    members: list[Member] = field(default_factory=list)

    def leave(self, leg: Leg) -> None:
        """Take a leg out, if it is in."""
        self.members = [one for one in self.members if one.leg is not leg]

    def average(self, now: datetime) -> int:
        """ "AvgQueueTime averages those *now waiting*: no estimate."""
        return round(sum(one.waited(now) for one in self.members) / len(self.members)) if self.members else 0


@dataclass(slots=True)
class _Stay:
    """A caller's time in a queue, and what the action is told of it."""

    verb: Enqueue
    leg: Leg
    queue: Queue
    member: Member
    taken_at: datetime | None = None

    def action(self, result: str) -> Fetch | None:
        """The request to Enqueue's action; None where there is no action."""
        until = self.taken_at or self.leg.exchange.clock.now()
        told = {"QueueResult": result, "QueueSid": self.queue.sid, "QueueTime": str(self.member.waited(until))}
        return Fetch(self.verb.action, self.verb.method, told) if self.verb.action else None

    def tell(self, result: str) -> Waits:
        """Tell the action, whose answer counts for nothing, before or after the new URL of a caller who was moved.

        "A member moved by REST causes **two requests**: the new URL is fetched, and Enqueue's action is called at
        once with `QueueResult=redirected`, in no documented order."
        """
        if (told := self.action(result)) is None:
            return
        if self.leg.faults.action_first:
            yield from self.leg.notify(told)
        else:
            self.leg.exchange.spawn(self.leg.notify_later(told), after=0.001)


def enqueue(verb: Enqueue, leg: Leg, converse: Callable[..., Waits]) -> Waits:
    """A Fetch of the action when the caller leaves the queue; without one None, and the document goes on.

    "`action` is requested at once on Leave or a REST dequeue, but after the bridge ends on Dial. `QueueResult`:
    bridged, bridging-in-process, error, hangup, leave, redirected, redirected-from-bridged, queue-full,
    system-error."
    """
    leg.answer()
    queue = leg.exchange.queue(verb.name)
    stay = _Stay(verb, leg, queue, Member(leg, leg.exchange.clock.now()))
    if len(queue.members) >= queue.max_size:
        return stay.action("queue-full")
    queue.members.append(stay.member)
    leg.hear(Queued(verb.name))
    leg.holder.waits_in_queue()
    try:
        over = yield from _hold(verb, leg, queue, stay.member, converse)
        return Over(over.by, stay.action("hangup"), over.status) if isinstance(over, Over) else stay.action("leave")
    except Dequeued as taken:
        stay.taken_at = leg.exchange.clock.now()
        return (yield from _bridged(taken, stay, converse))
    except Gone as gone:
        raise Gone(Over(gone.over.by, stay.action("hangup"), gone.over.status)) from None
    except Moved:
        queue.leave(leg)
        yield from stay.tell("redirected")
        raise
    finally:
        queue.leave(leg)


def _hold(verb: Enqueue, leg: Leg, queue: Queue, member: Member, converse: Callable[..., Waits]) -> Waits:
    """The wait document, "asked for again when it runs out": a Leave, or how the call is Over."""
    clock = leg.exchange.clock
    while True:
        began = clock.now()
        if verb.wait_url is None:
            yield Pass(LONGEST)
            return Over("line")
        params = {
            "QueuePosition": str(queue.members.index(member) + 1),
            "QueueSid": queue.sid,
            "QueueTime": str(member.waited(began)),
            "AvgQueueTime": str(queue.average(began)),
            "CurrentQueueSize": str(len(queue.members)),
            "MaxQueueSize": str(queue.max_size),
        }
        result = yield from converse(leg, Fetch(verb.wait_url, verb.wait_method, params), WAIT)
        if result is not None:
            return result
        if (short := SHORTEST - (clock.now() - began).total_seconds()) > 0:
            yield Pass(short)


def _bridged(taken: Dequeued, stay: _Stay, converse: Callable[..., Waits]) -> Waits:
    """Taken by a Dial: the document for those who were taken, the talk, and then the action."""
    leg = stay.leg
    over: Over | None = None
    try:
        if taken.first is not None:
            over = yield from converse(leg, taken.first, WHISPER)
        if over is None:
            taken.by.signal(Other(leg, "ready"))
            yield Pass(2 * LONGEST, (Other,))
            return stay.action("bridged")
    except Gone as gone:
        over = gone.over
    except Moved:
        taken.by.signal(Other(leg, "over"))
        yield from stay.tell("redirected-from-bridged")
        raise
    except CarrierError:
        taken.by.signal(Other(leg, "over"))
        raise
    result = "bridged" if leg.partner is not None else "hangup"
    taken.by.signal(Other(leg, "over"))
    return Over(over.by, stay.action(result), over.status)
