"""What the agents did, as rows: what they were when, and how they wrapped up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from ivr.menu.team import Team
from ivr.store.demo_calls import STATE_IDS
from ivr.switchboard.demo.rows import Batch
from ivr.switchboard.demo.visits import Change

SAYS = 0.86
"""How often an agent says what a call was about."""


class AgentRows:
    """Turns what agents became into rows: of each change when the next one comes."""

    def __init__(self, moment: Callable[[float], str], dice: Random, team: Team) -> None:
        self._moment = moment
        self._dice = dice
        self._codes = {name: queue.wrap_up_codes for name, queue in team.queues.items()}
        self._last: dict[str, Change] = {}
        self._count = 0

    def add(self, batch: Batch, changes: Iterable[Change]) -> None:
        """The rows of a day's changes, of each agent in their order."""
        for change in changes:
            last = self._last.get(change.agent)
            if last is not None:
                self._row(batch, last, max(change.at, last.at))
            self._last[change.agent] = change

    def end(self, batch: Batch, until: float) -> None:
        """The rows of what was so in the end: it is over then."""
        for last in self._last.values():
            self._row(batch, last, max(until, last.at))
        self._last = {}

    def _row(self, batch: Batch, it: Change, ended: float) -> None:
        self._count += 1
        id_ = round(it.at * 1000) * 4096 + STATE_IDS + self._count % (4096 - STATE_IDS)
        span = self._moment(it.at), self._moment(ended)
        of_call = it.offer, it.sid, it.queue
        batch.rows["agent_states"].append((it.agent, id_, it.state, it.reason, it.how, *span, *of_call))
        if it.state == "wrap_up":
            codes = self._codes.get(it.queue or "", ())
            code = self._dice.choice(codes) if codes and self._dice.random() < SAYS else ""
            seconds = round(ended - it.at)
            batch.rows["wrap_ups"].append((it.offer, it.agent, it.queue, it.sid, *span, seconds, code, ""))
