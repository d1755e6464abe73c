"""Dial: other legs ring, one of them hears its whisper document, and the two are bridged."""

import re
from dataclasses import dataclass, field

from ivr.phone.acts import Dialed, HangUp
from ivr.phone.audio import LONGEST
from ivr.phone.events import Bridged, Dialing, Unbridged, Warned
from ivr.phone.leg import Leg
from ivr.phone.loop import Pass, Waits
from ivr.phone.signals import Dequeued, Gone, Keys, Other, Over
from ivr.phone.twiml import Dial, Noun
from ivr.phone.webhook import Fetch


@dataclass(slots=True)
class _Course:
    """How a Dial goes: what its action is told, and the legs that it has to end."""

    status: str = "no-answer"
    sid: str = ""
    bridged_at: float | None = None
    talk: int = 0
    legs: list[Leg] = field(default_factory=list)

    def told(self) -> dict[str, str]:
        """ "Action: `DialCallStatus`, `DialCallSid`, `DialCallDuration` (may be missing), `DialBridged`"."""
        bridged = self.bridged_at is not None
        told = {"DialCallStatus": self.status, "DialBridged": str(bridged).lower()}
        if self.sid:
            told["DialCallSid"] = self.sid
        return told | ({"DialCallDuration": str(self.talk)} if bridged else {})


def dial(verb: Dial, leg: Leg) -> Waits:
    """A Fetch of the action once it is known how it went; without one None, and the document goes on.

    "end of the talk: `CallStatus=in-progress`: the agent ended it; `completed`: the caller did"; "caller hung up
    while it rang: Dial's action with `canceled` and `CallStatus=completed`". Without a callerId, "anonymous
    callers otherwise fail (13214)".
    """
    if not verb.answer_on_bridge:
        leg.answer()
    leg.hear(Dialing(verb.parties))
    course = _Course()
    shown = verb.caller_id or leg.from_
    try:
        if not re.fullmatch(r"\+?[0-9]{2,15}|client:.+|sips?:.+", shown):
            leg.hear(Warned(13214, f"Dial: Invalid callerId value: {shown!r}"))
            course.status = "failed"
        else:
            yield from _connect(verb, leg, shown, course)
    except Gone as gone:
        if course.bridged_at is None:
            course.status = "canceled"
        raise Gone(Over(gone.over.by, _action(verb, course), gone.over.status)) from None
    finally:
        for other in course.legs:
            other.end("line", "completed" if other.answered else "canceled")
        leg.partner = None
    return _action(verb, course)


def _action(verb: Dial, course: _Course) -> Fetch | None:
    return Fetch(verb.action, verb.method, course.told()) if verb.action else None


def _connect(verb: Dial, leg: Leg, shown: str, course: _Course) -> Waits:
    """Ring, whisper and bridge, with the caller's own device saying how those take it who are unknown here."""
    act = leg.holder.dial(verb)
    if verb.nouns[0].kind == "Queue":
        yield from _take_from_queue(verb, verb.nouns[0], leg, act, course)
        return
    groups = [[noun] for noun in verb.nouns] if verb.sequential else [list(verb.nouns)]
    for group in groups:
        yield from _ring(group, verb, leg, shown, act, course)
        if course.status == "completed":
            return


def _ring(group: list[Noun], verb: Dial, leg: Leg, shown: str, act: Dialed | HangUp | None, course: _Course) -> Waits:
    """ "Several nouns in one Dial ring together, and the first pick-up, even a voicemail, drops the others"."""
    taking = None if isinstance(act, HangUp) else act
    ringing = [leg.exchange.dial_out(noun, leg, shown, taking, verb.timeout) for noun in group]
    course.legs += ringing
    course.sid = ringing[0].sid
    if isinstance(act, HangUp):
        leg.did(act)
        raise Gone(Over("caller"))
    for taken in dict.fromkeys(other.taken for other in ringing if other.taken is not None):
        leg.did(taken)
    outcomes: list[str] = []
    while ringing:
        signal = yield Pass(2 * LONGEST, (Other,))
        other = signal.leg if signal else ringing[0]
        if other not in ringing:
            continue
        if signal is None or signal.what == "over":
            ringing.remove(other)
            outcomes.append(other.status)
            continue
        course.sid = other.sid
        if signal.what == "picked up":
            for late in ringing:
                if late is not other:
                    late.end("line", "canceled")
            ringing = [other]
            course.status = "completed"
        else:
            yield from _talk(verb, leg, other, other.taken, course)
            return
    if course.status != "completed":
        course.status = next((one for one in ("no-answer", "busy", "failed") if one in outcomes), "no-answer")


def _talk(verb: Dial, leg: Leg, other: Leg, taken: Dialed | None, course: _Course) -> Waits:
    """The talk of two legs, until one of them ends it, or the time limit, or the caller's star where it may.

    Where a script says how long it takes, it ends by itself.
    """
    leg.answer()
    course.status, course.sid = "completed", other.sid
    clock = leg.exchange.clock
    began = clock.now().timestamp()
    course.bridged_at = began
    leg.partner, other.partner = other, leg
    leg.hear(Bridged(other.to if other.parent is leg else other.from_))
    other.hear(Bridged(leg.from_))
    leg.typed()  # what was pressed while it rang is none of the talk's
    limit = min(verb.time_limit, LONGEST)
    ends = limit if taken is None else min(0 if taken.outcome == "declined" else taken.seconds, limit)
    stars = (Keys,) if verb.hangup_on_star else ()
    try:
        while (left := ends - (clock.now().timestamp() - began)) > 0:
            signal = yield Pass(left, (Other, *stars))
            if isinstance(signal, Other) and signal.leg is other and signal.what == "over":
                break
            if isinstance(signal, Keys) and "*" in signal.keys:
                break
        else:
            if taken is not None and taken.hangs_up and taken.seconds <= limit:
                raise Gone(Over("caller"))
    finally:
        course.talk = round(clock.now().timestamp() - began)
        leg.partner = other.partner = None
        leg.typed()
        leg.hear(Unbridged(other.to if other.parent is leg else other.from_))
        other.hear(Unbridged(leg.from_))


def _take_from_queue(verb: Dial, noun: Noun, leg: Leg, act: Dialed | HangUp | None, course: _Course) -> Waits:
    """`<Dial><Queue>`: the head of the queue, as soon as there is one; its document is for the caller who waits."""
    if isinstance(act, HangUp):
        leg.did(act)
        raise Gone(Over("caller"))
    queue = leg.exchange.queue(noun.address)
    left = float(verb.timeout)
    while not queue.members:
        if left <= 0:
            return
        yield Pass(min(1.0, left))
        left -= 1.0
    other = queue.members[0].leg
    seconds = queue.members[0].waited(leg.exchange.clock.now())
    queue.leave(other)
    params = {"QueueSid": queue.sid, "QueueTime": str(seconds), "DequeingCallSid": leg.sid}
    first = Fetch(noun.url, noun.method, params) if noun.url else None
    other.interrupt(Dequeued(leg, first))
    try:
        while (signal := (yield Pass(2 * LONGEST, (Other,)))) is not None and signal.leg is not other:
            pass
        course.status = "completed"
        if signal is not None and signal.what == "ready":
            if act is not None:
                leg.did(act)
            yield from _talk(verb, leg, other, act, course)
    finally:
        other.signal(Other(leg, "over"))  # it goes on with its own document, whoever ended the talk
