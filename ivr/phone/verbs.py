"""What each verb does to a call: `perform` runs one document to its end, or to the next one."""

import re
from uuid import uuid4

from ivr.phone.acts import Dialed, HangUp, Press, Speak
from ivr.phone.audio import LONGEST, say_seconds
from ivr.phone.events import CarrierError, Dialing, Paused, Played, Recording, Rejected, Spoke, Warned
from ivr.phone.leg import Leg, Over
from ivr.phone.listen import listen
from ivr.phone.twiml import (
    Dial,
    Document,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
)
from ivr.phone.webhook import Fetch

KEY_SECONDS = 0.25
RING_SECONDS = {"answered": 5, "busy": 2, "failed": 0}
RECORDINGS = "https://recordings.invalid"
"""Where recordings are said to be: a host that can never exist, since this carrier keeps no audio."""

Next = Fetch | Over


def perform(document: Document, leg: Leg) -> Next:
    """Run a document: what to fetch next, or how the call is over.

    Keys that no Gather has taken yet live here: typed ahead, they last as long as the document does.
    A document that runs out ends the call, an empty one at once.
    """
    ahead = ""
    for position, verb in enumerate(document.verbs):
        result: Next | str | None = None
        match verb:
            case Say() | Play() | Pause():
                result = _sound(verb, leg, ahead)
            case Gather():
                result = _gather(verb, leg, ahead)
            case Record():
                result = _record(verb, leg)
            case Dial():
                result = _dial(verb, leg)
            case Redirect(url, method):
                result = Fetch(url, method)
            case Hangup():
                result = Over("line")
            case Reject():
                result = _reject(verb, leg, first=position == 0)
        if isinstance(result, str):
            ahead = result
        elif result is not None:
            return result
    return Over("line")


def _sound(verb: Say | Play | Pause, leg: Leg, ahead: str) -> Over | str:
    """What is heard outside a Gather; keys pressed meanwhile are typed ahead."""
    leg.answered = True
    early = _early(verb, leg)
    if isinstance(early, Over):
        return early
    _hear(verb, leg)
    return ahead + early


def _gather(verb: Gather, leg: Leg, ahead: str) -> Next | str:
    """Where the keys lead, or those that it left.

    Keys typed ahead, or pressed during the nested audio, cut it short. They are one burst: what a Gather
    still lacks after them it waits for in vain, until its time-out.
    """
    leg.answered = True
    keys = ahead if verb.takes_keys else ""
    for part in verb.parts:
        if keys:
            break
        early = _early(part, leg)
        if isinstance(early, Over):
            return early
        if early and verb.takes_keys:
            keys = early
        else:
            _hear(part, leg)
    if not keys:
        act = leg.caller.gather(verb)
        leg.did(act)
        if isinstance(act, HangUp):
            return Over("caller")
        keys = act.keys if isinstance(act, Press) else ""
    taken = listen(verb, keys)
    leg.clock.advance(KEY_SECONDS * len(taken.digits or "") + (min(verb.timeout, LONGEST) if taken.waited else 0))
    if taken.digits is None and not verb.action_on_empty_result:
        return taken.rest
    return Fetch(verb.action, verb.method, {"Digits": taken.digits or ""})


def _record(verb: Record, leg: Leg) -> Next | None:
    """The action is told `RecordingUrl RecordingDuration Digits` (`hangup` when the caller hung up).

    Twilio's page on Record: an empty recording makes no request, and the next verb follows. Hanging up is
    always told, since nothing follows.
    """
    leg.answered = True
    leg.hear(Recording())
    act = leg.caller.record(verb)
    leg.did(act)
    length, digits = 0, "hangup" if isinstance(act, HangUp) else ""
    if isinstance(act, Speak):
        length = min(act.seconds, verb.max_length)
        if act.ends == "hangup" or (act.ends in verb.finish_on_key and act.seconds < verb.max_length):
            digits = act.ends
    silence = 0 if digits or length == verb.max_length else verb.timeout
    leg.clock.advance(min(length + silence, LONGEST))
    if not length and digits != "hangup":
        return None
    sid = f"RE{uuid4().hex}"
    recording = {"RecordingUrl": f"{RECORDINGS}/{sid}", "RecordingDuration": str(length), "RecordingSid": sid}
    if verb.callback and length:
        status = {"RecordingStatus": "completed", "RecordingChannels": "1", "RecordingSource": "RecordVerb"}
        leg.later.append(Fetch(verb.callback, verb.callback_method, {**recording, **status}))
    told = Fetch(verb.action, verb.method, {**recording, "Digits": digits})
    return Over("caller", told) if digits == "hangup" else told


