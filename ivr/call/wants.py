"""What the engine needs from the world; the switchboard answers with the input that each names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunLookup:
    """Run the look-up that the flow declares under this name. Answered with `Told`.

    `values` has each name that it uses, as text. It may hold secrets: it is never stored or logged.
    """

    lookup: str
    values: Mapping[str, str]

    def __repr__(self) -> str:
        return f"RunLookup({self.lookup!r}, names={sorted(self.values)})"


@dataclass(frozen=True, slots=True)
class JoinQueue:
    """Let the caller wait in a queue. Answered with `Waited` (k=0), or with `Released` where they cannot.

    `head_start` are the seconds of the line and the step together; those of the queue come on top. Asked again, it
    changes nothing: who waits already keeps their place.
    """

    queue: str
    language: str
    head_start: float


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """Take the caller out of the queue, by their key. Answered with `Released`; or, where an agent has been offered
    to them meanwhile, with `Waited` whose `move` is set.
    """

    queue: str


@dataclass(frozen=True, slots=True)
class BookCallback:
    """Keep the caller's place and call them back at `number`. Answered with `Released` (`callback_booked`), or with
    `Waited` where it cannot be: they go on waiting.
    """

    queue: str
    number: str
    language: str


@dataclass(frozen=True, slots=True)
class MaySurvey:
    """Say whether to ask this caller: in a `share` of all calls, and at most `times` within `seconds` (0 times: no
    cap). Answered with `Told`: found, or not_found with `not_drawn` or `asked_before` as why, or failed.
    """

    survey: str
    share: float
    times: int
    seconds: float


Want = RunLookup | JoinQueue | LeaveQueue | BookCallback | MaySurvey
