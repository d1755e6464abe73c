"""Look-ups, in tables and over HTTP, each within its time, its turn's budget and behind a breaker."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime
from typing import Protocol

from ivr.call.inputs import Told
from ivr.call.wants import RunLookup
from ivr.config import Settings
from ivr.menu.flow import Flow, Table
from ivr.switchboard.breaker import Breaker
from ivr.switchboard.requests import Requests
from ivr.switchboard.tables import Tables

BUDGET = 9.0
"""Seconds for all look-ups of one webhook: a carrier waits "15 s for a response, hard"."""


SHORTEST_REPEATED = 6
"""Digits from which on a secret that comes back is one, and no amount or time that happens to be the same."""


class LookupRunner(Protocol):
    """What runs look-ups: `Lookups`, or something of a test's."""

    def run(self, flow: Flow, want: RunLookup, at: datetime, deadline: float) -> Told:
        """The answer, before `deadline` (of `time.monotonic`)."""


class Lookups:
    """The real ones."""

    def __init__(self, settings: Settings) -> None:
        self._tables = Tables(settings.menus)
        self._requests = Requests(settings.lookup_hosts, settings.lookup_values)
        self._breakers: defaultdict[tuple[str, str], Breaker] = defaultdict(Breaker)

    def close(self) -> None:
        """Closes the connections to servers."""
        self._requests.close()

    def run(self, flow: Flow, want: RunLookup, at: datetime, deadline: float) -> Told:
        """The answer of the look-up that the flow declares under that name."""
        told = self._run(flow, want, at, deadline)
        secrets = [value for name, value in want.values.items() if name in flow.secrets]
        if any(_repeats(value, secrets) for value in told.values.values()):
            return Told(at, "failed", why="its answer repeats a secret that it was given")
        return told

    def _run(self, flow: Flow, want: RunLookup, at: datetime, deadline: float) -> Told:
        source = flow.lookups[want.lookup]
        if isinstance(source, Table):
            wanted = {column: template.fill(dict(want.values)) for column, template in source.where.items()}
            return self._tables.find(source, wanted, at, at.astimezone(flow.zone))
        left = deadline - time.monotonic()
        if left <= 0.05:
            return Told(at, "failed", why="no time is left in this turn")
        breaker = self._breakers[flow.name, want.lookup]
        if not breaker.allows():
            return Told(at, "failed", why="it failed too often; it is left alone for a while")
        told = self._requests.ask(source, want.values, at, min(source.timeout, left))
        breaker.note(told.outcome != "failed")
        return told


def _repeats(value: object, secrets: list[str]) -> bool:
    """Whether what a server or a table gives has a secret in it: it would be spoken, and be in the call log."""
    text = str(value)
    return any(len(secret) >= SHORTEST_REPEATED and secret in text for secret in secrets)
