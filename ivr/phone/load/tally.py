"""What a load has come to so far: the counts that a report is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.phone.load.latency import Lengths


@dataclass(slots=True)
class Failures:
    """Calls that failed of one cause, and how the first of them did."""

    calls: int
    sid: str
    url: str  # without its query, which may hold the call's place
    text: str


@dataclass(slots=True)
class Tally:
    """Counts of one load. Moments are those of the event loop's clock, in seconds.

    A call *begun* ends up *finished*, *failed* or *cut* (the tool ended it before its script did). *Held* are those
    that had to wait for room below the most that may be open. A webhook is *sent* and *answered*, whatever the
    answer; `again` were sent a second time, on a new connection, as the server had closed the kept one.
    """

    started: float
    last: float = 0.0  # when the last webhook was answered
    begun: int = 0
    finished: int = 0
    failed: int = 0
    cut: int = 0
    open: int = 0
    most_open: int = 0
    held: int = 0
    sent: int = 0
    answered: int = 0
    again: int = 0
    processor: float = 0.0  # seconds that the tool itself computed
    stopped: bool = False  # by whoever ran it
    latency: Lengths = field(default_factory=Lengths)  # of webhooks, from when each was due
    late: Lengths = field(default_factory=Lengths)  # calls, behind their schedule
    causes: dict[str, Failures] = field(default_factory=dict)
    scripts: dict[str, int] = field(default_factory=dict)  # calls begun, by what they follow

    @property
    def seconds(self) -> float:
        """From the start to the last answer."""
        return max(self.last - self.started, 0.0)

    @property
    def per_second(self) -> float:
        """Webhooks answered a second."""
        return self.answered / self.seconds if self.seconds else 0.0

    def begins(self, script: str, late: float) -> None:
        """A call begins, so many seconds after it was due."""
        self.begun += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.late.add(late)
        self.scripts[script] = self.scripts.get(script, 0) + 1

    def answers(self, moment: float, due: float) -> None:
        """A webhook that was due is answered at this moment."""
        self.answered += 1
        self.last = moment
        self.latency.add(moment - due)

    def fails(self, cause: str, sid: str, url: str, text: str) -> None:
        """A call failed."""
        self.failed += 1
        if cause in self.causes:
            self.causes[cause].calls += 1
        else:
            self.causes[cause] = Failures(1, sid, url.partition("?")[0], text)
