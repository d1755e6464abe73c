"""The phone's clock: what time it is, and how time passes while someone listens."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What a call asks of time. Moments are aware and in UTC, spans are seconds."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...


class RealClock:
    """The machine's own clock: letting time pass means to sleep."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Sleep for `seconds`."""
        time.sleep(seconds)


@dataclass(slots=True)
class ManualClock:
    """A clock that moves only when told to, so that an hour of waiting takes no time.

    `moment` is where it stands (aware; the machine's present when left out). One such clock can be
    shared with the application that is called.
    """

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        if self.moment.tzinfo is None:
            raise ValueError("a clock needs a moment with a time zone")
        self.moment = self.moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment at which the clock stands, in UTC."""
        return self.moment

    def advance(self, seconds: float) -> None:
        """Move on by `seconds` without sleeping."""
        self.moment += timedelta(seconds=seconds)
