"""Where a document leads, given what the caller does: pure, and quick, since it is asked thousands of times a second.

It keeps the rules of a carrier that decide on the next webhook, and leaves out what a load has no use for: how long
words last, what is heard, audio.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import uuid4

from ivr.phone.acts import Dialed, HangUp, Press, Silent, Speak
from ivr.phone.caller import Script
from ivr.phone.listen import listen
from ivr.phone.twiml import (
    Dial,
    Document,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Method,
    NotRun,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Sms,
)

RECORDINGS = "https://recordings.invalid"
"""Where recordings are said to be: a host that can never exist, since no audio is kept."""

QUEUE = "QU" + "0" * 32


@dataclass(frozen=True, slots=True)
class Next:
    """The next webhook; `params` are the verb's own. `after` what it comes: an act of the caller, or hold music."""

    url: str
    method: Method = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    after: Literal["", "act", "hold"] = ""


@dataclass(frozen=True, slots=True)
class End:
    """The call is over, with this CallStatus; `farewell` is a webhook that is still sent.

    `by` tells why: the line or the caller hung up, the document ran out, or (while queued) a Leave.
    """

    status: str = "completed"
    farewell: Next | None = None
    by: Literal["line", "caller", "nothing", "leave"] = "line"


Following = Next | Enqueue | End
"""What comes next: a webhook, a place in a queue, or nothing."""


def follow(document: Document, caller: Script, *, answered: bool) -> Following:
    """What comes after this document, for this caller. `answered`: the line had picked up before.

    Raises ValueError where the next act of the script fits no prompt of the document.
    """
    ahead = ""
    for verb in document.verbs:
        found: Following | str | None
        match verb:
            case Say() | Play() | Pause():
                found = _early(verb, caller, ahead)
            case Gather():
                found = _gather(verb, caller, ahead)
            case Record():
                found = _record(verb, caller)
            case Dial():
                found = _dial(verb, caller)
            case Redirect(url, method):
                found = Next(url, method)
            case Reject(reason) if not answered and verb is document.verbs[0]:
                # "Only a `<Reject>` as the *first* verb avoids answering".
                found = End("busy" if reason == "busy" else "failed")
            case Reject() | Hangup():
                found = End()
            case Enqueue():
                found = verb
            case Leave():
                found = End(by="leave")
            case Sms(action=action, method=method):
                told = {"SmsSid": f"SM{uuid4().hex}", "SmsStatus": "sent"}
                found = Next(action, method, told) if action else None
            case NotRun():
                found = None
        if isinstance(found, str):
            ahead = found
        elif found is not None:
            return found
    return End(by="nothing")


def queued(queue: Enqueue, heard: Following | None, seconds: float, patience: float) -> Next | End:
    """What comes next for a caller who has waited so many seconds, after `heard` of a wait document (None: at first).

    "asked for again when it runs out". Nobody takes callers out of a queue here, as no agents are played: they leave
    by keys, or hang up when their patience is over.
    """
    if isinstance(heard, End) and heard.by == "line":
        return heard
    if isinstance(heard, End) and heard.by == "leave":
        return _out(queue, "leave", seconds) or heard
    if (isinstance(heard, End) and heard.by == "caller") or (heard and seconds >= patience):
        return End(farewell=_out(queue, "hangup", seconds), by="caller")
    if isinstance(heard, Next):
        return _waiting(heard if heard.after else replace(heard, after="hold"), seconds)
    if queue.wait_url is None:
        return End(farewell=_out(queue, "hangup", seconds), by="caller")
    return _waiting(Next(queue.wait_url, queue.wait_method, after="hold" if heard else ""), seconds)


def _waiting(following: Next, seconds: float) -> Next:
    """ "It gets `QueuePosition QueueSid QueueTime AvgQueueTime CurrentQueueSize MaxQueueSize`."""
    told = {"QueueSid": QUEUE, "QueuePosition": "1", "CurrentQueueSize": "1", "MaxQueueSize": "1000"}
    told |= {"QueueTime": str(int(seconds)), "AvgQueueTime": "0"}
    return replace(following, params=told | dict(following.params))


def _out(queue: Enqueue, result: str, seconds: float) -> Next | None:
    told = {"QueueResult": result, "QueueSid": QUEUE, "QueueTime": str(int(seconds))}
    return Next(queue.action, queue.method, told) if queue.action else None


def _early(part: Say | Play | Pause, caller: Script, ahead: str) -> End | str:
    """Keys pressed while a part is heard are typed ahead."""
    act = caller.early(part)
    return End(by="caller") if isinstance(act, HangUp) else ahead + (act.keys if act else "")


def _gather(verb: Gather, caller: Script, ahead: str) -> Next | End | str:
    """Where the keys lead, or those that it left to the verbs after it."""
    keys = ahead if verb.takes_keys else ""
    for part in verb.parts:
        if keys:
            break
        early = _early(part, caller, "")
        if isinstance(early, End):
            return early
        keys = early if verb.takes_keys else ""
    if not keys:
        act = caller.gather(verb)
        if isinstance(act, HangUp):
            return End(by="caller")
        keys = act.keys if isinstance(act, Press) else ""
    taken = listen(verb, keys)
    if taken.digits is None and not verb.action_on_empty_result:
        return taken.rest
    told = {"Digits": taken.digits or "", "FinishedOnKey": "", "msg": "Gather End"}
    return Next(verb.action, verb.method, told, after="act")


def _record(verb: Record, caller: Script) -> Next | End | None:
    """Action: `RecordingUrl RecordingDuration Digits` (`hangup` when the caller hung up). An empty one has none.

    The callback that says that the audio exists is not sent: the tool keeps none, and a load is of callers.
    """
    act = caller.record(verb)
    seconds, digits = 0, ""
    match act:
        case HangUp():
            digits = "hangup"
        case Speak():
            seconds = min(act.seconds, verb.max_length)
            digits = act.ends if act.ends == "hangup" or act.ends in verb.finish_on_key else ""
        case Press() | Silent():
            return None
    sid = f"RE{uuid4().hex}"
    told = {"RecordingUrl": f"{RECORDINGS}/{sid}", "RecordingDuration": str(seconds), "RecordingSid": sid}
    following = Next(verb.action, verb.method, {**told, "Digits": digits}, after="act")
    return End(farewell=following, by="caller") if digits == "hangup" else following


def _dial(verb: Dial, caller: Script) -> Next | End | None:
    """Action: `DialCallStatus DialCallSid DialCallDuration DialBridged`; without one the document goes on.

    "caller hung up while it rang: Dial's action with `canceled` and `CallStatus=completed`".
    """
    act = caller.dial(verb)
    told = {"DialCallSid": f"CA{uuid4().hex}", "DialCallStatus": "canceled", "DialBridged": "false"}
    match act:
        case Dialed("voicemail" | "declined"):
            told["DialCallStatus"] = "completed"  # "declined, or a voicemail took it: `completed`, `DialBridged=false`"
        case Dialed("answered"):
            seconds = str(min(act.seconds, verb.time_limit))
            told |= {"DialCallStatus": "completed", "DialCallDuration": seconds, "DialBridged": "true"}
        case Dialed(outcome):
            told["DialCallStatus"] = outcome
    following = Next(verb.action, verb.method, told, after="act") if verb.action else None
    if isinstance(act, HangUp) or act.hangs_up:
        return End(farewell=following, by="caller")
    return following
