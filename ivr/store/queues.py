"""The queues in Redis: who waits where, which agent is what, and the offers that bring the two together.

The slot of the queues is the authority on who waits and who talks with whom; a call only learns of it. All of it
lies in one slot, so each change is one script that Redis runs whole:

    {queues}:caller:<sid>               hash        where they wait, since when, and in which state they are
    {queues}:queue:<queue>              sorted set  all who wait in a queue, those with an offer too, by order
    {queues}:head:<queue>:<language>    sorted set  those without an offer: whom an agent could have next
    {queues}:languages:<queue>          set         the languages of which there is a head
    {queues}:agent:<name>               hash        what an agent is, since when, and why
    {queues}:offer:<id>                 hash        one caller offered to one agent; kept for a day
    {queues}:answers:<queue>            list        what was kept of the latest answers
    {queues}:place:<sid>                text        the order of somebody who has yet to join
    {queues}:due                        sorted set  what somebody must look at, by the second in which
    {queues}:changes                    stream      what agents became, and said of calls, on its way into SQL

    a caller    waiting -> offered -> talking -> gone      offered -> waiting where nobody took them
    an agent    away <-> available -> offered -> talking -> wrap_up -> available

`order` is the second of arrival less a head start: who has waited longest comes first, and a head start of n
seconds overtakes those who came up to n seconds earlier, never more. Moments are seconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, Literal, cast

from redis import Redis

from ivr.store import queue_keys as key
from ivr.store.queue_rows import (
    AgentIs,
    AgentState,
    CallerIs,
    Due,
    Offer,
    OfferIs,
    Waiting,
    as_agent,
    as_offer,
    as_waiting,
)

__all__ = ["AgentIs", "AgentState", "CallerIs", "Due", "Offer", "OfferIs", "Queues", "Waiting"]

KEPT_SECONDS = 24 * 3600
"""How long an offer is kept: a webhook of it that comes late must still find how it ended."""

KEPT_ANSWERS = 100


class Queues:
    """The queues in one Redis. Safe between threads. Every method raises `redis.RedisError` where it is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        folder = files("ivr.store") / "lua"
        names = ("join", "heard", "heads", "move", "note", "wrap")
        tells = ("offer", "accept", "release", "leave", "finish", "agent")  # what changes an agent tells of it
        changed = (folder / "queue_changed.lua").read_bytes()
        self._scripts = {name: redis.register_script((folder / f"queue_{name}.lua").read_bytes()) for name in names}
        for name in tells:
            self._scripts[name] = redis.register_script(changed + (folder / f"queue_{name}.lua").read_bytes())

    def join(self, waiting: Waiting, *, room: int = 0, heard_by: float) -> tuple[bool, int]:
        """Lets a caller wait; one who waits already stays where they are.

        (True, how many are before them), or (False, how many wait) where that is as many as there is `room` for
        (0 is any number). By `heard_by` somebody must have joined them again, or they become due.
        """
        it = waiting
        keys = [
            key.caller(it.sid),
            key.queue(it.queue),
            key.head(it.queue, it.language),
            key.DUE,
            key.languages(it.queue),
        ]
        args = _texts(it.sid, it.queue, it.language, it.arrived, it.order, room, heard_by, it.facts)
        joined, number = cast(list[int], self._scripts["join"](keys=keys, args=args))
        return bool(joined), number

    def heard(self, sid: str, queue: str, *, heard_by: float, carrier_queue: str = "") -> tuple[Waiting, int] | None:
        """Somebody heard of a caller: they, and how many are before them (-1 while they talk); None for any other.

        `queue` is where they are thought to be; who was moved is in another (`Waiting.queue`), and their place is
        the one there. By `heard_by` they must have been heard of again, or they become due.
        """
        keys = [key.caller(sid), key.queue(queue), key.DUE]
        found = cast(list[Any], self._scripts["heard"](keys=keys, args=_texts(sid, heard_by, carrier_queue)))
        if not found:
            return None
        texts = [_text(it) for it in found[1:]]
        waiting = as_waiting(sid, dict(zip(texts[::2], texts[1::2], strict=True)))
        if waiting is None:
            return None
        if waiting.queue == queue:
            return waiting, int(found[0])
        before = self.position(waiting.queue, sid)
        return waiting, -1 if before is None else before

    def offer(self, offer: Offer) -> bool:
        """Claims a caller and an agent for each other; False where either is no longer free."""
        it = offer
        keys = [key.offer(it.id), key.caller(it.sid), key.agent(it.agent), key.head(it.queue, it.language), key.DUE]
        keys.append(key.CHANGES)
        args = _texts(it.id, it.sid, it.agent, it.made, it.deadline, it.why, KEPT_SECONDS, it.queue)
        return bool(self._scripts["offer"](keys=keys, args=args))

    def accept(self, offer: Offer, now: float, note: str = "") -> bool:
        """The agent takes the call. True as often as it is asked while it is theirs, False once it is not.

        `note` is kept of it, once, among the queue's latest answers.
        """
        keys = [key.offer(offer.id), key.caller(offer.sid), key.agent(offer.agent), key.queue(offer.queue), key.DUE]
        keys += [key.answers(offer.queue), key.CHANGES]
        return bool(self._scripts["accept"](keys=keys, args=_texts(offer.id, now, note, KEPT_ANSWERS)))

    def came(self, offer: Offer, now: float, deadline: float) -> bool:
        """The caller's leg has come to an offer, whose agent's phone rings from now on, until the deadline.

        False where it stands no longer. It may be asked again.
        """
        args = _texts("ringing", "", "came", now, "deadline", deadline)
        noted = bool(self._scripts["note"](keys=[key.offer(offer.id)], args=args))
        if noted:
            self.look_again(Due("offer", offer.id), deadline)
        return noted

    def answers(self, queue: str) -> list[str]:
        """What was kept of a queue's latest answers, the newest first."""
        return [_text(it) for it in cast(list[bytes], self._redis.lrange(key.answers(queue), 0, -1))]

    def release(self, offer: Offer, now: float, ended: OfferIs, agent: AgentIs, reason: str = "") -> bool:
        """Ends an offer that nobody took: the caller is back in their place, the agent becomes `agent`.

        False where it stands no longer, or was taken.
        """
        keys = [
            key.offer(offer.id),
            key.caller(offer.sid),
            key.agent(offer.agent),
            key.head(offer.queue, offer.language),
            key.DUE,
            key.CHANGES,
        ]
        return bool(self._scripts["release"](keys=keys, args=_texts(offer.id, now, agent, reason, ended)))

    def leave(self, sid: str, now: float) -> CallerIs | None:
        """Takes a caller out who waits no longer; an agent whom they were offered to is free again.

        What they were before; "talking" leaves them, None was not waiting at all.
        """
        while True:
            caller = self.caller(sid)
            if caller is None:
                return None
            offer = self.offered(caller.offer) if caller.offer else None
            keys = [key.caller(sid), key.queue(caller.queue), key.head(caller.queue, caller.language), key.DUE]
            keys += [key.offer(caller.offer), key.agent(offer.agent if offer else ""), key.CHANGES]
            args = _texts(sid, now, caller.offer, caller.queue)
            was = cast(bytes, self._scripts["leave"](keys=keys, args=args)).decode()
            if was != "changed":
                return cast(CallerIs, was) if was else None

    def move(self, sid: str, queue: str) -> bool:
        """Lets a caller who waits wait in another queue, by the same order: who waited longest is first there, too.

        False where they do not wait (any more), or an agent is being offered to them. Their call learns of it when
        it is next `heard`.
        """
        caller = self.caller(sid)
        if caller is None or caller.queue == queue:
            return caller is not None
        keys = [key.caller(sid), key.queue(caller.queue), key.head(caller.queue, caller.language)]
        keys += [key.queue(queue), key.head(queue, caller.language), key.languages(queue)]
        args = _texts(sid, caller.queue, queue, caller.language)
        return bool(self._scripts["move"](keys=keys, args=args))

    def send_on(self, offer_id: str, onward: str) -> bool:
        """Keeps where the caller goes when the agent hangs up: `queue:NAME`, `step:NAME` or `dial:+1…`; "" is nowhere.

        False where nobody talks on this offer.
        """
        args = _texts("taken", "", "onward", onward)
        return bool(self._scripts["note"](keys=[key.offer(offer_id)], args=args))

    def set_wrap_code(self, offer_id: str, code: str, note: str) -> bool:
        """Keeps what an agent says of a call that they have or had; False where there was no talk."""
        keys = [key.offer(offer_id), key.CHANGES]
        return bool(self._scripts["wrap"](keys=keys, args=_texts(offer_id, code, note)))

    def finish(self, offer: Offer, now: float, wrap_until: float = 0.0) -> bool:
        """Ends a talk: the caller is forgotten, the agent wraps up until then (0: is available at once).

        False where there was no talk, or it has ended before.
        """
        keys = [key.offer(offer.id), key.caller(offer.sid), key.agent(offer.agent), key.DUE, key.CHANGES]
        args = _texts(offer.id, offer.sid, offer.agent, now, wrap_until)
        return bool(self._scripts["finish"](keys=keys, args=args))

    def set_agent(self, name: str, state: Literal["away", "available"], now: float, reason: str = "") -> bool:
        """Makes an agent away or available. False where that waits until the call that they have is over."""
        args = _texts(name, state, reason, now, "")
        return bool(self._scripts["agent"](keys=[key.agent(name), key.DUE, key.CHANGES], args=args) == 1)

    def wrapped(self, name: str, now: float) -> bool:
        """Ends the wrap-up of an agent, if it is over; whether it was."""
        args = _texts(name, "available", "", now, "wrapped")
        return bool(self._scripts["agent"](keys=[key.agent(name), key.DUE, key.CHANGES], args=args))

    def caller(self, sid: str) -> Waiting | None:
        """A caller who waits, has an offer or talks; None for any other."""
        return self.callers([sid])[0]

    def callers(self, sids: Sequence[str]) -> list[Waiting | None]:
        """The same for several, in one round trip."""
        return [as_waiting(sid, it) for sid, it in zip(sids, self._hashes(map(key.caller, sids)), strict=True)]

    def agents(self, names: Sequence[str]) -> list[AgentState]:
        """What agents are, in one round trip; one of whom nothing is known is away."""
        return [as_agent(name, it) for name, it in zip(names, self._hashes(map(key.agent, names)), strict=True)]

    def offered(self, id_: str) -> Offer | None:
        """An offer, also one that has ended; None where it is unknown or older than a day."""
        it = self._hashes([key.offer(id_)])[0]
        return as_offer(id_, it) if it.get("sid") else None

    def heads(self, queues: Sequence[str], most: int) -> list[Waiting]:
        """Who of these queues could be offered next: the first `most` of each language, in order. One round trip."""
        args = [str(most).encode(), key.caller(""), *(key.head(queue, "") for queue in queues)]
        rows = cast(list[list[bytes]], self._scripts["heads"](keys=[key.languages(it) for it in queues], args=args))
        found = []
        for row in rows:
            sid, *texts = map(_text, row)
            waiting = as_waiting(sid, dict(zip(texts[::2], texts[1::2], strict=True)))
            if waiting is not None and waiting.state == "waiting":
                found.append(waiting)
        return sorted(found, key=lambda it: (it.order, it.sid))

    def everybody(self, queue: str, most: int = 1000) -> list[str]:
        """The sids of all who wait in a queue, in order, at most so many."""
        return [_text(sid) for sid in cast(list[bytes], self._redis.zrange(key.queue(queue), 0, most - 1))]

    def position(self, queue: str, sid: str) -> int | None:
        """How many are before a caller; None where they do not wait in this queue."""
        return cast("int | None", self._redis.zrank(key.queue(queue), sid))

    def keep_place(self, sid: str, order: float) -> None:
        """Somebody who will join has a place already: one who is called back."""
        self._redis.set(key.place(sid), repr(order), ex=KEPT_SECONDS)

    def kept_place(self, sid: str) -> float | None:
        """The place that a caller has before they join; None for most."""
        order = cast("bytes | None", self._redis.get(key.place(sid)))
        return None if order is None else float(order)

    def size(self, queue: str) -> int:
        """How many wait in a queue."""
        return self._redis.zcard(key.queue(queue))

    def due(self, now: float, most: int = 200) -> list[Due]:
        """What must be looked at by now, the longest due first. It stays due until something is done about it."""
        found = cast(list[bytes], self._redis.zrangebyscore(key.DUE, "-inf", now, start=0, num=most))
        return [Due(*cast(Any, _text(entry).split(":", 1))) for entry in found]

    def look_again(self, due: Due, at: float) -> None:
        """Puts what is due off until `at`."""
        self._redis.zadd(key.DUE, {_due(due): at}, xx=True)

    def forget(self, due: Due) -> None:
        """Makes due no longer what nothing is behind."""
        self._redis.zrem(key.DUE, _due(due))

    def _hashes(self, keys: Iterable[bytes]) -> list[dict[str, str]]:
        pipeline = self._redis.pipeline(transaction=False)
        for name in keys:
            pipeline.hgetall(name)
        return [{name.decode(): _text(value) for name, value in it.items()} for it in pipeline.execute()]


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")


def _texts(*args: str | float) -> list[bytes]:
    # A sid comes from outside: text that UTF-8 refuses must name an unknown caller, not raise.
    return [it.encode("utf-8", "surrogatepass") if isinstance(it, str) else repr(it).encode() for it in args]


def _due(due: Due) -> bytes:
    return f"{due.kind}:{due.name}".encode("utf-8", "surrogatepass")
