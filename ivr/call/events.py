"""What has happened in a call. Events become the call log; `step` is the place where it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ivr.call.queue_events import (
    Abandoned,
    AgentOffered,
    Completed,
    Connected,
    QueueEntered,
    QueueExited,
    QueueMoved,
    QueueRefused,
    RingNoAnswer,
    SentOn,
    WaitTold,
)
from ivr.call.survey_events import SurveyAnswered, SurveyAsked, SurveyCommented, SurveySkipped

__all__ = [
    "Abandoned",
    "AgentOffered",
    "Answered",
    "AudioReady",
    "Capped",
    "Chose",
    "Cleared",
    "Completed",
    "ConditionFailed",
    "Connected",
    "DialEnded",
    "DialRefused",
    "Dialing",
    "Ended",
    "Entered",
    "Event",
    "GaveUp",
    "GoalReached",
    "LanguageChosen",
    "LookedUp",
    "MessageLeft",
    "NoInput",
    "NoMatch",
    "NoticeHeard",
    "QueueEntered",
    "QueueExited",
    "QueueMoved",
    "QueueRefused",
    "Rescued",
    "RingNoAnswer",
    "SentOn",
    "SurveyAnswered",
    "SurveyAsked",
    "SurveyCommented",
    "SurveySkipped",
    "Unexpected",
    "WaitTold",
]


@dataclass(frozen=True, slots=True)
class Entered:
    """The caller came to a step."""

    kind: ClassVar[str] = "entered"
    step: str


@dataclass(frozen=True, slots=True)
class Chose:
    """The caller took a key of a menu, or one that works anywhere; `to` is the destination as written."""

    kind: ClassVar[str] = "chose"
    step: str
    key: str
    to: str


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The caller chose the language of all that follows."""

    kind: ClassVar[str] = "language_chosen"
    step: str
    language: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The caller answered a question; `value` is None where the answer is secret."""

    kind: ClassVar[str] = "answered"
    step: str
    name: str
    value: str | bool | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """The caller pressed star to enter an answer anew."""

    kind: ClassVar[str] = "cleared"
    step: str


@dataclass(frozen=True, slots=True)
class NoInput:
    """The caller pressed nothing in time."""

    kind: ClassVar[str] = "no_input"
    step: str


@dataclass(frozen=True, slots=True)
class NoMatch:
    """The caller pressed what means nothing there; `keys` is None where they are, or may be, a secret."""

    kind: ClassVar[str] = "no_match"
    step: str
    keys: str | None


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The tries at a step are used up."""

    kind: ClassVar[str] = "gave_up"
    step: str


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A look-up gave its answer: found, not_found or failed (and why)."""

    kind: ClassVar[str] = "looked_up"
    step: str
    lookup: str
    outcome: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class GoalReached:
    """A named outcome."""

    kind: ClassVar[str] = "goal_reached"
    step: str
    goal: str


@dataclass(frozen=True, slots=True)
class Dialing:
    """A number is dialled; of the number only the last four digits are kept."""

    kind: ClassVar[str] = "dialing"
    step: str
    ending: str


@dataclass(frozen=True, slots=True)
class DialRefused:
    """A number out of a name may not be dialled: no number, or of a country that is not allowed."""

    kind: ClassVar[str] = "dial_refused"
    step: str
    why: str


@dataclass(frozen=True, slots=True)
class DialEnded:
    """The dialled leg is over."""

    kind: ClassVar[str] = "dial_ended"
    step: str
    outcome: str
    seconds: int


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The caller left a message in a box."""

    kind: ClassVar[str] = "message_left"
    step: str
    box: str
    url: str
    seconds: int


@dataclass(frozen=True, slots=True)
class AudioReady:
    """The audio of a message can be fetched: of the one with this `url`; `step` is where the call is by now."""

    kind: ClassVar[str] = "audio_ready"
    step: str
    url: str
    seconds: int


@dataclass(frozen=True, slots=True)
class ConditionFailed:
    """A condition had no value for this call and was taken as false."""

    kind: ClassVar[str] = "condition_failed"
    step: str
    why: str


@dataclass(frozen=True, slots=True)
class Capped:
    """A cap was reached: errors, inputs or steps."""

    kind: ClassVar[str] = "capped"
    step: str
    limit: str


@dataclass(frozen=True, slots=True)
class Rescued:
    """Something of ours failed, and the caller was told so and handed on."""

    kind: ClassVar[str] = "rescued"
    step: str
    what: str


@dataclass(frozen=True, slots=True)
class Unexpected:
    """An input came that the step does not await; nothing of it is kept but its kind."""

    kind: ClassVar[str] = "unexpected"
    step: str
    input: str


@dataclass(frozen=True, slots=True)
class NoticeHeard:
    """The caller heard a notice, in this language: that of a queue, or, where `queue` is empty, of the line."""

    kind: ClassVar[str] = "notice_heard"
    step: str
    queue: str
    language: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over: `line` (the menu hung up) or the carrier's word (`completed`, `busy`, …)."""

    kind: ClassVar[str] = "ended"
    step: str
    how: str


Event = (
    Entered | Chose | LanguageChosen | Answered | Cleared | NoInput | NoMatch | GaveUp | LookedUp | GoalReached
    | Dialing | DialRefused | DialEnded | QueueEntered | QueueRefused | WaitTold | AgentOffered | RingNoAnswer
    | Connected | Completed | SentOn | QueueMoved | Abandoned | QueueExited | MessageLeft | AudioReady | SurveyAsked
    | SurveyAnswered | SurveyCommented | SurveySkipped | ConditionFailed | Capped | Rescued | Unexpected | NoticeHeard
    | Ended
)  # fmt: skip
