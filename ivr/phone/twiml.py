"""A TwiML document as data: the verbs that the phone runs, with absolute URLs and every default filled in."""

from dataclasses import dataclass
from typing import Literal

Method = Literal["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Say:
    """Words to speak, `loop` times, with `breaks` seconds of silence among them."""

    text: str
    language: str
    loop: int
    breaks: float


@dataclass(frozen=True, slots=True)
class Play:
    """Audio at `url`, or the tones `digits` where `url` is empty; `loop` times."""

    url: str
    digits: str
    loop: int


@dataclass(frozen=True, slots=True)
class Pause:
    """`length` seconds of silence."""

    length: int


@dataclass(frozen=True, slots=True)
class Gather:
    """Waits for keys. `num_digits` None: any number; `timeout` in seconds; `parts` are heard first.

    `takes_keys` is False where it wants speech alone.
    """

    action: str
    method: Method
    timeout: int
    finish_on_key: str
    num_digits: int | None
    action_on_empty_result: bool
    takes_keys: bool
    parts: tuple[Say | Play | Pause, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Records the caller; `timeout` and `max_length` in seconds.

    `callback`, where there is one, is told when the recording is there.
    """

    action: str
    method: Method
    timeout: int
    finish_on_key: str
    max_length: int
    callback: str | None
    callback_method: Method


@dataclass(frozen=True, slots=True)
class Told:
    """Where to tell what becomes of a call (`statusCallback`), and which of its `events`."""

    url: str
    method: Method
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Noun:
    """Whom a Dial calls: an `address` (number, `client:…`, `sip:…`), or the head of the queue of this name.

    `url` is a document for the other side before the bridge; of a queue, for the caller who waits in it.
    """

    kind: Literal["Number", "Client", "Sip", "Queue"]
    address: str
    url: str | None = None
    method: Method = "POST"
    send_digits: str = ""
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Dial:
    """Calls all of `nouns` at once, or one after the other. `action` None: the document goes on after the talk.

    `timeout` is how long it rings and `time_limit` how long a talk lasts, in seconds.
    """

    nouns: tuple[Noun, ...]
    action: str | None
    method: Method
    timeout: int
    time_limit: int
    caller_id: str | None
    answer_on_bridge: bool
    hangup_on_star: bool = False
    sequential: bool = False

    @property
    def parties(self) -> tuple[str, ...]:
        """Who is dialled, in the order of the document."""
        return tuple(noun.address for noun in self.nouns)


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Puts the caller into a queue. `action` None: the document goes on; `wait_url` None: silence."""

    name: str
    action: str | None
    method: Method
    wait_url: str | None
    wait_method: Method


@dataclass(frozen=True, slots=True)
class Leave:
    """Takes the caller out of the queue."""


@dataclass(frozen=True, slots=True)
class Sms:
    """Sends a text message. `to` and `from_` None: between the two numbers of the call."""

    text: str
    to: str | None
    from_: str | None
    action: str | None
    method: Method
    told: Told | None


@dataclass(frozen=True, slots=True)
class NotRun:
    """A verb that TwiML has and this carrier does not run; `takes_over` where nothing can follow it."""

    name: str
    takes_over: bool


@dataclass(frozen=True, slots=True)
class Redirect:
    """Goes on with another document."""

    url: str
    method: Method


@dataclass(frozen=True, slots=True)
class Hangup:
    """Ends the call."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuses the call; `reason` is rejected or busy."""

    reason: str


Verb = Say | Play | Pause | Gather | Record | Dial | Enqueue | Leave | Sms | Redirect | Hangup | Reject | NotRun

Allowed = tuple[type, ...]
CALL: Allowed = (Say, Play, Pause, Gather, Record, Dial, Enqueue, Leave, Sms, Redirect, Hangup, Reject, NotRun)
"""What may stand in a document of the caller's own leg."""
WHISPER: Allowed = (Say, Play, Pause, Gather, Redirect, Hangup)
""" "Say, Play, Gather, Hangup there make a whisper"."""
WAIT: Allowed = (*WHISPER, Leave)
""" "The wait document may hold Play, Say, Pause, Hangup, Redirect, Leave, Gather"."""


@dataclass(frozen=True, slots=True)
class Document:
    """The verbs that `url` answered with, in order. None at all ends the call."""

    url: str
    verbs: tuple[Verb, ...]
