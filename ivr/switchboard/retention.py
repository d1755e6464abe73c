"""Retention: what is older than its kind is kept is removed, a few at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ivr.config import Keep
from ivr.store.messages import COMMENT, MESSAGE, Messages
from ivr.store.old_calls import OldCalls
from ivr.store.set_aside import SetAside
from ivr.switchboard.audio_removal import AudioRemoval

BETWEEN = 0.05
"""Seconds between two batches: the records of live calls come first."""

AT_ONCE = 200
"""Calls, or messages, of one batch."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Retention:
    """Removes what is old from one database and this machine's disk. `round` is for one thread.

    Audio goes before the row that names it, ours and, where an account is set, the carrier's.
    """

    def __init__(self, keep: Keep, old: OldCalls, messages: Messages, audio: AudioRemoval, aside: SetAside) -> None:
        self._keep = keep
        self._old = old
        self._messages = messages
        self._audio = audio
        self._aside = aside
        self._detail_from = _BEGINNING  # of calls before that there is none any more

    def round(self, now: datetime, stop: threading.Event) -> dict[str, int]:
        """Removes what is older than it is kept at a moment (aware); how many of each kind, by the names of `Keep`.

        Ends early where told to stop. Raises SQLAlchemyError, RedisError and OSError: the rest goes the next time.
        """
        kinds: dict[str, Callable[[datetime], int]] = {
            "calls": self._calls,
            "detail": self._detail,
            "messages": lambda before: self._left(MESSAGE, before),
            "comments": lambda before: self._left(COMMENT, before),
            "audit": self._old.remove_deeds,
            "agents": self._old.remove_agent_states,
            "aside": self._aside.remove,
        }
        removed = {}
        for kind, remove in kinds.items():
            days = getattr(self._keep, kind)
            removed[kind] = _all(remove, now - timedelta(days=days), stop) if days else 0
        return removed

    def _calls(self, before: datetime) -> int:
        sids = self._old.oldest(before, most=AT_ONCE)
        self._audio.remove(self._messages.audio_of_calls(sids))
        self._old.remove(sids)
        if len(sids) < AT_ONCE:
            self._old.remove_loose(before)
        return len(sids)

    def _detail(self, before: datetime) -> int:
        number, self._detail_from = self._old.remove_detail(self._detail_from, before, most=AT_ONCE)
        return number

    def _left(self, kind: str, before: datetime) -> int:
        found = self._messages.audio_left_before(kind, before, most=AT_ONCE)
        self._audio.remove(found)
        return self._messages.forget(one.id for one in found)


def _all(remove: Callable[[datetime], int], before: datetime, stop: threading.Event) -> int:
    """Removes batch after batch, with pauses; how many."""
    removed = 0
    while not stop.is_set():
        batch = remove(before)
        removed += batch
        if not batch or stop.wait(BETWEEN):
            break
    return removed
