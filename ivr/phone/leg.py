"""The caller's side of one call while it lasts: what its verbs need, and what they leave behind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ivr.phone.acts import Act
from ivr.phone.caller import Caller
from ivr.phone.clock import Clock
from ivr.phone.events import Did, Event
from ivr.phone.webhook import Fetch, Webhooks


@dataclass(frozen=True, slots=True)
class Over:
    """The call is over: who ended it, what the application is still told, and its last CallStatus."""

    by: Literal["line", "caller"]
    farewell: Fetch | None = None
    status: str = "completed"


@dataclass(slots=True)
class Leg:
    """What a verb works with.

    `answered` is False until the line picks up; `later` are callbacks that follow the next document
    (Record: "The file may not exist yet: wait for `recordingStatusCallback`").
    """

    sid: str
    caller_number: str
    caller: Caller
    clock: Clock
    webhooks: Webhooks
    hear: Callable[[Event], None]
    answered: bool = False
    later: list[Fetch] = field(default_factory=list)
    lengths: dict[str, float] = field(default_factory=dict)

    def did(self, act: Act) -> None:
        """Note what the caller did."""
        self.hear(Did(act))
