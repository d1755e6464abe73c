"""What comes into a call. Each input carries its moment: an aware datetime, in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

Verdict = Literal["valid", "no_match", "cleared", "partial", "back", "zero"]
"""What keys at a question were judged to be: an answer, none, star, star and the rest, two stars, a lone 0."""


@dataclass(frozen=True, slots=True)
class Started:
    """The call began. What the call is about stands here too, so that its records tell all of it.

    A call that we made, to a caller who asked for it, begins at `step` and in `language`; both are empty for any
    other, which begins at the start.

    `closed` and `special` are as in `Noticed`. `notice` is what callers hear first, if anything: the words per
    language of all notices that are on for the line.
    """

    kind: ClassVar[str] = "started"
    at: datetime
    caller: str = ""
    to: str = ""
    line: str = ""
    version: str = ""
    step: str = ""
    language: str = ""
    closed: bool = False
    special: dict[str, str] = field(default_factory=dict)
    notice: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noticed:
    """What holds for the line now, from outside of its file, is not what the call last knew. A fact.

    It comes before the input that is the first to meet it. `closed`: somebody has closed the line. `special`: the
    special days of today and yesterday, as rules in opening_hours syntax, by the name of the hours that they change,
    or under "" for all hours of the line.
    """

    kind: ClassVar[str] = "noticed"
    at: datetime
    closed: bool = False
    special: dict[str, str] = field(default_factory=dict)


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
    onward: str = ""  # where an agent sends the caller on to: queue:NAME, step:NAME or dial:NUMBER; stored masked


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


@dataclass(frozen=True, slots=True)
class Waited:
    """The caller waits in a queue: the answer to a join, and what each webhook of the wait brings.

    The slot of the queues decides who waits where; the team file says the rest. Both are live, so what holds at
    this moment comes with each input, and the call only applies it.
    """

    kind: ClassVar[str] = "waited"
    at: datetime
    k: int = 0  # which webhook of the wait: 0 is the answer to the join, each later one is one more
    keys: str = ""  # pressed while the last piece was heard
    position: int = 1  # in the queue, from 1
    low: int | None = None  # seconds still to wait, as a range; None where that is unsure
    high: int | None = None
    move: bool = False  # an agent is offered: the carrier's queue is to be left at once
    announce: float = 0.0  # seconds between announcements; 0 for none
    hold: str = ""  # the name of the hold audio; empty for silence
    leave: str = ""  # the key that leaves the queue
    callback: str = ""  # the key that books a callback; empty while none is offered
    own: bool = True  # a callback may go to the caller's own number
    allow: str = ""  # the countries that it may go to, such as "US MX"
    queue: str = ""  # where the slot has the caller, whom a supervisor may have moved; empty: where they were
    piece: float = 10.0  # seconds of hold audio until the next webhook, at most
    judged: Literal["", "valid", "no_match"] = ""  # in the log, where of a number that was entered four digits stay
    notice: str = ""  # with the answer to a join: what is heard first, in the caller's language


@dataclass(frozen=True, slots=True)
class Released:
    """The slot of the queues has let the caller go, or not in: they wait no longer, and take this way out.

    `unavailable` where the queues cannot be had at all (Redis is away).
    """

    kind: ClassVar[str] = "released"
    at: datetime
    exit: Literal["left", "callback_booked", "timed_out", "full", "nobody_in", "closed", "unavailable"]
    notice: str = ""  # of those who are not let in, or let go since somebody closed: what they hear, in their language


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The caller's leg is out of the carrier's queue, as its Enqueue action says (`QueueResult`).

    Of those results only these decide anything: `leave` (the wait document left it), `hangup`, `full` (the
    carrier's own limit) and `error`. "Answer `redirected`, `redirected-from-bridged` and `bridging-in-process`
    with an empty Response, and never let them advance the call": those are no inputs.
    """

    kind: ClassVar[str] = "queue_left"
    at: datetime
    result: Literal["leave", "hangup", "full", "error"]


@dataclass(frozen=True, slots=True)
class Offered:
    """An agent is offered this caller, and the caller's leg has come to be connected.

    The slot made the offer; that it comes twice changes nothing. `why` is the sentence that explains the choice.
    `address` is dialled and never stored with the input.
    """

    kind: ClassVar[str] = "offered"
    at: datetime
    offer: str
    agent: str
    address: str = ""
    ring: float = 15.0  # seconds
    why: str = ""
    queue: str = ""  # in which the caller waited, as in `Waited`


@dataclass(frozen=True, slots=True)
class Accepted:
    """The agent took the call that was offered: pressed 1, or picked up where that is enough. A fact."""

    kind: ClassVar[str] = "accepted"
    at: datetime
    offer: str


Input = (
    Started | Noticed | Pressed | Hidden | Silent | Told | Recorded | RecordingReady | Dialed | Waited | Released
    | QueueLeft | Offered | Accepted | HungUp | Troubled
)  # fmt: skip

FROM_THE_CALLER = (Pressed, Hidden, Silent, Recorded, Dialed)
"""The inputs that count against the cap on inputs: those by which a caller could go round for ever."""
