"""What can be asked: calls, queues and their members, messages, recordings, numbers."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from ivr.phone.audio import tone
from ivr.phone.enqueue import Queue
from ivr.phone.events import CarrierError
from ivr.phone.exchange import Exchange
from ivr.phone.kept import Line, Recorded
from ivr.phone.leg import Leg
from ivr.phone.parse import parse
from ivr.phone.rest.errors import ApiError
from ivr.phone.rest.shapes import (
    call_shape,
    member_shape,
    message_shape,
    number_shape,
    page,
    queue_shape,
    recording_shape,
)
from ivr.phone.twiml import Document, Told
from ivr.phone.webhook import Fetch

ROOT = "/2010-04-01/Accounts/<account>"


def api(exchange: Exchange) -> Blueprint:
    """The routes, for an exchange."""
    routes = Blueprint("api", __name__, url_prefix=ROOT)
    for rule, method, view in (
        ("/Calls.json", "POST", _create_call),
        ("/Calls.json", "GET", lambda: page("calls", [call_shape(leg) for leg in list(exchange.legs.values())])),
        ("/Calls/<sid>.json", "GET", lambda sid: call_shape(_known(exchange.legs, sid))),
        ("/Calls/<sid>.json", "POST", _update_call),
        ("/Queues.json", "GET", lambda: page("queues", [queue_shape(one) for one in list(exchange.queues.values())])),
        ("/Queues.json", "POST", _create_queue),
        ("/Queues/<sid>.json", "GET", lambda sid: queue_shape(_queue_of(sid))),
        ("/Queues/<sid>/Members.json", "GET", _members),
        ("/Queues/<sid>/Members/<call_sid>.json", "GET", lambda sid, call_sid: member_shape(*_waiting(sid, call_sid))),
        ("/Queues/<sid>/Members/<call_sid>.json", "POST", _update_member),
        ("/Messages.json", "POST", _create_message),
        ("/Messages.json", "GET", lambda: page("messages", [message_shape(one) for one in list(exchange.messages)])),
        ("/Recordings/<sid>.json", "GET", lambda sid: recording_shape(_known(exchange.recordings, sid))),
        ("/Recordings/<sid>.json", "DELETE", _delete_recording),
        ("/Recordings/<sid>.wav", "GET", _audio),
        ("/Recordings/<sid>", "GET", _audio),
        ("/IncomingPhoneNumbers.json", "GET", _numbers),
        ("/IncomingPhoneNumbers/<sid>.json", "GET", lambda sid: number_shape(_line(sid))),
        ("/IncomingPhoneNumbers/<sid>.json", "POST", _update_number),
    ):
        routes.add_url_rule(rule, f"{method} {rule}".replace(".", "_"), _without_account(view), methods=[method])
    return routes


def _without_account(view: Callable[..., Any]) -> Callable[..., Any]:
    return lambda account, **given: view(**given)  # noqa: ARG005 (the server has looked at it)


def _known(all_: dict[str, Any], sid: str) -> Any:
    """The resource of this sid. 20404 where there is none."""
    if sid not in all_:
        raise ApiError(404, 20404, f"The requested resource {request.path} was not found")
    return all_[sid]


# Calls


def _create_call() -> tuple[dict[str, Any], int]:
    form = request.form
    to, from_ = form.get("To", "").strip(), form.get("From", "").strip()
    if not to:
        raise ApiError(400, 21201, "No 'To' number is specified")
    if not from_:
        raise ApiError(400, 21213, "No 'From' number is specified")
    status_url = form.get("StatusCallback")
    events = frozenset(" ".join(form.getlist("StatusCallbackEvent")).split()) or frozenset({"completed"})
    told = Told(status_url, _method("StatusCallbackMethod"), events) if status_url else None
    leg = g.exchange.create(
        to,
        from_,
        _first(),
        seconds=_whole("Timeout", 60),
        fallback_url=form.get("FallbackUrl"),
        told=told,
    )
    return call_shape(leg), 201


def _update_call(sid: str) -> dict[str, Any]:
    """ "Url", "Twiml", or "Status": a call that is over, or not yet answered, cannot be sent anywhere (21220)."""
    leg: Leg = _known(g.exchange.legs, sid)
    status = request.form.get("Status")
    if leg.ending is not None:
        raise ApiError(400, 21220, f"Call is not in-progress. Cannot redirect. ({leg.status})")
    if status is not None:
        if status not in ("completed", "canceled") or (status == "canceled" and leg.answered):
            raise ApiError(400, 21218, "Invalid Status: completed, or canceled before an answer")
        leg.hang_up("line", "completed" if leg.answered else "canceled")
        return call_shape(leg)
    if not leg.answered:
        raise ApiError(400, 21220, f"Call is not in-progress. Cannot redirect. ({leg.status})")
    leg.move(_first())
    return call_shape(leg)


def _first() -> Fetch | Document:
    """The document that a call is to go on with, here or at a URL."""
    if twiml := request.form.get("Twiml"):
        try:
            return parse(twiml.encode(), f"{g.exchange.rest_url}/")
        except CarrierError as error:
            raise ApiError(400, error.code, error.text) from None
    url = request.form.get("Url", "")
    if not url.startswith(("http://", "https://")):
        raise ApiError(400, 21205, "Url is not a valid URL")
    return Fetch(url, _method("Method"))


# Queues


def _create_queue() -> tuple[dict[str, Any], int]:
    name = request.form.get("FriendlyName", "")
    if not 1 <= len(name) <= 64:
        raise ApiError(400, 22000, "FriendlyName has 1 to 64 characters")
    queue: Queue = g.exchange.queue(name)
    queue.max_size = min(_whole("MaxSize", 1000), 5000)
    return queue_shape(queue), 201


def _queue_of(sid: str) -> Queue:
    return _known({queue.sid: queue for queue in list(g.exchange.queues.values())}, sid)  # type: ignore[no-any-return]


def _waiting(sid: str, call_sid: str) -> tuple[Queue, Leg]:
    """A member and its queue; `Front` is the first."""
    queue = _queue_of(sid)
    members = {member.leg.sid: member.leg for member in reversed(queue.members)}
    if queue.members:
        members["Front"] = queue.members[0].leg
    return queue, _known(members, call_sid)


def _update_member(sid: str, call_sid: str) -> dict[str, Any]:
    queue, leg = _waiting(sid, call_sid)
    answer = member_shape(queue, leg)
    leg.move(_first())
    return answer


def _members(sid: str) -> dict[str, Any]:
    queue = _queue_of(sid)
    return page("queue_members", [member_shape(queue, member.leg) for member in list(queue.members)])


# Messages, recordings, numbers


def _create_message() -> tuple[dict[str, Any], int]:
    form = request.form
    if not form.get("To"):
        raise ApiError(400, 21604, "A 'To' phone number is required.")
    if not form.get("From") and not form.get("MessagingServiceSid"):
        raise ApiError(400, 21603, "A 'From' phone number is required.")
    if not 1 <= len(form.get("Body", "")) <= 1600:
        raise ApiError(400, 21602 if not form.get("Body") else 21617, "The message body has 1 to 1600 characters.")
    sid = g.exchange.send(to=form["To"], from_=form.get("From", ""), body=form["Body"])
    return message_shape(next(one for one in g.exchange.messages if one.sid == sid)), 201


def _delete_recording(sid: str) -> tuple[str, int]:
    _known(g.exchange.recordings, sid)
    g.exchange.recordings.pop(sid, None)
    return "", 204


def _audio(sid: str) -> Response:
    recorded: Recorded = _known(g.exchange.recordings, sid)
    return Response(tone(recorded.seconds), mimetype="audio/x-wav")


def _numbers() -> dict[str, Any]:
    wanted = request.args.get("PhoneNumber", "")
    lines = [line for line in list(g.exchange.lines.values()) if wanted in line.number]
    return page("incoming_phone_numbers", [number_shape(line) for line in lines])


def _line(sid: str) -> Line:
    return _known({line.sid: line for line in list(g.exchange.lines.values())}, sid)  # type: ignore[no-any-return]


def _update_number(sid: str) -> dict[str, Any]:
    """ "Setting a trunk_sid will automatically delete your voice_application_sid and vice versa." """
    line, form = _line(sid), request.form
    methods = [_method(name, "") for name in ("VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod")]
    line.voice_url = form.get("VoiceUrl", line.voice_url)
    line.fallback_url = form.get("VoiceFallbackUrl", line.fallback_url)
    line.status_url = form.get("StatusCallback", line.status_url)
    line.voice_method = methods[0] or line.voice_method
    line.fallback_method = methods[1] or line.fallback_method
    line.status_method = methods[2] or line.status_method
    line.trunk = form.get("TrunkSid", "" if form.get("VoiceApplicationSid") else line.trunk)
    line.application = form.get("VoiceApplicationSid", "" if form.get("TrunkSid") else line.application)
    return number_shape(line)


# What all share


def _method(name: str, default: str = "POST") -> Any:
    method = request.form.get(name, default)
    if method not in ("GET", "POST", default):
        raise ApiError(400, 21209, f"Invalid {name}: GET or POST")
    return method


def _whole(name: str, default: int) -> int:
    text = request.form.get(name, str(default))
    if not text.isdecimal() or not text.isascii() or int(text) < 1:
        raise ApiError(400, 21208 if name == "Timeout" else 20001, f"Invalid {name}: a positive whole number")
    return min(int(text), 600 if name == "Timeout" else 5000)
