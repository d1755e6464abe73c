"""What reaches a leg from outside while it waits, and how a call is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ivr.phone.twiml import Document
from ivr.phone.webhook import Fetch

if TYPE_CHECKING:
    from ivr.phone.leg import Leg


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys were pressed."""

    keys: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A live phone has played to its end what it was given last."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A live phone has spoken into a recording: for so many seconds, and what ended it (as in `acts.Speak`)."""

    seconds: int
    ends: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A live phone that rang was picked up, or the call was declined."""

    up: bool


@dataclass(frozen=True, slots=True)
class Other:
    """The other leg of a Dial picked up, is ready to be bridged, or is over."""

    leg: Leg
    what: Literal["picked up", "ready", "over"]


@dataclass(frozen=True, slots=True)
class Over:
    """The call is over: who ended it, what the application is still told, and its last CallStatus."""

    by: Literal["line", "caller"]
    farewell: Fetch | None = None
    status: str = "completed"


class Gone(Exception):  # noqa: N818 - it is no error
    """Somebody hung up: raised in the leg wherever it waits."""

    def __init__(self, over: Over) -> None:
        super().__init__(over.by)
        self.over = over


class Moved(Exception):  # noqa: N818
    """The call was sent to another document by REST: raised in the leg wherever it waits."""

    def __init__(self, to: Fetch | Document) -> None:
        super().__init__("moved")
        self.to = to


class Dequeued(Exception):  # noqa: N818
    """`by` takes the caller out of the queue, to be bridged once the document at `first` was heard."""

    def __init__(self, by: Leg, first: Fetch | None) -> None:
        super().__init__("dequeued")
        self.by = by
        self.first = first
