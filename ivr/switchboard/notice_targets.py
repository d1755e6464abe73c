"""What can be closed, or have a notice or a special day: the lines that are live, and the queues of the team."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from ivr.menu import Flow, load
from ivr.menu.steps import Queue
from ivr.menu.team import Team
from ivr.store.versions import Versions
from ivr.switchboard.notice_board import QUEUE

UTC = ZoneInfo("UTC")


class Targets:
    """Lines by name, queues as `queue:NAME`. Safe between threads; raises `sqlalchemy.exc.SQLAlchemyError`."""

    def __init__(self, engine: Engine, team: Callable[[], Team]) -> None:
        self._versions = Versions(engine)
        self._team = team
        self._flow = lru_cache(maxsize=64)(self._compiled)  # a version never changes

    def all(self) -> tuple[str, ...]:
        """The lines that are live, then the queues of the team."""
        return (*sorted(self._versions.live()), *(f"{QUEUE}{name}" for name in self._team().queues))

    def line(self, target: str) -> Flow | None:
        """What is live of a line; None for a queue, and for what nobody can call."""
        version = self._versions.live().get(target)
        return self._flow(version) if version else None

    def flows(self, target: str) -> list[Flow]:
        """The flows that a target concerns, live or on trial; of a queue that no line leads to, all."""
        live, trials = self._versions.live(), self._versions.trials()
        lines = [target] if target in live else list(live)
        versions = [it for line in lines for it in (live[line], trials[line].version if line in trials else None) if it]
        flows = [flow for flow in map(self._flow, versions) if flow is not None]
        if target in live:
            return flows
        return [flow for flow in flows if _leads_to(flow, target.removeprefix(QUEUE))] or flows

    def languages(self, target: str) -> tuple[str, ...]:
        """The languages in which callers of a target hear something."""
        return tuple(dict.fromkeys(language for flow in self.flows(target) for language in flow.languages))

    def hours(self, target: str) -> tuple[str, ...]:
        """The names of a line's hours; a queue's have none."""
        flows = [] if target.startswith(QUEUE) else self.flows(target)
        return tuple(dict.fromkeys(name for flow in flows for name in flow.hours))

    def zone(self, target: str) -> ZoneInfo:
        """By which clock a target's moments are meant: the line's, the team's for a queue; UTC where neither says."""
        if target.startswith(QUEUE):
            return self._team().zone or UTC
        flow = self.line(target)
        return flow.zone if flow else UTC

    def _compiled(self, version: str) -> Flow | None:
        """The flow of a version; None where this release cannot read it."""
        return next(iter(load(self._versions.files(version) or {}).flows.values()), None)


def _leads_to(flow: Flow, queue: str) -> bool:
    return any(isinstance(step.act, Queue) and step.act.queue == queue for step in flow.steps.values())
