"""What carriers ask while callers wait in a queue, and while agents are called."""

from __future__ import annotations

from flask import Blueprint
from redis import RedisError

from ivr.call.inputs import Accepted
from ivr.carrier import forms
from ivr.carrier.queueing import declined
from ivr.web.replies import document
from ivr.web.voice import answered, noted
from ivr.web.watch import Answered
from ivr.web.webhook import Webhook, complain, refusal, webhook

queueing = Blueprint("queueing", __name__)


@queueing.post("/voice/<path:sid>/<int:turn>/wait/<int:k>")
@webhook
def wait(asked: Webhook, sid: str, turn: int, k: int) -> Answered:
    """A piece of a wait: the wait document, or a key that was pressed in it."""
    if asked.caller.sid != sid:
        return refusal("CallSid is not the one of this address")
    keys, queue = forms.keys(asked.form), forms.queue_sid(asked.form)
    waits = asked.parts.handover.wait
    return answered(asked, None, lambda: waits(sid, turn, k, keys, queue, asked.base, asked.place))


@queueing.post("/voice/<path:sid>/offer/<id_>")
@webhook
def offer(asked: Webhook, sid: str, id_: str) -> Answered:
    """A caller's leg was moved out of the carrier's queue, to be connected."""
    if asked.caller.sid != sid:
        return refusal("CallSid is not the one of this address")
    return answered(asked, None, lambda: asked.parts.handover.offer(sid, id_, asked.base))


@queueing.post("/agent/<id_>/<int:n>")
@webhook
def agent(asked: Webhook, id_: str, n: int) -> Answered:
    """An agent's leg: the whisper, and the key that takes the call. What goes wrong hangs up, and never bridges."""
    here, sid = asked.parts, asked.caller.sid
    now = here.switchboard.now()
    try:
        if n == 0:
            words, taken = here.agent_leg.picked_up(id_, asked.base, now)
        else:
            words, taken = here.agent_leg.pressed(id_, forms.keys(asked.form), now)
    except RedisError as error:
        complain(error)
        return Answered(document(declined()), "failed", sid)
    if taken is not None:
        try:
            here.customer_leg.connected(taken.sid)
            here.switchboard.note(taken.sid, Accepted(now, taken.id))
        except Exception as error:  # the two talk all the same; the end of the leg tells it again
            complain(error)
    return Answered(document(words), "taken" if taken else "whispered" if n == 0 else "declined", sid)


@queueing.post("/callback/<id_>/<int:n>")
@webhook
def callback(asked: Webhook, id_: str, n: int) -> Answered:
    """Somebody who is called back: they picked up (0), or pressed a key (1)."""
    leg, sid = asked.parts.customer_leg, asked.caller.sid
    if n == 0:
        return answered(asked, None, lambda: leg.picked_up(id_, sid, asked.base))
    return answered(asked, None, lambda: leg.pressed(id_, sid, forms.keys(asked.form), asked.base))


@queueing.post("/callback/<id_>/status")
@webhook
def callback_status(asked: Webhook, id_: str) -> Answered:
    """How the leg of a callback ended."""
    ended = forms.status_input(asked.form, asked.parts.switchboard.now())
    if ended is not None:
        try:
            asked.parts.customer_leg.over(id_, asked.caller.sid, ended.status)
        except Exception as error:  # the worker finds it unanswered after a while
            complain(error)
    return noted(asked, ended)
