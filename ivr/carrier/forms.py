"""A webhook's form as our data.

"New parameters may appear at any time": what is unknown is ignored, and what is missing has a default. All that
a form holds is text from outside, so all that is kept of it is cleaned and bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import unquote

from ivr.call.inputs import Dialed, HungUp, Input, Pressed, Recorded, RecordingReady, Silent

ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""The values of CallStatus with which a call is over; with `queued`, `ringing` and `in-progress` it is not."""

LONGEST_SID = 128
LONGEST_NAME = 256
"""Characters of From and To: "the client identifier may be up to 256 characters"."""
LONGEST_URL = 2048
MOST_KEYS = 64

_KEYS = frozenset("0123456789*#")

_DIALED: Mapping[str, Literal["answered", "busy", "no_answer", "failed"]] = {
    "completed": "answered",
    "answered": "answered",
    "busy": "busy",
    "no-answer": "no_answer",
    "canceled": "no_answer",
    "failed": "failed",
}


class BadForm(ValueError):  # noqa: N818 - it is the name of what is bad
    """A form that names no call. The message is plain and repeats nothing of the form."""


Pairs = tuple[tuple[str, str], ...]
"""A form's names and values as they were sent, repeated ones repeated."""


def pairs(body: bytes) -> Pairs:
    """The names and values of a body of the type `application/x-www-form-urlencoded`; none where it is no UTF-8.

    What `urllib.parse.parse_qsl` makes of it, in half the time: most values have nothing to decode.
    """
    try:
        text = body.decode().replace("+", " ")
    except UnicodeDecodeError:
        return ()
    sent = [field.partition("=") for field in text.split("&") if field]
    return tuple([(unquote(n) if "%" in n else n, unquote(value) if "%" in value else value) for n, _, value in sent])


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call a webhook is about."""

    sid: str
    caller: str  # From: a number, `client:x`, `sip:…`, `anonymous`, any text, or empty
    to: str
    over: bool  # the call has ended at the carrier


def caller(form: Mapping[str, str]) -> Caller:
    """Whose call the form is about. Raises BadForm where its CallSid cannot name a call.

    A SID is opaque: 1 to 128 characters of printable ASCII. `.` and `..` would be lost in an action's path.
    """
    sid = form.get("CallSid", "")
    if not sid.strip():
        raise BadForm("CallSid is missing")
    if len(sid) > LONGEST_SID:
        raise BadForm(f"CallSid is longer than {LONGEST_SID} characters")
    if not (sid.isascii() and sid.isprintable()) or sid in (".", ".."):
        raise BadForm("CallSid has characters that no call's name has")
    return Caller(sid, _text(form, "From", LONGEST_NAME), _text(form, "To", LONGEST_NAME), _ended(form) is not None)


def action_input(form: Mapping[str, str], at: datetime) -> Input:
    """What the form of an action URL says that the caller did; never raises.

    A dialled leg that is over and a recording that was made are facts even where the caller is gone: "caller
    hung up while it rang: Dial's action with `canceled` and `CallStatus=completed`".
    """
    ended = _ended(form)
    if "DialCallStatus" in form:
        return Dialed(at, _outcome(form), _seconds(form, "DialCallDuration"), ended is not None)
    if url := _url(form):
        gone = ended is not None or form.get("Digits") == "hangup"  # "`hangup` when the caller hung up"
        return Recorded(at, url, _seconds(form, "RecordingDuration"), gone)
    if ended:
        return HungUp(at, ended)
    pressed = keys(form)
    return Pressed(at, pressed) if pressed else Silent(at)


def keys(form: Mapping[str, str]) -> str:
    """The keys that were pressed; empty for none."""
    return "".join(key for key in form.get("Digits", "")[: 2 * MOST_KEYS] if key in _KEYS)[:MOST_KEYS]


def queue_sid(form: Mapping[str, str]) -> str:
    """What the carrier calls its queue, as a wait request tells it; empty where it does not."""
    sid = form.get("QueueSid", "")
    return sid if len(sid) <= LONGEST_SID and sid.isascii() and sid.isalnum() else ""


def status_input(form: Mapping[str, str], at: datetime) -> HungUp | None:
    """That the call is over, where the form of a status callback says so.

    "No guarantee of order, may repeat, may come after or before the last action webhook": whoever takes it
    must bear that.
    """
    ended = _ended(form)
    return HungUp(at, ended) if ended else None


def recording_input(form: Mapping[str, str], at: datetime) -> RecordingReady | None:
    """That the audio of a recording exists, where the form of a recording's status callback says so.

    "The file may not exist yet: wait for `recordingStatusCallback`." A status other than `completed`
    (in-progress, absent, failed) brings no audio; a carrier that names none calls when it is there.
    """
    url = _url(form)
    if not url or form.get("RecordingStatus", "") not in ("", "completed"):
        return None
    return RecordingReady(at, url, _seconds(form, "RecordingDuration"))


def _outcome(form: Mapping[str, str]) -> Literal["answered", "busy", "no_answer", "failed"]:
    """How a dialled leg ended.

    "Never judge by DialCallStatus" alone: "`completed` with `DialBridged=false`" is a leg that somebody or
    something took, and nobody talked on. Where DialBridged is missing, the status decides.
    """
    outcome = _DIALED.get(form["DialCallStatus"], "failed")
    if outcome == "answered" and form.get("DialBridged", "").lower() == "false":
        return "no_answer"
    return outcome


def _ended(form: Mapping[str, str]) -> str | None:
    """The carrier's word for how the call ended, if it has."""
    status = form.get("CallStatus", "")
    return status if status in ENDED else None


def _seconds(form: Mapping[str, str], name: str) -> int:
    """A duration; 0 where it is missing ("may be missing") or no sane number."""
    text = form.get(name, "")
    return int(text) if len(text) <= 7 and text.isascii() and text.isdigit() else 0


def _url(form: Mapping[str, str]) -> str:
    """The recording's address; empty where there is none that could be fetched."""
    url = form.get("RecordingUrl", "")
    fetchable = url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL
    return url if fetchable and url.isascii() and url.isprintable() else ""


def _text(form: Mapping[str, str], name: str, longest: int) -> str:
    """A line of text without what neither XML nor a log can carry."""
    words = " ".join(form.get(name, "")[: 4 * longest].split())
    return (words if words.isprintable() else "".join(filter(str.isprintable, words)))[:longest]
