"""Calls whose end the carrier never reported: given up when they have been silent for longer than a call can be.

Where the call is still in Redis, its end is an input like any other, and becomes a record; else the row in SQL is
given its end. Either way the call ended with the last that was heard of it, as `lost`; a real end that comes after
all corrects that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.call.inputs import HungUp
from ivr.store.call_rows import LOST
from ivr.store.calls import call_key, partition
from ivr.store.old_calls import OldCalls, SilentCall
from ivr.store.streams import waiting
from ivr.switchboard.stepping import KEPT_SECONDS

SILENT = timedelta(seconds=KEPT_SECONDS, minutes=-30)
"""How long a call must be silent. A little less than its state is kept, so that the state can be stepped; longer
than anything that a call waits for (a dialled leg may last four hours, "timeLimit=14400")."""

log = logging.getLogger("ivr.worker")

Note = Callable[[str, HungUp], None]


def close_lost(old: OldCalls, redis: Redis, note: Note, now: datetime) -> int:
    """Gives up all calls that are lost at this moment (aware); how many.

    `note` takes a fact of a call that Redis still knows. Calls are left alone whose partition has records that are
    not in SQL yet: they may not be silent at all. Raises RedisError and SQLAlchemyError.
    """
    closed = 0
    after = ""
    while found := old.silent(now - SILENT, after=after):
        behind, _ = waiting(redis)
        for call in found:
            if partition(call.call_sid) in behind:
                continue
            try:
                closed += _close(old, redis, note, call)
            except (RedisError, SQLAlchemyError):
                raise
            except Exception as error:  # one that cannot be stepped must not keep the others open
                log.warning("call %s cannot be ended yet: %s", call.call_sid, type(error).__name__)
        after = found[-1].call_sid
    return closed


def _close(old: OldCalls, redis: Redis, note: Note, call: SilentCall) -> bool:
    left = redis.ttl(call_key(call.call_sid))  # seconds; negative for a call that Redis does not have
    if left > KEPT_SECONDS - SILENT.total_seconds():
        return False  # its webhooks come, and name moments of the past: a call by the browser phone's clock
    if left >= 0:
        note(call.call_sid, HungUp(call.last_at, LOST))
        return True
    return old.lost(call)
