"""What is heard and done in a call, as data. A transcript is these events in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ivr.phone.acts import Act


class CarrierError(Exception):
    """What a carrier would log: `code` as in Twilio's error dictionary, `text` in plain words.

    Code 0 is the phone's own: a call that goes round and round, what it knows and does not run. `took` is how
    many seconds of a manual clock it took to find out, `status` that of the answer where there was one.
    """

    def __init__(self, code: int, text: str, *, took: float = 0, status: int | None = None) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.took = took
        self.status = status
        self.text = " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Began:
    """The call is placed: what the caller of the API wants said of it, both numbers, and the moment."""

    header: tuple[tuple[str, str], ...]
    from_: str
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Spoke:
    """The line speaks: `language` as a BCP 47 tag, `text` with its white space collapsed."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Played:
    """The line plays the audio at `url` (which is empty where it plays only the tones `digits`)."""

    url: str
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Paused:
    """The line is silent for `seconds`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Dialing:
    """The line dials these parties (numbers, `client:` or `sip:` addresses) at once."""

    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """The line records from now on."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The line refuses the call without answering it; `reason` is rejected or busy."""

    reason: str


@dataclass(frozen=True, slots=True)
class Did:
    """The caller, or whoever was dialled, did this."""

    act: Act


@dataclass(frozen=True, slots=True)
class Warned:
    """A carrier would log this and go on."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended, the last of its events.

    `by` is who ended it; with "error", `code` and `text` are what a carrier would log. `seconds` is how
    long it lasted by its clock, `webhooks` how many documents were asked for.
    """

    by: Literal["line", "caller", "error"]
    code: int | None = None
    text: str = ""
    seconds: int = 0
    webhooks: int = 0


@dataclass(frozen=True, slots=True)
class Queued:
    """The line puts the caller into the queue of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Texted:
    """The line sends a text message (SMS)."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Ringing:
    """This phone rings: who calls, and for whom."""

    from_: str
    to: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The call is answered: this phone was picked up, or the line took the call."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was begun with Spoke, Played or Paused is over; `cut` where a key cut it short (barge-in)."""

    cut: bool = False


@dataclass(frozen=True, slots=True)
class Bridged:
    """From now on, this phone and `party` hear each other."""

    party: str


@dataclass(frozen=True, slots=True)
class Unbridged:
    """They no longer do."""

    party: str


@dataclass(frozen=True, slots=True)
class Message:
    """The other party of a bridge said this."""

    text: str


@dataclass(frozen=True, slots=True)
class Turned:
    """One webhook and what came of it.

    `status` is None where no answer came, `body` the document as text, `error` what was wrong with it
    ("" where nothing), `url` where it came from.
    """

    url: str
    method: str
    status: int | None
    body: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """An event on the leg of a dialled `party`, as it stands among those of the caller who dialled it."""

    party: str
    event: "Event"


Event = (
    Began
    | Spoke
    | Played
    | Paused
    | Dialing
    | Queued
    | Texted
    | Recording
    | Rejected
    | Did
    | Warned
    | Ringing
    | Answered
    | Stopped
    | Bridged
    | Unbridged
    | Message
    | Turned
    | Aside
    | Ending
)
