"""What a carrier keeps for an application: its numbers, recordings and messages."""

from dataclasses import dataclass
from datetime import datetime

from ivr.phone.twiml import Method


@dataclass(slots=True)
class Line:
    """One of the application's numbers, with what a carrier's console sets for it.

    `application` and `trunk` are the sids of what has its calls instead of the URLs; they are kept, and nothing more.
    """

    number: str
    voice_url: str
    fallback_url: str | None = None
    status_url: str | None = None
    sid: str = ""
    voice_method: Method = "POST"
    fallback_method: Method = "POST"
    status_method: Method = "POST"
    application: str = ""
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording: of which call, how long in seconds, made when, and the URL that webhooks tell."""

    sid: str
    call_sid: str
    seconds: int
    made: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A text message that the application sent."""

    sid: str
    to: str
    from_: str
    body: str
    at: datetime
