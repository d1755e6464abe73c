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
class Dial:
    """Calls `parties` at once. `action` None: the document goes on after the talk.

    `timeout` is how long it rings and `time_limit` how long a talk lasts, in seconds. A document for the
    other side (a noun's `url`) is not run: who is dialled is `caller.Caller.dial`.
    """

    parties: tuple[str, ...]
    action: str | None
    method: Method
    timeout: int
    time_limit: int
    caller_id: str | None
    answer_on_bridge: bool


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


Verb = Say | Play | Pause | Gather | Record | Dial | Redirect | Hangup | Reject


@dataclass(frozen=True, slots=True)
class Document:
    """The verbs that `url` answered with, in order. None at all ends the call."""

    url: str
    verbs: tuple[Verb, ...]
