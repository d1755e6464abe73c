"""From the slot of the queues to SQL: what agents did. Read, written, and only then removed from Redis.

Whatever dies in between, the same is read again, and what is there is not written twice.
"""

from __future__ import annotations

import logging
from datetime import datetime

from ivr.store.agent_changes import AgentChanges, Change, ChangeEntry
from ivr.store.agent_states import AgentStates
from ivr.store.set_aside import Aside, SetAside

BATCH = 500

log = logging.getLogger("ivr.worker")


class AgentLog:
    """Writes what agents did; for one worker at a time, though two would do no harm."""

    def __init__(self, changes: AgentChanges, states: AgentStates, aside: SetAside) -> None:
        self._changes = changes
        self._states = states
        self._aside = aside

    def round(self, now: datetime) -> int:
        """Writes all that there is at this moment (aware); how many states were new.

        What makes no sense is set aside. Raises RedisError, SQLAlchemyError and OSError: then it is done again.
        """
        new = 0
        while entries := self._changes.read(BATCH):
            new += self._states.write([it for entry in entries if (it := self._read(entry, now)) is not None])
            self._changes.trim(entries)
        return new

    def _read(self, entry: ChangeEntry, now: datetime) -> Change | None:
        try:
            return entry.read()
        except ValueError as error:
            data = b"\n".join(b"%s: %s" % it for it in entry.fields.items())
            where = self._aside.put(Aside("agents", entry.id.decode(), None, str(error), data), now)
            log.error("change %s of an agent cannot be read; it is set aside in %s", entry.id.decode(), where)
            return None
