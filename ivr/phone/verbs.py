"""What each verb does to a call: `perform` runs one document to its end, or to what follows it."""

from collections.abc import Callable

from ivr.phone.acts import HangUp, Press, Silent, Speak
from ivr.phone.audio import KEY_SECONDS, LONGEST, say_seconds
from ivr.phone.dial import dial
from ivr.phone.enqueue import enqueue
from ivr.phone.events import CarrierError, Paused, Played, Recording, Rejected, Spoke, Stopped, Texted, Warned
from ivr.phone.leg import Leg
from ivr.phone.listen import listen
from ivr.phone.loop import Ask, Pass, Waits
from ivr.phone.signals import Gone, Heard, Keys, Over, Spoken
from ivr.phone.twiml import (
    CALL,
    Allowed,
    Dial,
    Document,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    NotRun,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Sms,
    Verb,
)
from ivr.phone.webhook import Fetch

Converse = Callable[[Leg, Fetch, Allowed], Waits]
"""How a verb runs documents of its own (`converse.converse`)."""


def perform(document: Document, leg: Leg, allowed: Allowed, converse: Converse) -> Waits:
    """Run a document: a Fetch of the next one, how the call is Over, a Leave, or None where it ran out.

    Keys that no Gather has taken yet wait in the leg: typed ahead, they last as long as the document does.
    """
    for position, verb in enumerate(document.verbs):
        if not isinstance(verb, allowed):
            name = verb.name if isinstance(verb, NotRun) else type(verb).__name__
            if isinstance(verb, Dial) and Leave not in allowed:
                raise CarrierError(13201, "Dial: Cannot Dial out from a Dial Call Segment")
            raise CarrierError(12200, f"{name} cannot stand in this document")
        if isinstance(verb, Leave) and allowed is not CALL:
            return verb
        result = yield from _run(verb, leg, converse, first=position == 0)
        if result is not None:
            return result
    return None if allowed is not CALL else Over("line")


def _run(verb: Verb, leg: Leg, converse: Converse, *, first: bool) -> Waits:
    match verb:
        case Say() | Play() | Pause():
            yield from _outside_gather(verb, leg)
        case Gather():
            return (yield from _gather(verb, leg))
        case Record():
            return (yield from _record(verb, leg))
        case Dial():
            return (yield from dial(verb, leg))
        case Enqueue():
            return (yield from enqueue(verb, leg, converse))
        case Sms():
            return _sms(verb, leg)
        case Redirect(url, method):
            return Fetch(url, method)
        case Hangup():
            return Over("line")
        case Reject():
            return _reject(verb, leg, first)
        case Leave():
            leg.hear(Warned(0, "Leave: the call is in no queue"))
        case NotRun(name, takes_over):
            if takes_over:
                raise CarrierError(0, f"{name} is not run by this carrier")
            leg.hear(Warned(0, f"{name} is not run by this carrier, and skipped"))
    return None


def _outside_gather(part: Say | Play | Pause, leg: Leg) -> Waits:
    """What is heard outside a Gather; keys pressed meanwhile are typed ahead."""
    leg.answer()
    if act := _unless_gone(leg.holder.early(part)):
        leg.signal(Keys(act.keys))
    yield from _sound(part, leg, ())


def _gather(verb: Gather, leg: Leg) -> Waits:
    """Where the keys lead; None where there were none.

    Keys typed ahead, or pressed during the nested audio, cut it short. "The time-out starts after the nested
    audio or at the first key", and anew at each of them.
    """
    leg.answer()
    leg.hushed = False
    keys = leg.typed() if verb.takes_keys else ""
    listens = (Keys,) if verb.takes_keys else ()
    for part in verb.parts:
        if keys or leg.hushed:
            break
        if (act := _unless_gone(leg.holder.early(part))) and verb.takes_keys:
            keys = act.keys
        else:
            keys = yield from _sound(part, leg, listens)
    if not keys and isinstance(act := _unless_gone(leg.holder.gather(verb)), Press):
        keys = act.keys
    taken = listen(verb, keys)
    if not leg.live:
        yield Pass(KEY_SECONDS * len(taken.digits or ""))
    while taken.waited and not leg.hushed:
        more = yield Pass(min(verb.timeout, LONGEST), listens)
        if more is None or leg.hushed:
            break
        keys += more.keys
        taken = listen(verb, keys)
    if taken.rest and verb.takes_keys and leg.task is not None:
        leg.task.inbox.appendleft(Keys(taken.rest))
    if taken.digits is None and not verb.action_on_empty_result:
        return None
    return Fetch(verb.action, verb.method, {"Digits": taken.digits or ""})


