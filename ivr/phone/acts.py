"""What a caller can do, and the words for it in a script.

A script is tokens with white space between them, one for each prompt that waits:

| token | what the caller does |
|---|---|
| `1`, `42#`, `*` | presses these keys |
| `early:1` | presses them while the prompt is still being said (barge-in, or typing ahead) |
| `silence` | stays silent until the time-out |
| `hangup`, `early:hangup` | hangs up |
| `speak`, `speak:12`, `speak:12:#`, `speak:12:hangup` | speaks into a recording: seconds, and what ends it |
| `wait:90` | does nothing for so many seconds, whatever is asked meanwhile; what follows is done at that moment |
| `answered`, `answered:45`, `answered:45:hangup` | the dialled party talks so long; else hangs up first |
| `answered:45:after:12:press:2` | it rings 12 s first; in a whisper the party presses 2 (else 1) |
| `voicemail`, `declined` | a voicemail picks up and presses nothing; the party picks up, and hangs up in the whisper |
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
    "wait:SECONDS, answered[:SECONDS][:hangup][:after:SECONDS][:press:KEYS], voicemail, declined, busy, no-answer, "
    "failed (each with [:after:SECONDS])"
)

Outcome = Literal["answered", "voicemail", "declined", "busy", "no-answer", "failed"]
RINGS: dict[str, float] = {"answered": 5, "voicemail": 20, "declined": 5, "busy": 2, "failed": 0}
"""Seconds until each outcome where an act does not say; without an answer it rings as long as it may."""


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
class Wait:
    """Nothing for `seconds`, over as many prompts as come; what a script does next, it does at that moment."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Dialed:
    """How the dialled party takes the call.

    - `outcome`: "voicemail" picks up and presses nothing, "declined" picks up and hangs up in the whisper.
    - `seconds` of talk, once bridged. `hangs_up` tells that our caller ends it; else the other side does.
    - `after`: how many seconds it rings first; None for what is usual (`RINGS`).
    - `press`: the keys for a whisper document's first prompt ("" for none).
    """

    outcome: Outcome = "answered"
    seconds: int = TALK
    hangs_up: bool = False
    after: int | None = None
    press: str = "1"

    @property
    def picks_up(self) -> bool:
        """Whether anybody, or a machine, takes the call."""
        return self.outcome in ("answered", "voicemail", "declined")

    @property
    def rings(self) -> float | None:
        """Seconds until it is answered or refused; None: it rings on."""
        return RINGS.get(self.outcome) if self.after is None else self.after


Act = Press | Silent | HangUp | Speak | Wait | Dialed

_SPEAK = re.compile(r"speak(?::(?P<seconds>\d{1,5}))?(?::(?P<ends>[0-9*#]|hangup))?")
_WAIT = re.compile(r"wait:(\d{1,5})")
_ANSWERED = re.compile(
    r"answered(?::(?P<seconds>\d{1,5}))?(?P<hangs_up>:hangup)?"
    r"(?::after:(?P<after>\d{1,5}))?(?::press:(?P<press>[0-9*#]+|nothing))?"
)
_TAKEN = re.compile(r"(?P<outcome>voicemail|declined|busy|no-answer|failed)(?::after:(?P<after>\d{1,5}))?")


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
        if found := _WAIT.fullmatch(token):
            return Wait(int(found[1]))
        if found := _TAKEN.fullmatch(token):
            after = None if found["after"] is None else int(found["after"])
            return Dialed(found["outcome"], after=after)  # type: ignore[arg-type]  # the pattern narrows it
        if found := _SPEAK.fullmatch(token):
            return Speak(int(found["seconds"] or SPEECH), found["ends"] or "")
        if found := _ANSWERED.fullmatch(token):
            return Dialed(
                "answered",
                int(found["seconds"] or TALK),
                hangs_up=bool(found["hangs_up"]),
                after=None if found["after"] is None else int(found["after"]),
                press={None: "1", "nothing": ""}.get(found["press"], found["press"]),
            )
    raise ValueError(f"{words!r} is nothing a caller can do; allowed: {ALLOWED}")


def read_script(text: str) -> list[Act]:
    """The acts of a script: tokens with white space between them. Raises ValueError as `read_act` does."""
    return [read_act(token) for token in text.split()]
