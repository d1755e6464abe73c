"""What comes into a call. Each input carries its moment: an aware datetime, in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

Verdict = Literal["valid", "no_match", "cleared", "partial", "back", "zero"]
"""What keys at a question were judged to be: an answer, none, star, star and the rest, two stars, a lone 0."""


@dataclass(frozen=True, slots=True)
class Started:
    """The call began. What the call is about stands here too, so that its records tell all of it."""

    kind: ClassVar[str] = "started"
    at: datetime
    caller: str = ""
    to: str = ""
    line: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The caller pressed keys: 0-9, * and #, as many as were gathered."""

    kind: ClassVar[str] = "pressed"
    at: datetime
    keys: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """Keys that are, or may be, a secret, as the log keeps them: how many, and what they were judged to be."""

    kind: ClassVar[str] = "hidden"
    at: datetime
    length: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Silent:
    """The caller pressed nothing, or the carrier came back after words that await nothing."""

    kind: ClassVar[str] = "silent"
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a want. `values` are typed as `ivr.menu.values.Type` says; empty unless found."""

    kind: ClassVar[str] = "told"
    at: datetime
    outcome: Literal["found", "not_found", "failed"]
    values: dict[str, Any] = field(default_factory=dict)
    why: str = ""  # of a failure, for ops


@dataclass(frozen=True, slots=True)
class Recorded:
    """The caller left a recording; its audio may not exist yet. `seconds` 0 where the carrier does not say."""

    kind: ClassVar[str] = "recorded"
    at: datetime
    url: str
    seconds: int = 0
    hung_up: bool = False


@dataclass(frozen=True, slots=True)
class RecordingReady:
    """The audio of a recording exists. May come after the end of the call."""

    kind: ClassVar[str] = "recording_ready"
    at: datetime
    url: str
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Dialed:
    """A dialled leg is over."""

    kind: ClassVar[str] = "dialed"
    at: datetime
    outcome: Literal["answered", "busy", "no_answer", "failed"]
    seconds: int = 0
    hung_up: bool = False  # the caller's own leg is over, too


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call is over at the carrier. `status` is the carrier's word for how."""

    kind: ClassVar[str] = "hung_up"
    at: datetime
    status: str = "completed"


@dataclass(frozen=True, slots=True)
class Troubled:
    """Something of ours raised while it answered; `what` is the kind of error, with no data of the caller."""

    kind: ClassVar[str] = "troubled"
    at: datetime
    what: str


Input = Started | Pressed | Hidden | Silent | Told | Recorded | RecordingReady | Dialed | HungUp | Troubled

FROM_THE_CALLER = (Pressed, Hidden, Silent, Recorded, Dialed)
"""The inputs that count against the cap on inputs: those by which a caller could go round for ever."""
