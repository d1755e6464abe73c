"""What carriers call: signed webhooks in, TwiML out, and the audio of prompts.

Here is the one `except` of the service. Whatever raises behind it, the caller hears an apology in their
language and is handed on; a carrier never gets an error page.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote

from flask import Blueprint, Request, Response, abort, current_app, request, send_from_directory
from redis import RedisError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ivr.call.inputs import HungUp, Input, RecordingReady
from ivr.carrier import forms, signature, twiml
from ivr.carrier.profile import TWILIO
from ivr.carrier.urls import base_url, public_urls
from ivr.config import Settings
from ivr.switchboard.answer import Switchboard
from ivr.switchboard.apology import last_words
from ivr.switchboard.lines import Lines

LARGEST_FORM = 64 * 1024
"""Bytes of a webhook's body. The largest that a carrier sends is a few kB."""

AUDIO = (".wav", ".mp3")

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")

log = logging.getLogger("ivr.voice")
voice = Blueprint("voice", __name__)


@dataclass(frozen=True, slots=True)
class Door:
    """What the routes work with."""

    settings: Settings
    switchboard: Switchboard
    lines: Lines
    close: Callable[[], None]  # ends what the collaborators hold open


@voice.before_request
def only_carriers() -> Response | None:
    """Lets in who may call: "a wrong signature is 403 with nothing revealed".

    "No token configured means no webhook is accepted from anywhere but this machine", and none that was
    forwarded to it, since then somebody else is behind it. Prompts' audio is for everyone, as on the phone.
    """
    if request.endpoint == "voice.recordings":
        return None
    try:
        content = list(request.form.items(multi=True)) if _is_form(request) else request.get_data()
    except RequestEntityTooLarge:
        return refusal(f"this form has more than {LARGEST_FORM} bytes")
    settings = _door().settings
    if settings.auth_tokens:
        urls = public_urls(settings.public_url, request.scheme, request.host, *_raw_path(request))
        genuine = signature.check(TWILIO, settings.auth_tokens, urls, request.headers, content)
    else:
        genuine = _from_this_machine(request)
    return None if genuine else plain("forbidden", 403)


@voice.app_errorhandler(HTTPException)
def not_here(error: HTTPException) -> Response:
    """An address or method that is none of ours, in a line of text."""
    return plain(error.name.lower(), error.code or 500)


@voice.app_errorhandler(Exception)
def broken(error: Exception) -> Response:
    """What raised outside of `answered`: an apology all the same, since a carrier may be listening."""
    complain(error)
    return document(last_words(None, "", None, request.host_url.rstrip("/")))


@voice.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> Response:
    """A body that no carrier sends."""
    return refusal(f"this form has more than {LARGEST_FORM} bytes")


@voice.errorhandler(forms.BadForm)
def bad_form(error: forms.BadForm) -> Response:
    """A form that names no call."""
    return refusal(str(error))


def refusal(message: str) -> Response:
    """400, with a plain message."""
    return plain(message, 400)


def plain(message: str, status: int) -> Response:
    """A line of text."""
    return Response(message + "\n", status=status, mimetype="text/plain")


@voice.post("/voice")
def begin() -> Response:
    """A number's voice webhook: a call comes in. The line is chosen by `To`."""
    caller = forms.caller(request.form)
    if caller.over:
        return noted(caller, forms.status_input(request.form, _door().switchboard.now()))
    return answered(caller, None, lambda base: _door().switchboard.begin(caller, base))


@voice.post("/voice/<path:sid>/<int:turn>")
def act(sid: str, turn: int) -> Response:
    """What the caller did in a turn of a call."""
    caller = forms.caller(request.form)
    if caller.sid != sid:
        return refusal("CallSid is not the one of this address")
    switchboard = _door().switchboard
    input_ = forms.action_input(request.form, switchboard.now())
    if isinstance(input_, HungUp):
        return noted(caller, input_)
    place = request.args.get("s", "")
    return answered(caller, input_, lambda base: switchboard.act(sid, turn, input_, base, place))


