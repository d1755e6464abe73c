"""What happens on a leg, as the page is told: events in, JSON objects out. Each has its `kind`."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from ivr.phone.acts import Dialed
from ivr.phone.events import (
    Answered,
    Bridged,
    Dialing,
    Did,
    Ending,
    Event,
    Message,
    Paused,
    Played,
    Queued,
    Recording,
    Rejected,
    Ringing,
    Spoke,
    Stopped,
    Texted,
    Turned,
    Unbridged,
    Warned,
)
from ivr.phone.page.service import Service

Told = dict[str, Any]

_OUTCOMES = {
    "busy": "The other side is busy.",
    "no-answer": "Nobody answers.",
    "failed": "The number cannot be reached.",
    "declined": "The other side declined.",
    "voicemail": "A voicemail answers.",
}


def told(event: Event, service: Service) -> Told | None:
    """What the page is told of an event; None for what it knows by itself, such as the keys it pressed."""
    match event:
        case Spoke(language, text):
            return {"kind": "spoke", "text": text, "language": language}
        case Played():
            return _played(event, service)
        case Paused(seconds):
            return {"kind": "paused", "seconds": seconds}
        case Stopped(cut):
            return {"kind": "stopped", "cut": cut}
        case Answered():
            return {"kind": "answered"}
        case Ringing(from_, to):
            return {"kind": "ringing", "from": from_, "to": to}
        case Dialing(parties):
            return {"kind": "dialing", "parties": list(parties)}
        case Bridged(party):
            return {"kind": "bridged", "party": party}
        case Unbridged(party):
            return {"kind": "unbridged", "party": party}
        case Message(text):
            return {"kind": "message", "text": text}
        case Queued(name):
            return {"kind": "queued", "name": name}
        case Recording():
            return {"kind": "recording"}
        case Turned(url, method, status, body, error):
            return {"kind": "turned", "url": url, "method": method, "status": status, "body": body, "error": error}
        case Warned(code, text):
            return {"kind": "warned", "code": code, "text": text}
        case Ending(by, code, text):
            return {"kind": "ended", "by": by, "code": code, "text": text}
        case Texted(to, text):
            return {"kind": "note", "text": f"The line sends a message to {to}: {text}"}
        case Rejected(reason):
            return {"kind": "note", "text": f"The line refuses the call ({reason})."}
        case Did(Dialed(outcome)) if outcome in _OUTCOMES:
            return {"kind": "note", "text": _OUTCOMES[outcome]}
        case _:
            return None


def _played(event: Played, service: Service) -> Told:
    """Audio with its words, where it is a recording of the service, and the address at which the page finds it."""
    if not event.url:
        return {"kind": "note", "text": f"The line plays the keys {event.digits}."}
    text, language = service.recording(event.url)
    name = unquote(urlsplit(event.url).path.rpartition("/")[2]) or event.url
    return {
        "kind": "played",
        "src": f"/sounds/{service.offer(event.url)}",
        "name": name,
        "text": text,
        "language": language,
    }
