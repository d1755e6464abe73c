"""What has happened to a caller in a queue. In brackets is what Asterisk's queue log calls it: analysts know that.

Waits and talks are whole seconds; `waited` counts from the caller's coming, `position` from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class QueueEntered:
    """The caller waits in a queue (ENTERQUEUE in Asterisk's queue log), `position` from 1, with a head start."""

    kind: ClassVar[str] = "queue_entered"
    step: str
    queue: str
    position: int
    language: str
    head_start: float


@dataclass(frozen=True, slots=True)
class QueueRefused:
    """The caller could not wait: full, nobody_in, closed or unavailable (Asterisk's QUEUESTATUS, not in its log)."""

    kind: ClassVar[str] = "queue_refused"
    step: str
    queue: str
    why: str


@dataclass(frozen=True, slots=True)
class WaitTold:
    """The caller heard how long it may still take, in seconds; reports compare it with what it took."""

    kind: ClassVar[str] = "wait_told"
    step: str
    queue: str
    position: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AgentOffered:
    """An agent's phone rings for this caller; `why` explains the choice in one sentence."""

    kind: ClassVar[str] = "agent_offered"
    step: str
    queue: str
    offer: str
    agent: str
    why: str


@dataclass(frozen=True, slots=True)
class RingNoAnswer:
    """The agent did not take the call; the caller waits on in the same place (RINGNOANSWER)."""

    kind: ClassVar[str] = "ring_no_answer"
    step: str
    queue: str
    offer: str
    agent: str
    seconds: int  # it rang


@dataclass(frozen=True, slots=True)
class Connected:
    """The agent took the call, after the caller had waited so many seconds, `rang` of them at this agent (CONNECT)."""

    kind: ClassVar[str] = "connected"
    step: str
    queue: str
    offer: str
    agent: str
    waited: int
    rang: int


@dataclass(frozen=True, slots=True)
class Completed:
    """The talk is over: `by` the caller (COMPLETECALLER) or the agent (COMPLETEAGENT)."""

    kind: ClassVar[str] = "completed"
    step: str
    queue: str
    agent: str
    waited: int
    talked: int
    by: str


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The caller hung up while waiting (ABANDON), at this position, after so many seconds."""

    kind: ClassVar[str] = "abandoned"
    step: str
    queue: str
    position: int
    entered_at: int  # the position in which they came
    waited: int


@dataclass(frozen=True, slots=True)
class SentOn:
    """The agent sent the caller on (BLINDTRANSFER): `to` is queue:NAME, step:NAME, or dial: and a number's last four
    digits. `why` they could not be, where they could not: then they took the exit `answered`.
    """

    kind: ClassVar[str] = "sent_on"
    step: str
    queue: str
    agent: str
    to: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class QueueMoved:
    """A supervisor moved the caller, who waits on in the queue `to` (not in Asterisk's log)."""

    kind: ClassVar[str] = "queue_moved"
    step: str
    queue: str
    to: str


@dataclass(frozen=True, slots=True)
class QueueExited:
    """The caller stopped waiting another way: timed_out (EXITWITHTIMEOUT), left or callback_booked (EXITWITHKEY),
    nobody_in, closed, full or unavailable (EXITEMPTY).
    """

    kind: ClassVar[str] = "queue_exited"
    step: str
    queue: str
    how: str
    position: int
    waited: int
