"""How long callers will still wait, from a queue's latest answers; and how true that was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson

from ivr.menu.team import Queue, Team
from ivr.routing.estimate import Accuracy, Answer, Estimate, Told, estimate, measured
from ivr.store.queues import Offer, Queues, Waiting


@dataclass(frozen=True, slots=True)
class Note:
    """What is kept of an answer: of the wait, and of the range that was expected when it began."""

    answer: Answer
    expected: Estimate | None


class Waits:
    """Expected waits, from what the slot of the queues keeps. Safe between threads; raises `redis.RedisError`."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def expected(self, team: Team, queue: Queue, before: int, now: datetime) -> Estimate | None:
        """The range of seconds for a caller with so many before them; None where that is unsure."""
        notes = self._notes(queue.name)
        answers = [it.answer for it in notes]
        return estimate(answers, before + 1, self.there(team, queue.name), now.timestamp(), _accuracy(notes))

    def accuracy(self, queue: str) -> Accuracy:
        """How true the latest ranges were."""
        return _accuracy(self._notes(queue))

    def there(self, team: Team, queue: str) -> int:
        """How many agents of a queue are signed in and not away, talking or not."""
        states = self._queues.agents([agent.id for agent in team.members(queue)])
        return sum(it.state != "away" for it in states)

    def note(self, team: Team, offer: Offer, waiting: Waiting, now: float) -> str:
        """What to keep of an answer that is given now."""
        there = self.there(team, offer.queue) if offer.queue in team.queues else 1
        expected = orjson.loads(waiting.facts) if waiting.facts else None
        return orjson.dumps([now, now - waiting.arrived, there, expected]).decode()

    def _notes(self, queue: str) -> list[Note]:
        return [_read(it) for it in self._queues.answers(queue) if it]


def facts(expected: Estimate | None) -> str:
    """What a caller's entry in the queue keeps of the range that was expected when they came."""
    return orjson.dumps([expected.low, expected.high]).decode() if expected else ""


def _read(text: str) -> Note:
    at, waited, agents, expected = orjson.loads(text)
    return Note(Answer(at, waited, agents), Estimate(*expected) if expected else None)


def _accuracy(notes: list[Note]) -> Accuracy:
    return measured([Told(it.expected.low, it.expected.high, it.answer.waited) for it in notes if it.expected])
