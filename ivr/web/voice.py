"""What carriers call: signed webhooks in, TwiML out, and the audio of prompts."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Blueprint, Response, abort, request, send_from_directory
from redis import RedisError
from werkzeug.exceptions import HTTPException

from ivr.call.inputs import HungUp, Input, RecordingReady
from ivr.carrier import forms, twiml
from ivr.carrier.queueing import queue_left
from ivr.switchboard.apology import last_words
from ivr.switchboard.stepping import Reply
from ivr.web.door import parts
from ivr.web.drafts import drafted
from ivr.web.replies import document, not_here, plain
from ivr.web.watch import Answered
from ivr.web.webhook import Webhook, complain, refusal, webhook

AUDIO = (".wav", ".mp3")

log = logging.getLogger("ivr.voice")
voice = Blueprint("voice", __name__)

voice.app_errorhandler(HTTPException)(not_here)


@voice.app_errorhandler(Exception)
def broken(error: Exception) -> Response:
    """What raised outside of a webhook's view: an apology all the same, since a carrier may be listening."""
    complain(error)
    return document(last_words(None, "", None, request.host_url.rstrip("/")))


@voice.post("/voice")
@webhook
def begin(asked: Webhook) -> Answered:
    """A number's voice webhook: a call comes in. The line is chosen by `To`."""
    switchboard = asked.parts.switchboard
    if asked.caller.over:
        return noted(asked, forms.status_input(asked.form, switchboard.now()))
    return answered(asked, None, lambda: switchboard.begin(asked.caller, asked.base, drafted()))


@voice.post("/voice/<path:sid>/<int:turn>")
@webhook
def act(asked: Webhook, sid: str, turn: int) -> Answered:
    """What the caller did in a turn of a call."""
    if asked.caller.sid != sid:
        return refusal("CallSid is not the one of this address")
    switchboard = asked.parts.switchboard
    input_: Input | None
    if "QueueResult" in asked.form:
        input_ = queue_left(asked.form, switchboard.now())
        if input_ is None:
            return Answered(document(twiml.empty()), "noted", sid)
    else:
        input_ = forms.action_input(asked.form, switchboard.now())
    if isinstance(input_, HungUp):
        return noted(asked, input_)
    return answered(asked, input_, lambda: switchboard.act(sid, turn, input_, asked.base, asked.place))


@voice.post("/voice/status")
@webhook
def status(asked: Webhook) -> Answered:
    """The carrier says how a call goes: "no guarantee of order, may repeat"."""
    return noted(asked, forms.status_input(asked.form, asked.parts.switchboard.now()))


@voice.post("/voice/recording")
@webhook
def recording(asked: Webhook) -> Answered:
    """The carrier says that the audio of a recording is ready; that may be after the call."""
    return noted(asked, forms.recording_input(asked.form, asked.parts.switchboard.now()))


@voice.post("/voice/fallback")
@webhook
def fallback(asked: Webhook) -> Answered:
    """The carrier could not get or read a document: the present step again, or an apology and a way out."""
    log.warning("the carrier fell back, code %s", asked.form.get("ErrorCode", "")[:5])
    caller, switchboard = asked.caller, asked.parts.switchboard
    return answered(asked, None, lambda: switchboard.present(caller.sid) or switchboard.begin(caller, asked.base))


@voice.get("/recordings/<path:path>")
def recordings(path: str) -> Response:
    """The audio of prompts, cacheable. It is for everyone, as it is on the phone."""
    if not path.endswith(AUDIO):
        abort(404)
    folder = parts().settings.recordings.absolute()
    return send_from_directory(folder, path, mimetype="audio/wav", conditional=True, max_age=3600)


def answered(asked: Webhook, input_: Input | None, answer: Callable[[], Reply]) -> Answered:
    """The answer as a response; whatever raises, an apology in the caller's language and a way to a person."""
    caller = asked.caller
    reply = _tried(asked, answer)
    if reply is not None:
        return Answered(document(reply.document), reply.outcome, caller.sid, reply.line, reply.place)
    try:
        words = last_words(asked.parts.lines.last_known(caller.to), caller.sid, input_, asked.base)
    except Exception as error:
        complain(error)
        words = last_words(None, caller.sid, None, asked.base)
    return Answered(document(words), "apologised", caller.sid)


def _tried(asked: Webhook, answer: Callable[[], Reply]) -> Reply | None:
    """The answer; where it raises, the engine's own apology; None where that cannot be had either."""
    try:
        return answer()
    except RedisError as error:
        complain(error)  # there is no state to step on, and asking again would only take longer
        return None
    except Exception as error:
        complain(error)
        try:
            return asked.parts.switchboard.trouble(asked.caller.sid, type(error).__name__, asked.base)
        except Exception as worse:
            complain(worse)
            return None


def noted(asked: Webhook, fact: HungUp | RecordingReady | None) -> Answered:
    """The fact noted. Where that fails, 503: a carrier that retries will come again."""
    sid = asked.caller.sid
    if fact is not None:
        try:
            asked.parts.switchboard.note(sid, fact)
        except Exception as error:
            complain(error)
            return Answered(plain("try again", 503), "failed", sid)
    return Answered(document(twiml.empty()), "noted", sid)