def _record(verb: Record, leg: Leg) -> Waits:
    """The action is told `RecordingUrl RecordingDuration Digits` (`hangup` when the caller hung up).

    Twilio's page on Record: an empty recording makes no request, and the next verb follows. Hanging up is
    always told, since nothing follows.
    """
    leg.answer()
    leg.hear(Recording())
    began = leg.exchange.clock.now()
    digits = ""
    try:
        act = leg.holder.record(verb)
        if act is None:
            act = yield from _live_recording(verb, leg)
        match act:
            case Speak(seconds, ends):
                length = min(seconds, verb.max_length)
                if ends == "hangup" or (ends in verb.finish_on_key and seconds < verb.max_length):
                    digits = ends
            case HangUp():
                length, digits = 0, "hangup"
            case _:
                length = 0
        silence = 0 if digits or length == verb.max_length else verb.timeout
        if not leg.live:
            yield Pass(min(length + silence, LONGEST))
    except Gone as gone:
        length, digits = int((leg.exchange.clock.now() - began).total_seconds()), "hangup"
        if gone.over.by == "line":
            raise
    if not length and digits != "hangup":
        return None
    recording = leg.exchange.keep(leg, length)
    told = {"RecordingUrl": recording.url, "RecordingDuration": str(length), "RecordingSid": recording.sid}
    if verb.callback and length:
        status = {"RecordingStatus": "completed", "RecordingChannels": "1", "RecordingSource": "RecordVerb"}
        for _ in range(2 if leg.faults.recording_twice else 1):
            callback = leg.notify_later(Fetch(verb.callback, verb.callback_method, {**told, **status}))
            leg.exchange.spawn(callback, after=leg.faults.recording_after)
    following = Fetch(verb.action, verb.method, {**told, "Digits": digits})
    return Over("caller", following) if digits == "hangup" else following


def _live_recording(verb: Record, leg: Leg) -> Waits:
    """A person speaks until a key, or until the phone says that they have spoken."""
    began = leg.exchange.clock.now()
    leg.typed()  # what was pressed before is none of the recording's
    signal: object = Keys("")
    while isinstance(signal, Keys) and not (signal.keys and signal.keys[0] in verb.finish_on_key):
        left = verb.max_length - (leg.exchange.clock.now() - began).total_seconds()
        if left <= 0 or (signal := (yield Pass(left, (Keys, Spoken)))) is None:
            return Speak(verb.max_length)
    if isinstance(signal, Spoken):
        return Speak(signal.seconds, signal.ends)
    seconds = int((leg.exchange.clock.now() - began).total_seconds())
    return Speak(seconds, signal.keys[0] if isinstance(signal, Keys) else "")


def _sms(verb: Sms, leg: Leg) -> Fetch | None:
    """Send a text message; the action, where there is one, is told its sid and status."""
    to, from_ = verb.to or leg.from_, verb.from_ or leg.to
    sid = leg.exchange.send(to=to, from_=from_, body=verb.text)
    leg.hear(Texted(to, verb.text))
    told = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": "sent", "SmsStatus": "sent"}
    if verb.told:
        leg.exchange.spawn(leg.notify_later(Fetch(verb.told.url, verb.told.method, told)), after=1)
    return Fetch(verb.action, verb.method, told) if verb.action else None


def _reject(verb: Reject, leg: Leg, first: bool) -> Over:
    """ "Only a `<Reject>` as the *first* verb avoids answering": elsewhere it is a Hangup.

    The last CallStatus of a refused call is busy for that reason, and here failed for the other.
    """
    if not first or leg.answered:
        leg.answer()
        return Over("line")
    leg.hear(Rejected(verb.reason))
    return Over("line", status="busy" if verb.reason == "busy" else "failed")


def _unless_gone(act: Press | Silent | HangUp | None) -> Press | None:
    """The keys, if any; for one who hangs up, the end."""
    if isinstance(act, HangUp):
        raise Gone(Over("caller"))
    return act if isinstance(act, Press) else None


def _sound(part: Say | Play | Pause, leg: Leg, until: tuple[type, ...]) -> Waits:
    """Let one part be heard, for as long as it takes or until a key: the keys that cut it short.

    A live phone says itself when it has played it; should it not, twice what it should take is the end of it.
    """
    if leg.task is not None:
        leg.task.take(Heard)
    match part:
        case Say():
            leg.hear(Spoke(part.language, part.text))
            seconds = say_seconds(part)
        case Pause(length):
            leg.hear(Paused(length))
            seconds = min(length, LONGEST)
        case Play(url, digits, loop):
            leg.hear(Played(url, digits))
            once = len(digits) * KEY_SECONDS if digits else (yield from _length(url, leg))
            seconds = min(once * loop, LONGEST)
    if not leg.live:
        heard = yield Pass(seconds, until)
    else:
        bound = seconds if isinstance(part, Pause) else 2 * seconds + 10
        heard = yield Pass(bound, until if isinstance(part, Pause) else (*until, Heard))
        leg.hear(Stopped(cut=isinstance(heard, Keys)))
    return heard.keys if isinstance(heard, Keys) else ""


def _length(url: str, leg: Leg) -> Waits:
    """Seconds that the audio at a URL lasts, asked for once a call. What cannot be had is a warning, and skipped."""
    if url not in leg.lengths:
        try:
            leg.lengths[url] = yield Ask(lambda: leg.webhooks.audio(url))
        except CarrierError as error:
            leg.hear(Warned(error.code, error.text))
            leg.lengths[url] = 0.0
    return leg.lengths[url]
