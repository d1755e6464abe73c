"""What the caller shall hear, and what the carrier then waits for.

A turn's says are any number of `Say`, closed by one of the others. Their names are the field's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivr.menu.words import Pause, Prompt


@dataclass(frozen=True, slots=True)
class Say:
    """A prompt: which of its texts, in which language, with its values already put into spoken words."""

    prompt: Prompt
    variant: int
    language: str
    values: tuple[str, ...] = ()  # one for each Value of the text, in order
    interruptible: bool = True

    def words(self) -> str:
        """The text as it is spoken; pauses are spaces."""
        values = iter(self.values)
        pieces = self.prompt.texts[self.language][self.variant]
        words = (
            piece if isinstance(piece, str) else " " if isinstance(piece, Pause) else next(values) for piece in pieces
        )
        return "".join(words)


@dataclass(frozen=True, slots=True)
class Gather:
    """Wait for keys: at most `digits` of them, ended by `finish` ("#", or "" for none), `wait` seconds for each."""

    digits: int
    finish: Literal["#", ""]
    wait: float


@dataclass(frozen=True, slots=True)
class Record:
    """Record the caller: at most `longest` seconds, ended by `silence` seconds of silence, or a key."""

    longest: float
    silence: float


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect the caller to a number, `sip:` or `client:` address; it may ring `ring` seconds."""

    to: str
    caller_id: str
    ring: float
    send_digits: str | None = None


@dataclass(frozen=True, slots=True)
class Enqueue:
    """The caller waits in the carrier's queue of this name; its first wait document is number `k`."""

    queue: str
    k: int


@dataclass(frozen=True, slots=True)
class Wait:
    """One short piece of a wait; the next is number `k`. Keys count throughout: at most `digits`, ended by `finish`.

    The Says before it are the piece, with `seconds` of silence after them, a second at least; where there are none,
    it is `seconds` of the hold audio from `offset` seconds on (the audio begins anew at its end), or of silence where
    `audio` is empty.
    """

    k: int
    audio: str = ""
    offset: float = 0.0
    seconds: float = 0.0
    digits: int = 1
    finish: Literal["#", ""] = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """The caller's leg leaves the carrier's queue and comes to the action of this turn."""


@dataclass(frozen=True, slots=True)
class DialAgent:
    """Connect the caller to an agent, who hears a whisper first; it rings `ring` seconds."""

    offer: str
    address: str  # a number, `sip:…` or `client:…`
    caller_id: str
    ring: float


@dataclass(frozen=True, slots=True)
class Redirect:
    """Nothing is awaited of the caller: the carrier shall come again at once."""


@dataclass(frozen=True, slots=True)
class Hangup:
    """The call ends."""


Closing = Gather | Record | Dial | Enqueue | Wait | Leave | DialAgent | Redirect | Hangup
Said = Say | Closing
