"""What a caller can do, and the words for it in a script.

A script is tokens with white space between them, one for each prompt that waits:

| token | what the caller does |
|---|---|
| `1`, `42#`, `*` | presses these keys |
| `early:1` | presses them while the prompt is still being said (barge-in, or typing ahead) |
| `silence` | stays silent until the time-out |
| `hangup`, `early:hangup` | hangs up |
| `speak`, `speak:12`, `speak:12:#`, `speak:12:hangup` | speaks into a recording: seconds, and what ends it |
| `answered`, `answered:45`, `answered:45:hangup` | the dialled party talks so long; else hangs up first |
| `busy`, `no-answer`, `failed` | the dialled party cannot be had |

What the transcript prints behind `> ` (`speak 5 s`, `answered 30 s`) is read back too, one act a line.
"""

import re
from dataclasses import dataclass
from typing import Literal

KEYS = "0123456789*#"
SPEECH = 5
TALK = 30
ALLOWED = (
    "keys (digits, * and #), silence, hangup, early:KEYS, early:hangup, speak[:SECONDS][:KEY or :hangup], "
    "answered[:SECONDS][:hangup], busy, no-answer, failed"
)

Outcome = Literal["answered", "busy", "no-answer", "failed"]


@dataclass(frozen=True, slots=True)
class Press:
    """Keys pressed one after the other; `early` while something is still being said.

    Raises ValueError for none, or for what no keypad has.
    """

    keys: str
    early: bool = False

    def __post_init__(self) -> None:
        if not self.keys or set(self.keys) - set(KEYS):
            raise ValueError(f"cannot press {self.keys!r}: a keypad has {KEYS}")


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing, until the time-out passes."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller puts the phone down; `early` while something is still being said."""

    early: bool = False


@dataclass(frozen=True, slots=True)
class Speak:
    """`seconds` of speech into a recording, ended by silence (""), by one key, or by "hangup"."""

    seconds: int = SPEECH
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Dialed:
    """How the dialled party takes the call: after `answered`, so many `seconds` of talk.

    `hangs_up` tells that our caller ends the talk; else the other side does.
    """

    outcome: Outcome = "answered"
    seconds: int = TALK
    hangs_up: bool = False


Act = Press | Silent | HangUp | Speak | Dialed

_SPEAK = re.compile(r"speak(?::(?P<seconds>\d{1,5}))?(?::(?P<ends>[0-9*#]|hangup))?")
_ANSWERED = re.compile(r"answered(?::(?P<seconds>\d{1,5}))?(?P<hangs_up>:hangup)?")


def read_act(words: str) -> Act:
    """The act that one token, or one line of a transcript behind its `> `, stands for.

    Raises ValueError, listing what is allowed, for anything else.
    """
    token = ":".join(re.sub(r"(\d) s\b", r"\1", words.strip()).split())
    early = token.startswith("early:")
    token = token.removeprefix("early:")
    if token and not set(token) - set(KEYS):
        return Press(token, early=early)
    if token == "hangup":  # noqa: S105 (a word of a script, no password)
        return HangUp(early=early)
    if not early:
        if token == "silence":  # noqa: S105
            return Silent()
        if token in ("busy", "no-answer", "failed"):
            return Dialed(token)  # type: ignore[arg-type]  # the line above narrows it
        if found := _SPEAK.fullmatch(token):
            return Speak(int(found["seconds"] or SPEECH), found["ends"] or "")
        if found := _ANSWERED.fullmatch(token):
            return Dialed("answered", int(found["seconds"] or TALK), hangs_up=bool(found["hangs_up"]))
    raise ValueError(f"{words!r} is nothing a caller can do; allowed: {ALLOWED}")


def read_script(text: str) -> list[Act]:
    """The acts of a script: tokens with white space between them. Raises ValueError as `read_act` does."""
    return [read_act(token) for token in text.split()]