def _dial(verb: Dial, leg: Leg) -> Next | None:
    """The action is told `DialCallStatus DialCallSid DialCallDuration DialBridged`.

    "end of the talk: `CallStatus=in-progress`: the agent ended it; `completed`: the caller did"; "caller
    hung up while it rang: Dial's action with `canceled` and `CallStatus=completed`". Without a callerId,
    "anonymous callers otherwise fail (13214)".
    """
    leg.answered = leg.answered or not verb.answer_on_bridge
    leg.hear(Dialing(verb.parties))
    shown = verb.caller_id or leg.caller_number
    act: Dialed | HangUp = Dialed("failed")
    if re.fullmatch(r"\+?[0-9]{2,15}|client:.+|sips?:.+", shown):
        act = leg.caller.dial(verb)
        leg.did(act)
    else:
        leg.hear(Warned(13214, f"Dial: Invalid callerId value: {shown!r}"))
    told = {"DialCallStatus": "canceled", "DialCallSid": f"CA{uuid4().hex}", "DialBridged": "false"}
    if isinstance(act, HangUp):
        return Over("caller", _told(verb, told))
    leg.clock.advance(min(RING_SECONDS.get(act.outcome, verb.timeout), verb.timeout, LONGEST))
    if act.outcome != "answered":
        return _told(verb, told | {"DialCallStatus": act.outcome})
    leg.answered = True
    talk = min(act.seconds, verb.time_limit)
    leg.clock.advance(min(talk, LONGEST))
    told |= {"DialCallStatus": "completed", "DialCallDuration": str(talk), "DialBridged": "true"}
    return Over("caller", _told(verb, told)) if act.hangs_up else _told(verb, told)


def _told(verb: Dial, told: dict[str, str]) -> Fetch | None:
    return Fetch(verb.action, verb.method, told) if verb.action else None


def _reject(verb: Reject, leg: Leg, first: bool) -> Over:
    """ "Only a `<Reject>` as the *first* verb avoids answering": elsewhere it is a Hangup.

    The last CallStatus of a refused call is busy for that reason, and here failed for the other.
    """
    if not first or leg.answered:
        leg.answered = True
        return Over("line")
    leg.hear(Rejected(verb.reason))
    return Over("line", status="busy" if verb.reason == "busy" else "failed")


def _early(part: Say | Play | Pause, leg: Leg) -> str | Over:
    """What the caller does while a part is heard: the keys pressed, or the end of the call."""
    act = leg.caller.early(part)
    if act is None:
        return ""
    leg.did(act)
    return act.keys if isinstance(act, Press) else Over("caller")


def _hear(part: Say | Play | Pause, leg: Leg) -> None:
    """Let one part be heard, for as long as it takes. Audio that cannot be had is a warning, and skipped."""
    match part:
        case Say():
            leg.hear(Spoke(part.language, part.text))
            leg.clock.advance(say_seconds(part))
        case Pause(length):
            leg.hear(Paused(length))
            leg.clock.advance(min(length, LONGEST))
        case Play(url, digits, loop):
            leg.hear(Played(url, digits))
            leg.clock.advance(min((len(digits) * KEY_SECONDS or _length(url, leg)) * loop, LONGEST))


def _length(url: str, leg: Leg) -> float:
    """Seconds that the audio at a URL lasts, asked for once a call."""
    if url not in leg.lengths:
        try:
            leg.lengths[url] = leg.webhooks.audio(url)
        except CarrierError as error:
            leg.hear(Warned(error.code, error.text))
            leg.lengths[url] = 0.0
    return leg.lengths[url]
