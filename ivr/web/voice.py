"""What carriers call: signed webhooks in, TwiML out, and the audio of prompts.

Here is the one `except` of the service. Whatever raises behind it, the caller hears an apology in their
language and is handed on; a carrier never gets an error page.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from flask import Blueprint, Response, abort, request, send_from_directory
from redis import RedisError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ivr.call.inputs import HungUp, Input, RecordingReady
from ivr.carrier import forms, twiml
from ivr.carrier.urls import base_url
from ivr.switchboard.answer import Reply
from ivr.switchboard.apology import last_words
from ivr.web import watch
from ivr.web.door import parts
from ivr.web.gate import may_call
from ivr.web.replies import document, plain

LARGEST_FORM = 64 * 1024
"""Bytes of a webhook's body. The largest that a carrier sends is a few kB."""

AUDIO = (".wav", ".mp3")

log = logging.getLogger("ivr.voice")
voice = Blueprint("voice", __name__)

voice.before_request(watch.begin)
voice.after_request(watch.end)


@voice.before_request
def only_carriers() -> Response | None:
    """ "A wrong signature is 403 with nothing revealed." Prompts' audio is for everyone, as it is on the phone."""
    if request.method == "POST" and request.content_length is None:
        return refusal("this request does not say how long it is")  # a limit on its size would only cut it
    if request.endpoint == "voice.recordings" or may_call(request, parts().settings):
        return None
    return plain("forbidden", 403)


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


@voice.post("/voice")
def begin() -> Response:
    """A number's voice webhook: a call comes in. The line is chosen by `To`."""
    caller = forms.caller(request.form)
    if caller.over:
        return noted(caller, forms.status_input(request.form, parts().switchboard.now()))
    return answered(caller, None, lambda base: parts().switchboard.begin(caller, base))


@voice.post("/voice/<path:sid>/<int:turn>")
def act(sid: str, turn: int) -> Response:
    """What the caller did in a turn of a call."""
    caller = forms.caller(request.form)
    if caller.sid != sid:
        return refusal("CallSid is not the one of this address")
    switchboard = parts().switchboard
    input_ = forms.action_input(request.form, switchboard.now())
    if isinstance(input_, HungUp):
        return noted(caller, input_)
    place = request.args.get("s", "")
    return answered(caller, input_, lambda base: switchboard.act(sid, turn, input_, base, place))


@voice.post("/voice/status")
def status() -> Response:
    """The carrier says how a call goes: "no guarantee of order, may repeat"."""
    caller = forms.caller(request.form)
    return noted(caller, forms.status_input(request.form, parts().switchboard.now()))


@voice.post("/voice/recording")
def recording() -> Response:
    """The carrier says that the audio of a recording is ready; that may be after the call."""
    caller = forms.caller(request.form)
    return noted(caller, forms.recording_input(request.form, parts().switchboard.now()))


@voice.post("/voice/fallback")
def fallback() -> Response:
    """The carrier could not get or read a document: the present step again, or an apology and a way out."""
    caller = forms.caller(request.form)
    log.warning("the carrier fell back, code %s", request.form.get("ErrorCode", "")[:5])
    switchboard = parts().switchboard
    return answered(caller, None, lambda base: switchboard.present(caller.sid) or switchboard.begin(caller, base))


@voice.get("/recordings/<path:path>")
def recordings(path: str) -> Response:
    """The audio of prompts, cacheable."""
    if not path.endswith(AUDIO):
        abort(404)
    folder = parts().settings.recordings.absolute()
    return send_from_directory(folder, path, mimetype="audio/wav", conditional=True, max_age=3600)


def answered(caller: forms.Caller, input_: Input | None, answer: Callable[[str], Reply]) -> Response:
    """The answer as a response; whatever raises, an apology in the caller's language and a way to a person."""
    base = base_url(parts().settings.public_url, request.scheme, request.host)
    reply = _tried(caller.sid, base, answer)
    if reply is not None:
        watch.told(caller.sid, reply.outcome, reply)
        return document(reply.document)
    watch.told(caller.sid, "apologised")
    try:
        return document(last_words(parts().lines.last_known(caller.to), caller.sid, input_, base))
    except Exception as error:
        complain(error)
        return document(last_words(None, caller.sid, None, base))


def _tried(sid: str, base: str, answer: Callable[[str], Reply]) -> Reply | None:
    """The answer; where it raises, the engine's own apology; None where that cannot be had either."""
    try:
        return answer(base)
    except RedisError as error:
        complain(error)  # there is no state to step on, and asking again would only take longer
        return None
    except Exception as error:
        complain(error)
        try:
            return parts().switchboard.trouble(sid, type(error).__name__, base)
        except Exception as worse:
            complain(worse)
            return None


def noted(caller: forms.Caller, fact: HungUp | RecordingReady | None) -> Response:
    """The fact noted. Where that fails, 503: a carrier that retries will come again."""
    watch.told(caller.sid, "noted")
    if fact is not None:
        try:
            parts().switchboard.note(caller.sid, fact)
        except Exception as error:
            complain(error)
            watch.told(caller.sid, "failed")
            return plain("try again", 503)
    return document(twiml.empty())


def complain(error: Exception) -> None:
    """Logs what raised and where, without the error's message: it could hold what a caller entered."""
    where = "".join(traceback.format_tb(error.__traceback__)[-4:])
    log.error("%s while answering a webhook\n%s", type(error).__name__, where)
