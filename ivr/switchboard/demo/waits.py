"""What a caller's leg goes through in a queue, on the real engine: the pieces of the wait, the agents, the way out.

As with a carrier that can be asked to move a leg: it comes to an offer at once.
"""

from __future__ import annotations

from typing import Literal

from ivr.call import says
from ivr.call.inputs import Accepted, Dialed, HungUp, Offered, QueueLeft, Released, Waited
from ivr.call.state import Turn
from ivr.call.wants import Want
from ivr.menu.team import Queue
from ivr.switchboard.demo.persona import Persona
from ivr.switchboard.demo.tape import Tape
from ivr.switchboard.demo.visits import Ring, Visit
from ivr.switchboard.demo.walk import MaySurveys, World, over, walk, words

PIECE = 25.0
"""Seconds of hold audio in a piece of the wait."""

LOW, HIGH = 0.15, 1.5
"""The range that is told, of what is expected."""

LEAST_TOLD = 20.0
"""Seconds: of a shorter wait nothing is said."""

BORED, MOST_BORED = 700.0, 0.4
"""A wait of so many seconds takes all of a caller's good mood away, but never more than that."""


def wait(tape: Tape, visit: Visit, caller: Persona, world: World, may_survey: MaySurveys) -> Want | None:
    """Goes from the want to join until the call is over. Gives another want to join, where the caller comes to that."""
    queue = visit.queue
    if not visit.outcome or visit.outcome in ("full", "nobody_in", "closed"):
        caller.mood -= 0.15
        exit_: Literal["full", "nobody_in", "closed"] = visit.outcome or "closed"
        return walk(tape, tape.take(Released(tape.at(), exit_)), caller, world, may_survey)
    turn = tape.take(_waited(tape, visit, 0))
    rings = list(visit.rings)
    while True:
        queued = tape.call.queued
        k = queued.k + 1 if queued else 1
        comes = tape.now + _seconds(turn)
        if rings and rings[0].at <= comes:
            ring = rings.pop(0)
            turn = _offered(tape, visit, ring)
            if ring.taken is None:
                continue
            turn = _talked(tape, visit, ring, caller)
            if tape.call.ended:
                over(tape, turn)
                return None
            return walk(tape, turn, caller, world, may_survey)
        if visit.outcome != "answered" and not rings and visit.over <= comes:
            tape.now = max(tape.now, visit.over)
            return _out(tape, visit, k, queue, caller, world, may_survey)
        tape.now = comes
        turn = tape.take(_waited(tape, visit, k))


def _seconds(turn: Turn) -> int:
    """How long a piece of the wait is."""
    closing = turn.says[-1] if turn.says else None
    if isinstance(closing, says.Wait):
        return max(1, round(words(turn) + closing.seconds))
    return 1


def _waited(tape: Tape, visit: Visit, k: int, keys: str = "", piece: float = PIECE) -> Waited:
    """What a webhook of the wait brings: the place, the wait as a range, which keys there are."""
    queue, at = visit.queue, tape.now
    place, offer = visit.place(at), visit.queue.callback
    pace = place * visit.pace
    tells = pace * HIGH >= LEAST_TOLD
    late = offer is not None and visit.known and at - visit.joined >= offer.after
    return Waited(
        tape.at(),
        k,
        keys,
        place,
        round(pace * LOW) if tells else None,
        round(pace * HIGH) if tells else None,
        announce=queue.announce,
        hold=queue.hold or "",
        leave=queue.leave,
        callback=offer.digit if offer is not None and late else "",
        own=late,
        allow=" ".join(queue.allow),
        queue=queue.name,
        piece=piece,
    )


def _offered(tape: Tape, visit: Visit, ring: Ring) -> Turn:
    """An agent's phone rings for them."""
    agent, queue = ring.member.agent, visit.queue
    tape.now = max(tape.now, ring.at)
    turn = tape.take(Offered(tape.at(), ring.offer, agent.id, agent.address, queue.ring, ring.why, queue.name))
    if ring.taken is None:
        tape.now = ring.ends
        turn = tape.take(Dialed(tape.at(), "no_answer"))
    return turn


def _talked(tape: Tape, visit: Visit, ring: Ring, caller: Persona) -> Turn:
    """The agent takes the call, and the two talk."""
    taken = max(ring.taken or 0, tape.now)
    tape.now = taken
    tape.take(Accepted(tape.at(), ring.offer))
    waited = taken - visit.joined
    caller.mood += 0.1 + ring.member.liked - min(MOST_BORED, waited / BORED) + caller.dice.gauss(0, 0.06)
    caller.served = True
    tape.now = ring.ends
    return tape.take(Dialed(tape.at(), "answered", ring.ends - taken, hung_up=ring.hung_up))


def _out(
    tape: Tape, visit: Visit, k: int, queue: Queue, caller: Persona, world: World, may_survey: MaySurveys
) -> Want | None:
    """Another way out than an agent."""
    caller.mood -= min(MOST_BORED, (visit.over - visit.joined) / BORED)
    match visit.outcome:
        case "abandoned":
            turn = tape.take(QueueLeft(tape.at(), "hangup"))
            tape.take(HungUp(tape.at()))
            return None
        case "timed_out":
            tape.take(Released(tape.at(), "timed_out"))
        case "left":
            tape.take(_waited(tape, visit, k, queue.leave))
            tape.take(Released(tape.at(), "left"))
            caller.wish = None
        case "callback_booked":
            assert queue.callback is not None  # noqa: S101 - else nobody books
            tape.take(_waited(tape, visit, k, queue.callback.digit))
            tape.now += 6
            tape.take(_waited(tape, visit, k + 1, "1"))
            tape.take(Released(tape.at(), "callback_booked"))
    tape.now += 2 if visit.outcome != "callback_booked" else 8
    turn = tape.take(QueueLeft(tape.at(), "leave"))
    return walk(tape, turn, caller, world, may_survey)
