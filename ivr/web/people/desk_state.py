"""What one person's desk shows: what they are, the call that they have, their queues, and their tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ivr.menu.team import Agent, Team
from ivr.store.callbacks import Callback
from ivr.store.messages import Message
from ivr.store.people import Person
from ivr.store.queues import AgentState, Offer
from ivr.switchboard.roles import may
from ivr.web.people.desk_known import known_call, seconds, shown_call
from ivr.web.people.office import office

LATELY = timedelta(days=2)
"""Callbacks that were due before are not shown any more."""


def agent_of(person: Person) -> Agent | None:
    """Who somebody is in team.yaml; None for who takes no calls."""
    return office().staff.now().agents.get(person.agent or "")


def reach(person: Person) -> tuple[str, ...] | None:
    """The queues whose messages and callbacks somebody works through; None is all, those of no queue too."""
    if may(person.role, "supervise"):
        return None
    agent = agent_of(person)
    return office().staff.now().queues_of(agent.id) if agent else ()


def state_of(person: Person) -> dict[str, Any]:
    """The state of somebody's desk. Raises RedisError and SQLAlchemyError."""
    team, agent, queues = office().staff.now(), agent_of(person), reach(person)
    it = office().queues.agents([agent.id])[0] if agent else None
    lately = office().clock() - LATELY
    return {
        "me": _me(agent, it) if agent and it else None,
        "call": _call(team, agent, it) if agent and it else None,
        "queues": _queues(team, agent.id) if agent else [],
        "messages": [shown_message(one) for one in office().messages.open(queues)],
        "done": [shown_message(one) for one in office().messages.done(queues, most=10)],
        "callbacks": [shown_callback(one) for one in office().callbacks.open(queues)],
        "over": [shown_callback(one) for one in office().callbacks.ended(queues, since=lately, most=10)],
    }


def _me(agent: Agent, it: AgentState) -> dict[str, Any]:
    return {
        "name": agent.full_name,
        "state": it.state,
        "reason": it.reason,
        "since": it.since,
        "next": it.next,
        "next_reason": it.next_reason,
        "wrap_until": it.wrap_until,
        "calls": it.calls,
    }


def _call(team: Team, agent: Agent, it: AgentState) -> dict[str, Any] | None:
    """The call that is offered to them or that they have; while they wrap up, the one that they had."""
    offer = office().queues.offered(it.offer or (it.last if it.state == "wrap_up" else ""))
    if offer is None or (it.offer and offer.state not in ("ringing", "taken")):
        return None
    caller = office().queues.caller(offer.sid)
    saved = office().calls.open(offer.sid)  # what it does next (it is moved, it talks) is to be seen, too
    call = known_call(offer.sid, str(saved.seq), agent.languages[0]) if saved else None
    queue = team.queues.get(offer.queue)
    before = [office().queues.offered(it) for it in call.offers if it != offer.id] if call else []
    return {
        "id": offer.id,
        "sid": offer.sid,
        "state": offer.state,
        "queue": offer.queue,
        "language": offer.language,
        "arrived": caller.arrived if caller else None,
        "made": offer.made,
        "taken": offer.taken or None,
        "over": offer.over or None,
        "why": offer.why,
        "onward": offer.onward,
        "code": offer.code,
        "note": offer.note,
        "codes": list(queue.wrap_up_codes) if queue else [],
        "press": queue.press_to_accept if queue else True,
        "queues": [name for name in team.queues if name != offer.queue],
        "before": [
            {"agent": team.agents[it.agent].full_name, "queue": it.queue, "code": it.code, "note": it.note}
            for it in before
            if it and it.agent in team.agents
        ],
        "known": shown_call(call) if call else None,
    }


def mine(person: Person, offer_id: str) -> Offer | None:
    """An offer, if it is this person's."""
    agent = agent_of(person)
    offer = office().queues.offered(offer_id)
    return offer if agent and offer and offer.agent == agent.id else None


def _queues(team: Team, agent: str) -> list[dict[str, Any]]:
    queues = office().queues
    found = []
    for name in team.queues_of(agent):
        first = queues.callers(queues.everybody(name, 1))
        states = queues.agents([it.id for it in team.members(name)])
        found.append(
            {
                "name": name,
                "waiting": queues.size(name),
                "first": next((it.arrived for it in first if it), None),
                "free": sum(it.state == "available" for it in states),
                "there": sum(it.state != "away" for it in states),
            }
        )
    return found


def shown_message(it: Message) -> dict[str, Any]:
    """A message as the desk shows it."""
    return {
        "id": it.id,
        "box": it.box,
        "left": seconds(it.left_at),
        "seconds": it.seconds,
        "audio": it.audio,
        "line": it.line or "",
        "language": it.language or "",
        "caller": f"…{it.last4}" if it.last4 else "",
        "by": it.resolved_by or "",
        "resolved": seconds(it.resolved_at),
        "note": it.note or "",
    }


def shown_callback(it: Callback) -> dict[str, Any]:
    """A callback as the desk shows it."""
    return {
        "id": it.id,
        "queue": it.queue,
        "line": it.line,
        "language": it.language,
        "caller": f"…{it.number_last4}" if it.number_last4 else "",
        "state": it.state,
        "tries": it.tries,
        "booked": seconds(it.booked_at),
        "next": seconds(it.next_at),
        "ended": seconds(it.ended_at),
        "who": it.who or "",
        "why": it.why or "",
    }
