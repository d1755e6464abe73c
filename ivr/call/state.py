"""The state of one call; what a step returns; what is stored of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Literal

from ivr.call.events import Event
from ivr.call.inputs import Input
from ivr.call.says import Said
from ivr.call.wants import Want

TYPED = "<typed>"
"""Under this name, which no menu can give, the secrets keep what stays of a secret answer after a star."""


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """A caller says where to call them back: asked about their `own` number, to `enter` one, or to `check` it."""

    at: Literal["own", "enter", "check"]
    number: str = ""  # what is to be checked
    misses: int = 0
    silent: bool = False  # the last time they were asked


@dataclass(frozen=True, slots=True)
class Queued:
    """What a call knows of its wait in a queue. Moments are seconds since 1970, UTC.

    The slot of the queues is the authority on all but what the caller has heard; this is what the call was told.
    """

    queue: str
    since: float  # when they came
    entered_at: int  # the position in which they came, from 1
    position: int  # the latest that was told
    k: int = 0  # the latest webhook of the wait
    said: float = 0.0  # when the latest announcement began
    words: tuple[str, ...] = ()  # what of it is still to be said
    invited: bool = False  # a callback was offered
    entry: NumberEntry | None = None  # while they say where to call them back
    entries: int = 0  # how often they began to
    asked: str = ""  # the number at which a callback is wanted, and not answered yet
    offset: float = 0.0  # seconds of the hold audio that were heard
    playing: float = 0.0  # when the present piece of it began; 0 while none plays
    piece: float = 0.0  # its seconds
    offer: str = ""  # the offer whose agent is dialled
    agent: str = ""
    address: str = ""
    ring: float = 0.0
    dialled: float = 0.0  # when
    accepted: float = 0.0  # when the agent took the call; 0 before
    leaving: str = ""  # where to, once the carrier's queue is left
    over: bool = False  # how the wait ended is noted
    joining: bool = False  # an agent sent them on to this queue, and they are not let in yet
    ahead: float = 0.0  # seconds that they had waited and talked by then: a head start
    onward: str = ""  # the number that an agent sent them on to, while it is dialled


@dataclass(frozen=True, slots=True)
class Surveyed:
    """How far a caller is in a survey."""

    at: int  # which question, from 0; -1 at the invitation
    one: bool = False  # they pressed a 1 that may become a ten
    answered: bool = False  # anything at all


@dataclass(slots=True)
class Call:
    """One call, as it is between two inputs.

    A value: `step` copies it and leaves the one it was given alone. All of it is JSON but `secrets`, which
    whoever stores a call encrypts.
    """

    sid: str
    version: str
    line: str
    caller: str  # the carrier's From: a number, `client:x`, `anonymous`, any text, or empty
    to: str
    language: str = ""
    place: str = ""  # the step that awaits something; empty before the call began
    seq: int = 0  # inputs so far, of any kind
    inputs: int = 0  # inputs from the caller
    steps: int = 0  # steps entered since the caller last did something
    errors: int = 0  # no input, no match, not found: in the whole call
    misses: int = 0  # no input and no match: at this place, since the caller came to it
    rescues: int = 0  # how often a cap or trouble handed the caller on
    trail: list[str] = field(default_factory=list)  # places that awaited keys, the latest last
    values: dict[str, Any] = field(default_factory=dict)  # name -> value, as ivr.menu.values.Type says
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    heard: dict[str, int] = field(default_factory=dict)  # address of a tapered prompt -> times heard
    offered: str = ""  # of the keys that are offered only at times, those that the menu said
    typed: str = ""  # keys of an answer that stay after a star; of a secret answer they are among the secrets
    confirming: str | None = None  # an answer that waits for its confirmation
    noted: list[str] = field(default_factory=list)  # identities of facts that came without a turn
    filled: bool = False  # the filler words of this place's look-up are said
    ended: str = ""  # how it ended; empty while it goes on
    queued: Queued | None = None  # while the place is a queue and the caller waits in it, or talks to its agent
    survey: Surveyed | None = None  # while the place is a survey and the caller is asked
    closed: bool = False  # somebody has closed the line
    special: dict[str, str] = field(default_factory=dict)  # the special days, as in the input `Noticed`

    def move(self, place: str) -> None:
        """Comes to a place: what belonged to the last one is gone."""
        self.place = place
        self.misses = 0
        self.offered = self.typed = ""
        self.confirming = None
        self.filled = False
        self.queued = None
        self.survey = None
        self.secrets.pop(TYPED, None)

    def copy(self) -> Call:
        """Another call of the same state."""
        twin = Call(*_state(self))
        twin.trail = self.trail.copy()
        twin.values = self.values.copy()
        twin.secrets = self.secrets.copy()
        twin.heard = self.heard.copy()
        twin.noted = self.noted.copy()
        return twin


_state = attrgetter(*(spec.name for spec in fields(Call)))
"""All that a call is, in the order of its fields: `copy.copy` takes three times as long."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is stored of one input: its number in the call, the input as it may be kept, what happened."""

    seq: int
    input: Input
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one input led to.

    Either `want` is set, and the says so far go before those that follow its answer; or the says end in one
    that closes them (`ivr.call.says.Closing`), unless the input was a mere fact, which says nothing.
    """

    call: Call
    says: tuple[Said, ...]
    want: Want | None
    events: tuple[Event, ...]
    input: Input  # as it may be kept: where it is or may be a secret, Hidden

    @property
    def record(self) -> Record:
        """What is stored of this turn."""
        return Record(self.call.seq, self.input, self.events)
