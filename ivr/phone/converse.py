"""A leg's whole life: it rings, runs one document after the other, and is over.

    POST the voice URL -> a document -> its verbs -> the next URL -> a document -> …

until a document runs out, hangs up or breaks, or somebody puts the phone down. All of it goes through HTTP:
this carrier knows of the application what a carrier knows.
"""

from datetime import UTC, tzinfo

from ivr.phone.audio import KEY_SECONDS, LONGEST
from ivr.phone.events import Began, CarrierError, Ending, Ringing
from ivr.phone.leg import Leg
from ivr.phone.loop import Pass, Waits
from ivr.phone.signals import Dequeued, Gone, Moved, Other, Over, Picked
from ivr.phone.twiml import CALL, WHISPER, Allowed, Document, Leave, Noun
from ivr.phone.verbs import perform
from ivr.phone.webhook import Fetch


def inbound(leg: Leg, first: Fetch, header: tuple[tuple[str, str], ...] = (), zone: tzinfo = UTC) -> Waits:
    """A call to one of the application's numbers."""
    leg.status = "ringing"
    leg.hear(Began(header, leg.from_, leg.to, leg.began.astimezone(zone)))
    yield from _whole(leg, converse(leg, first))


def created(leg: Leg, first: Fetch | Document, seconds: float) -> Waits:
    """A call that the application made by REST: it rings so long, and who answers gets a document."""
    leg.hear(Began((), leg.from_, leg.to, leg.began))
    yield from _whole(leg, _taken(leg, first, seconds))


def dialed(leg: Leg, noun: Noun, seconds: float) -> Waits:
    """The other leg of a Dial: it rings so long, hears the noun's document, and is then ready to be bridged."""
    leg.hear(Began((), leg.from_, leg.to, leg.began))
    yield from _whole(leg, _whispered(leg, noun, seconds))


def converse(leg: Leg, first: Fetch | Document, allowed: Allowed = CALL) -> Waits:
    """Run documents, one after the other: how the call is Over, or None where one of them ran out.

    In a queue, a Leave comes out. Raises CarrierError, Gone, and all that may be raised in a leg.
    """
    following: Fetch | Document | Over | Leave | None = first
    while isinstance(following, Fetch | Document):
        try:
            document = following if isinstance(following, Document) else (yield from leg.document(following))
            leg.typed()  # "Type-ahead within a document": what nothing took is gone
            following = yield from perform(document, leg, allowed, converse)
        except Moved as moved:
            if allowed is not CALL:
                raise
            following = moved.to
    return following


def _taken(leg: Leg, first: Fetch | Document, seconds: float) -> Waits:
    outcome = yield from _ring(leg, seconds)
    if outcome != "answered":
        return Over("caller", status=outcome)
    return (yield from converse(leg, first))


def _whispered(leg: Leg, noun: Noun, seconds: float) -> Waits:
    """ "A whisper document that merely ends **bridges**: after the Gather comes a Hangup; errors hang up too."""
    assert leg.parent is not None  # noqa: S101 (a dialled leg has one)
    outcome = yield from _ring(leg, seconds)
    if outcome != "answered":
        return Over("caller", status=outcome)
    yield Pass(KEY_SECONDS * len(noun.send_digits))
    leg.parent.signal(Other(leg, "picked up"))
    if noun.url is not None:
        over = yield from converse(leg, Fetch(noun.url, noun.method), WHISPER)
        if over is not None:
            return over
    leg.parent.signal(Other(leg, "ready"))
    yield Pass(2 * LONGEST)  # the talk: the other leg ends it, or whoever hangs up
    return Over("line")


def _ring(leg: Leg, seconds: float) -> Waits:
    """Ring so long at most: answered, busy, no-answer or failed."""
    leg.status = "initiated"
    tell(leg, "initiated")
    leg.status = "ringing"
    tell(leg, "ringing")
    leg.hear(Ringing(leg.from_, leg.to))
    if leg.taken is None:
        picked = yield Pass(seconds, (Picked,))
        outcome = "no-answer" if picked is None else "answered" if picked.up else "busy"
    else:
        rings = leg.taken.rings
        in_time = rings is not None and rings < seconds
        yield Pass(rings if in_time and rings is not None else seconds)
        outcome = "no-answer" if not in_time else "answered" if leg.taken.picks_up else leg.taken.outcome
    if outcome == "answered":
        leg.answer()
        tell(leg, "answered")
    return outcome


def _whole(leg: Leg, conversation: Waits) -> Waits:
    """Let a leg live, and say that and how it is over. Errors of the application are its Ending."""
    over: Over | None = None
    ending: Ending | None = None
    try:
        over = yield from conversation
    except Gone as gone:
        over = gone.over
    except CarrierError as error:
        ending = Ending("error", error.code, error.text)
    except (Moved, Dequeued):  # of a leg that runs no documents of its own
        over = None
    except KeyboardInterrupt:
        if not leg.ctrl_c_hangs_up:
            raise
        over = Over("caller")
    except Exception as error:
        # Of whoever holds the phone, such as a script that does not fit: the call is over, and they are told.
        leg.close()
        if leg.parent is not None:
            leg.parent.signal(Other(leg, "over"))
        leg.hear(Ending("error", 0, f"the phone failed: {error}"))
        raise
    leg.close()
    over = over or Over("line")
    leg.status = over.status
    if leg.parent is not None:
        leg.parent.signal(Other(leg, "over"))
    if over.farewell is not None:
        yield from leg.notify(over.farewell)
    seconds = int((leg.exchange.clock.now() - leg.began).total_seconds())
    if (told := _told(leg, "completed", CallDuration=str(seconds))) is not None:
        yield from told
    for callback in reversed(leg.held):
        leg.exchange.spawn(callback)
    ending = ending or Ending(over.by)
    leg.hear(Ending(ending.by, ending.code, ending.text, seconds, leg.asked))
    leg.webhooks.close()


def tell(leg: Leg, event: str) -> None:
    """Tell the application of an event of the call, if it asked for that; nothing waits for the answer."""
    if (told := _told(leg, event)) is not None:
        leg.exchange.spawn(told)


def _told(leg: Leg, event: str, **more: str) -> Waits | None:
    """The status callback to make now, if there is one. "`SequenceNumber` from 0, no guarantee of order"."""
    if leg.told is None or event not in leg.told.events:
        return None
    params = {"SequenceNumber": str(leg.sequence), "CallbackSource": "call-progress-events", **more}
    leg.sequence += 1
    faults = leg.faults
    fetch = Fetch(leg.told.url, leg.told.method, params)
    copies = [leg.notify(fetch) for _ in range(2 if faults.status_twice else 1)]
    if faults.status_reversed:
        leg.held += copies
    elif faults.status_late or faults.status_twice:
        for copy in copies:
            leg.exchange.spawn(copy, after=faults.status_late)
    else:
        return copies[0]
    return None
