"""How what there is looks in the API's JSON."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from flask import g, request

from ivr.phone.enqueue import Queue
from ivr.phone.kept import Line, Recorded, Sent
from ivr.phone.leg import Leg

LARGEST_PAGE = 1000
"""Of a list's items, as on a real account."""


def call_shape(leg: Leg) -> dict[str, Any]:
    """A call."""
    over = leg.ending
    return {
        **_base("Calls", leg.sid, leg.began),
        "from": leg.from_,
        "to": leg.to,
        "status": leg.status,
        "direction": leg.direction,
        "parent_call_sid": leg.parent.sid if leg.parent is not None else None,
        "start_time": _date(leg.began),
        "duration": str(over.seconds) if over is not None else None,
    }


def queue_shape(queue: Queue) -> dict[str, Any]:
    """A queue."""
    return {
        **_base("Queues", queue.sid, g.exchange.clock.now()),
        "friendly_name": queue.name,
        "current_size": len(queue.members),
        "average_wait_time": queue.average(g.exchange.clock.now()),
        "max_size": queue.max_size,
    }


def member_shape(queue: Queue, leg: Leg) -> dict[str, Any]:
    """A member."""
    place = next((at for at, member in enumerate(queue.members) if member.leg is leg), 0)
    since = queue.members[place].since if place < len(queue.members) else g.exchange.clock.now()
    return {
        "call_sid": leg.sid,
        "queue_sid": queue.sid,
        "date_enqueued": _date(since),
        "position": place + 1,
        "wait_time": int((g.exchange.clock.now() - since).total_seconds()),
        "uri": _uri("Queues", f"{queue.sid}/Members/{leg.sid}"),
    }


def message_shape(message: Sent) -> dict[str, Any]:
    """A message."""
    named = {"to": message.to, "from": message.from_, "body": message.body}
    return {**_base("Messages", message.sid, message.at), **named, "status": "queued", "num_segments": "1"}


def recording_shape(recorded: Recorded) -> dict[str, Any]:
    """A recording."""
    return {
        **_base("Recordings", recorded.sid, recorded.made),
        "call_sid": recorded.call_sid,
        "duration": str(recorded.seconds),
        "status": "completed",
        "channels": 1,
        "source": "RecordVerb",
        "media_url": recorded.url,
    }


def number_shape(line: Line) -> dict[str, Any]:
    """A number."""
    return {
        **_base("IncomingPhoneNumbers", line.sid, g.exchange.clock.now()),
        "phone_number": line.number,
        "friendly_name": line.number,
        "voice_url": line.voice_url,
        "voice_method": line.voice_method,
        "voice_fallback_url": line.fallback_url,
        "voice_fallback_method": line.fallback_method,
        "status_callback": line.status_url,
        "status_callback_method": line.status_method,
        "voice_application_sid": line.application,
        "trunk_sid": line.trunk or None,
        "voice_receive_mode": "voice",
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
    }


def page(name: str, items: list[Any]) -> dict[str, Any]:
    """A list: all of it is one page, but where a `PageSize` is asked for, of 1,000 at most."""
    size = min(max(request.args.get("PageSize", 0, int), 0), LARGEST_PAGE) or max(len(items), 50)
    number = max(request.args.get("Page", 0, int), 0)
    shown = items[number * size : (number + 1) * size]
    more = (number + 1) * size < len(items)
    return {
        name: shown,
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(shown) - 1, 0),
        "uri": request.path,
        "first_page_uri": f"{request.path}?PageSize={size}&Page=0",
        "next_page_uri": f"{request.path}?PageSize={size}&Page={number + 1}" if more else None,
        "previous_page_uri": None,
    }


def _base(kind: str, sid: str, made: datetime) -> dict[str, Any]:
    account = g.exchange.account_sid
    dates = {"date_created": _date(made), "date_updated": _date(made)}
    return {"sid": sid, "account_sid": account, "api_version": "2010-04-01", "uri": _uri(kind, sid), **dates}


def _uri(kind: str, sid: str) -> str:
    return f"/2010-04-01/Accounts/{g.exchange.account_sid}/{kind}/{sid}.json"


def _date(moment: datetime) -> str:
    return format_datetime(moment)
