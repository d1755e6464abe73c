"""What the slot of the queues keeps of callers, agents and offers, as data. Moments are seconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

AgentIs = Literal["away", "available", "offered", "talking", "wrap_up"]
CallerIs = Literal["waiting", "offered", "talking"]
OfferIs = Literal["ringing", "taken", "over", "left", "missed", "declined", "failed", "expired"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller in a queue. `facts` is text of whoever put them there."""

    sid: str
    queue: str
    language: str
    arrived: float
    order: float
    state: CallerIs = "waiting"
    offer: str = ""
    facts: str = ""
    carrier_queue: str = ""  # what the carrier calls the queue that their leg is in: needed to move it
    heard_by: float = 0.0  # when they should have been heard of


@dataclass(frozen=True, slots=True)
class AgentState:
    """What an agent is. `next` is what they chose to be when the call that they have is over; `last` the offer that
    they talked on last.
    """

    name: str
    state: AgentIs = "away"
    reason: str = ""
    since: float = 0.0
    idle_since: float = 0.0
    last_offered: float = 0.0
    calls: int = 0
    offer: str = ""
    next: str = ""
    next_reason: str = ""
    wrap_until: float = 0.0
    last: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One caller offered to one agent, until a deadline; `why` says in a sentence why these two.

    `came` is when the caller's leg was there and the agent's phone began to ring. `onward` is where the agent sends
    the caller afterwards, `code` and `note` what they say of the call.
    """

    id: str
    sid: str
    agent: str
    queue: str
    language: str
    made: float
    deadline: float
    state: OfferIs = "ringing"
    why: str = ""
    came: float = 0.0
    taken: float = 0.0
    over: float = 0.0
    onward: str = ""
    code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time has come: an offer's deadline, a wrap-up's end, a caller not heard of."""

    kind: Literal["offer", "wrap", "caller"]
    name: str


def as_waiting(sid: str, it: dict[str, str]) -> Waiting | None:
    """A caller of the fields of their hash; None of none."""
    if not it:
        return None
    known: dict[str, Any] = {name: it[name] for name in ("queue", "language", "state")}
    known |= {name: float(it[name]) for name in ("arrived", "order", "heard_by")}
    known |= {name: it.get(name, "") for name in ("offer", "facts", "carrier_queue")}
    return Waiting(sid, **known)


def as_agent(name: str, it: dict[str, str]) -> AgentState:
    """An agent of the fields of their hash."""
    known: dict[str, Any] = {
        field: it[field] for field in ("state", "reason", "offer", "next", "next_reason", "last") if field in it
    }
    known |= {field: float(it[field]) for field in ("since", "idle_since", "last_offered", "wrap_until") if field in it}
    return AgentState(name, calls=int(it.get("calls", 0)), **known)


def as_offer(id_: str, it: dict[str, str]) -> Offer:
    """An offer of the fields of its hash."""
    known: dict[str, Any] = {name: it[name] for name in ("sid", "agent", "queue", "language", "state", "why")}
    known |= {name: float(it.get(name, 0)) for name in ("made", "deadline", "came", "taken", "over")}
    known |= {name: it.get(name, "") for name in ("onward", "code", "note")}
    return Offer(id_, **known)
