"""The stream of changes in Redis: what agents became, and what they said of calls, until it is in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from redis import Redis

from ivr.store import queue_keys as key

_NUMBERS = 4096
"""More entries than Redis is ever given in one millisecond; if it were, they would still have an order."""


@dataclass(frozen=True, slots=True)
class Became:
    """An agent became something at a moment (aware, UTC). `id` rises; the other fields are those of `agent_states`."""

    id: int
    agent: str
    state: str
    reason: str
    how: str
    at: datetime
    offer: str | None
    sid: str | None
    queue: str | None
    follows: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """What an agent said of a call: a code and a note, either may be empty."""

    id: int
    offer: str
    agent: str
    sid: str
    queue: str
    code: str
    note: str


Change = Became | Said


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One entry of the stream."""

    id: bytes
    fields: Mapping[bytes, bytes]

    def read(self) -> Change:
        """What it says. Raises ValueError, which repeats nothing of its content, where it makes no sense."""
        try:
            it = {name.decode(): _text(value) for name, value in self.fields.items()}
            if "how" not in it:
                known = {name: it[name] for name in ("offer", "agent", "sid", "queue", "code", "note")}
                return Said(_number(self.id), **known)
            return Became(
                id=_number(self.id),
                agent=it["agent"],
                state=it["state"],
                reason=it["reason"],
                how=it["how"],
                at=datetime.fromtimestamp(float(it["at"]), UTC),
                offer=it["offer"] or None,
                sid=it["sid"] or None,
                queue=it["queue"] or None,
                follows=_number(self.fields[b"follows"]) if it["follows"] else None,
            )
        except (KeyError, ValueError, OverflowError, OSError) as error:
            raise ValueError(f"no change of an agent: {type(error).__name__}") from None


class AgentChanges:
    """The stream in one Redis. Every method raises `redis.RedisError` where it is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def read(self, most: int) -> list[ChangeEntry]:
        """The oldest entries, which stay until they are trimmed."""
        found = cast(list[tuple[bytes, dict[bytes, bytes]]], self._redis.xrange(key.CHANGES, count=most))
        return [ChangeEntry(id_, fields or {}) for id_, fields in found]

    def trim(self, entries: Iterable[ChangeEntry]) -> None:
        """Removes these entries."""
        if ids := [it.id for it in entries]:
            self._redis.xdel(key.CHANGES, *cast(Any, ids))


def _number(id_: bytes) -> int:
    milliseconds, _, number = id_.partition(b"-")
    return int(milliseconds) * _NUMBERS + min(int(number or 0), _NUMBERS - 1)


def _text(value: bytes) -> str:
    """The text, without what no database keeps."""
    return value.decode("utf-8", "replace").replace("\x00", "")
