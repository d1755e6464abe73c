"""Waits in a queue as TwiML, and what the carrier says of them.

"The wait document may hold Play, Say, Pause, Hangup, Redirect, Leave, Gather." A carrier without queues (its
profile says so) is given plain documents that do the same: the wait is a chain of Redirects, and who leaves it is
redirected to the action.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Literal
from urllib.parse import quote

from ivr.call.inputs import QueueLeft
from ivr.call.says import DialAgent, Enqueue, Leave, Wait
from ivr.carrier.fragments import say
from ivr.carrier.markup import clean, escape, quoted
from ivr.carrier.profile import TWILIO, Profile
from ivr.carrier.urls import action_url

Queueing = Enqueue | Wait | Leave | DialAgent
"""The says that close a document of a queue."""

_RESULTS: Mapping[str, Literal["leave", "hangup", "full", "error"]] = {
    "leave": "leave",
    "hangup": "hangup",
    "queue-full": "full",
    "error": "error",
    "system-error": "error",
}

_HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
_TAIL = "</Response>"


# Addresses


def wait_url(base: str, k: int, sid: str, turn: int, place: str = "") -> str:
    """Where the carrier asks for piece `k` of the wait that began in this turn."""
    path, _, query = action_url(base, sid, turn, place).partition("?")
    return f"{path}/wait/{k}?{query}" if query else f"{path}/wait/{k}"


def offer_url(base: str, sid: str, offer: str) -> str:
    """Where a caller who waits is moved to when an agent is offered: "member update with a URL"."""
    return f"{base}/voice/{quote(sid, safe='')}/offer/{quote(offer, safe='')}"


def agent_url(base: str, offer: str, n: int) -> str:
    """Document `n` of the agent's side of an offer: 0 is the whisper, 1 what a key there leads to."""
    return f"{base}/agent/{quote(offer, safe='')}/{n}"


def hold_url(base: str, audio: str, offset: float, seconds: float) -> str:
    """So many seconds of hold audio from an offset on, counted round and round. The same piece has the same address,
    so that carriers may keep it.
    """
    return f"{base}/hold/{round(offset * 10)}/{round(seconds * 10)}/{quote(audio, safe='')}"


# What the carrier says


def queue_left(form: Mapping[str, str], at: datetime) -> QueueLeft | None:
    """What Enqueue's action says; None for what decides nothing and gets an empty document.

    "Answer `redirected`, `redirected-from-bridged` and `bridging-in-process` with an empty Response, and never let
    them advance the call; only `leave` routes." `bridged` comes after a talk by way of the carrier's own Dial of a
    queue, which we never use.
    """
    result = _RESULTS.get(form.get("QueueResult", ""))
    return QueueLeft(at, result) if result else None


# Documents


@dataclass(frozen=True, slots=True)
class Where:
    """Which turn of which call a document is of. `text` and `value` are the base of our URLs as XML: as the content
    of an element, and inside an attribute's quotes.
    """

    text: str
    value: str
    sid: str
    turn: int
    place: str = ""


def closed(spoken: str, closing: Queueing, where: Where, profile: Profile) -> str:
    """The document that says `spoken` (finished verbs) and closes so."""
    return f"{_HEAD}{_verbs(spoken, closing, where, profile)}{_TAIL}"


def _verbs(spoken: str, closing: Queueing, where: Where, profile: Profile) -> str:
    text, value = where.text, where.value
    turn = (where.sid, where.turn, where.place)
    action = action_url(value, *turn)
    match closing:
        case Enqueue(queue, k):
            if not profile.queues:
                return f'{spoken}<Redirect method="POST">{wait_url(text, k, *turn)}</Redirect>'
            wait = wait_url(value, k, *turn)
            return (
                f'{spoken}<Enqueue action="{action}" method="POST" waitUrl="{wait}" waitUrlMethod="POST">'
                f"{escape(clean(queue))}</Enqueue>"
            )
        case Wait(k, audio, offset, seconds, digits, finish):
            piece = spoken or (f"<Play>{hold_url(text, quoted(audio)[1:-1], offset, seconds)}</Play>" if audio else "")
            # Without words or audio the time-out itself is the silence; after audio none is wanted.
            timeout = 1 if audio and not spoken else max(ceil(seconds), 1)
            keys = wait_url(value, k, *turn)
            end = f">{piece}</Gather>" if piece else " />"
            return (
                f'<Gather action="{keys}" finishOnKey="{finish}" input="dtmf" method="POST" numDigits="{digits}" '
                f'timeout="{timeout}"{end}<Redirect method="POST">{wait_url(text, k, *turn)}</Redirect>'
            )
        case Leave():
            # In a wait document nothing after Leave is done; anywhere else Leave does nothing, and the Redirect does.
            leave = "<Leave />" if profile.queues else ""
            return f'{spoken}{leave}<Redirect method="POST">{action_url(text, *turn)}</Redirect>'
        case DialAgent(offer, address, caller_id, ring):
            # "Without answerOnBridge the caller hears no ringing during the whisper." "Set callerId: anonymous
            # callers otherwise fail (13214)."
            caller = f" callerId={quoted(caller_id)}" if caller_id else ""
            return (
                f'{spoken}<Dial action="{action}" answerOnBridge="true"{caller} method="POST" timeout="{ceil(ring)}">'
                f"{_agent(address, agent_url(value, offer, 0))}</Dial>"
            )


def _agent(address: str, url: str) -> str:
    """One agent, with the document that they hear before the two are connected."""
    scheme, _, rest = address.partition(":")
    noun, name = {"sip": ("Sip", address), "sips": ("Sip", address), "client": ("Client", rest)}.get(
        scheme.lower(), ("Number", address)
    )
    return f'<{noun} method="POST" url="{url}">{escape(clean(name))}</{noun}>'


def whisper(words: str, language: str, url: str, *, press: bool, profile: Profile) -> str:
    """What an agent hears first, and the wait for the key that takes the call, sent to `url`.

    "A whisper document that merely ends bridges: after the Gather comes a Hangup." Where no key is needed
    (`press` false) it does just that.
    """
    said = say(words, language, profile.longest_text)
    if not press:
        return f"{_HEAD}{said}{_TAIL}"
    return (
        f'{_HEAD}<Gather action={quoted(url)} finishOnKey="" input="dtmf" method="POST" numDigits="1" timeout="5">'
        f"{said}</Gather><Hangup />{_TAIL}"
    )


def declined() -> str:
    """The end of an agent's leg that did not take the call."""
    return f"{_HEAD}<Hangup />{_TAIL}"


def leave(base: str, sid: str, turn: int, place: str = "") -> str:
    """The document that takes a leg out of the carrier's queue, to the action of this turn."""
    return f'{_HEAD}<Leave /><Redirect method="POST">{escape(action_url(base, sid, turn, place))}</Redirect>{_TAIL}'


def invitation(hello: str, press: str, language: str, url: str, profile: Profile = TWILIO) -> str:
    """What a customer hears who is called back: who calls and what to press, the latter twice, and then the end."""
    gather = f'<Gather action={quoted(url)} finishOnKey="" input="dtmf" method="POST" numDigits="1" timeout="5">'
    first, again = say(f"{hello} {press}", language, profile.longest_text), say(press, language, profile.longest_text)
    return f"{_HEAD}{gather}{first}</Gather>{gather}{again}</Gather><Hangup />{_TAIL}"