@voice.post("/voice/status")
def status() -> Response:
    """The carrier says how a call goes: "no guarantee of order, may repeat"."""
    caller = forms.caller(request.form)
    return noted(caller, forms.status_input(request.form, _door().switchboard.now()))


@voice.post("/voice/recording")
def recording() -> Response:
    """The carrier says that the audio of a recording is ready; that may be after the call."""
    caller = forms.caller(request.form)
    return noted(caller, forms.recording_input(request.form, _door().switchboard.now()))


@voice.post("/voice/fallback")
def fallback() -> Response:
    """The carrier could not get or read a document: the present step again, or an apology and a way out."""
    caller = forms.caller(request.form)
    log.warning("the carrier fell back, code %s", request.form.get("ErrorCode", "")[:5])
    switchboard = _door().switchboard
    return answered(caller, None, lambda base: switchboard.present(caller.sid) or switchboard.begin(caller, base))


@voice.get("/recordings/<path:path>")
def recordings(path: str) -> Response:
    """The audio of prompts, cacheable."""
    if not path.endswith(AUDIO):
        abort(404)
    folder = _door().settings.recordings.absolute()
    return send_from_directory(folder, path, mimetype="audio/wav", conditional=True, max_age=3600)


def answered(caller: forms.Caller, input_: Input | None, answer: Callable[[str], str]) -> Response:
    """The answer as a response; whatever raises, an apology in the caller's language and a way to a person."""
    base = base_url(_door().settings.public_url, request.scheme, request.host)
    switchboard = _door().switchboard
    try:
        return document(answer(base))
    except RedisError as error:
        complain(error)  # there is no state to step on, and asking again would only take longer
    except Exception as error:
        complain(error)
        try:
            reply = switchboard.trouble(caller.sid, type(error).__name__, base)
            if reply is not None:
                return document(reply)
        except Exception as worse:
            complain(worse)
    try:
        return document(last_words(_door().lines.last_known(caller.to), caller.sid, input_, base))
    except Exception as error:
        complain(error)
        return document(last_words(None, caller.sid, None, base))


def noted(caller: forms.Caller, fact: HungUp | RecordingReady | None) -> Response:
    """The fact noted. Where that fails, 503: a carrier that retries will come again."""
    if fact is not None:
        try:
            _door().switchboard.note(caller.sid, fact)
        except Exception as error:
            complain(error)
            return plain("try again", 503)
    return document(twiml.empty())


def document(text: str) -> Response:
    """A TwiML document: "a wrong type is error 12300"."""
    return Response(text, mimetype="text/xml")


def complain(error: Exception) -> None:
    """Logs what raised and where, without the error's message: it could hold what a caller entered."""
    where = "".join(traceback.format_tb(error.__traceback__)[-4:])
    log.error("%s while answering a webhook\n%s", type(error).__name__, where)


def _door() -> Door:
    door = current_app.extensions["ivr"]
    assert isinstance(door, Door)  # noqa: S101 - create_app puts it there
    return door


def _is_form(request_: Request) -> bool:
    return request_.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data", "")


def _raw_path(request_: Request) -> tuple[str, str]:
    """Path and query as they were sent, percent-encoding and all: that is what was signed."""
    raw = request_.environ.get("RAW_URI") or request_.environ.get("REQUEST_URI") or ""
    if raw.startswith("/"):
        path, _, query = raw.partition("?")
        return path, query
    return quote(request_.path, safe="/:@!$&'()*+,;=-._~"), request_.query_string.decode("latin-1")


def _from_this_machine(request_: Request) -> bool:
    """Whether the request comes from here and was forwarded by nobody."""
    if _door().settings.public_url or any(header in request_.headers for header in FORWARDED):
        return False
    try:
        return ip_address((request_.remote_addr or "").partition("%")[0]).is_loopback
    except ValueError:
        return False
