"""A wait in a queue, until an agent takes the call or the caller takes another way out.

Who decides what. The slot of the queues (in Redis) decides who waits in which place, who is offered to whom, and
who is let go; the call learns of it by inputs, and to learn of it twice changes nothing. The call decides what the
caller hears meanwhile, and where they go.

    enter       wants to join                      JoinQueue   ->  Waited (joined), or Released (not let in)
    waiting     each webhook of the wait           Waited          one phrase of an announcement, or hold audio
                the key to leave                   Waited      ->  LeaveQueue  ->  Released
                the key for a callback             Waited          (queue_number)  ->  BookCallback  ->  Released
                the slot lets the caller go        Released        the carrier's queue is left, then the exit taken
    dialling    an agent is offered                Offered         the caller's leg dials them
                the agent took the call            Accepted        (a fact, also after the end)
                the leg is over                    Dialed          talked: the exit, or where the agent sends them
                                                                   on to; not taken: waiting again

The caller's leg is in the carrier's queue while it waits, and there a document "may hold Play, Say, Pause, Hangup,
Redirect, Leave, Gather" alone. So every way out is a Leave first; the exit is taken when Enqueue's action comes
(`QueueLeft`; `Silent` from a carrier without queues). A document of the wait is one phrase or a few seconds of
audio, and an offer is looked for between any two: no announcement delays a hand-over by more than one phrase, and
where the carrier lets us move the leg, by nothing.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.call import events, queue_events, says
from ivr.call.inputs import Dialed, Offered, QueueLeft, Released, Silent, Waited
from ivr.call.kinds.dial import caller_id
from ivr.call.queue_joining import head_start, join, joining
from ivr.call.queue_notes import FACTS, note, note_exit
from ivr.call.queue_number import MOST_ENTRIES, begin, entered
from ivr.call.queue_onward import dial, send_on, talking
from ivr.call.queue_words import FIRST, INVITATION, LATER, announcement, speak, spoken_number
from ivr.call.scene import Scene
from ivr.call.state import Queued
from ivr.call.wants import LeaveQueue
from ivr.menu.steps import Queue, Step

__all__ = ["AWAITS", "FACTS", "enter", "leaves_for", "note", "take"]

AWAITS = (Waited, Released, QueueLeft, Offered, Dialed, Silent)

SHORTEST_PIECE = 10.0
"""Seconds of hold audio between two looks for an offer, at least: a piece ends early for an announcement alone."""

MOST_PIECES = 3000
"""Webhooks of one wait, after which the caller is let go: a wait ends, whoever forgets it."""


def enter(step: Step[Queue], scene: Scene) -> None:
    """Wants to join; or, with a caller who waits already, presents what they wait with."""
    queued = scene.call.queued
    if queued is not None:
        _present(step, queued, scene)
        return
    if step.say and not scene.again:
        scene.speak(step.say, interruptible=step.interruptible)
    join(step, scene)


def _present(step: Step[Queue], queued: Queued, scene: Scene) -> None:
    """What the leg does at this point of the wait."""
    if queued.joining:
        join(step, scene)
    elif queued.onward:
        dial(queued.onward, scene)
    elif queued.offer:
        scene.says.append(says.DialAgent(queued.offer, queued.address, caller_id(scene), queued.ring))
    elif queued.leaving:
        scene.says.append(says.Leave())
    else:
        scene.says.append(says.Enqueue(queued.queue, queued.k + 1))


def take(step: Step[Queue], scene: Scene) -> str | None:
    """What the input means to a caller who joins, waits, leaves, or is connected."""
    queued = scene.call.queued
    if queued is None or queued.joining:
        return _joined(step, scene)
    if queued.onward:
        return talking(step, queued, scene)
    if queued.offer:
        return _dialling(step, queued, scene)
    if queued.leaving:
        return _leaving(queued, scene)
    match scene.input:
        case Waited() as waited:
            return _waited(step, queued, waited, scene)
        case Released(exit=exit_, notice=notice):
            if notice:
                scene.notice(notice, scene.call.language, queued.queue)
            _let_go(step, queued, exit_, scene)
        case Offered() as offered:
            _dial(step, queued, offered, scene)
        case QueueLeft(result="hangup"):
            note(step, scene)
            scene.end("completed")
        case QueueLeft(result="full"):
            note_exit(step, queued, "full", scene)
            return step.act.full
        case QueueLeft(result="error"):
            note_exit(step, queued, "unavailable", scene)
            return scene.flow.rescue
        case QueueLeft() | Silent():
            return _back(step, queued, scene)
        case _:
            scene.event(events.Unexpected(step.name, scene.input.kind))
            _present(step, queued, scene)
    return None


def _back(step: Step[Queue], queued: Queued, scene: Scene) -> str | None:
    """The leg came out of the carrier's queue for an offer that stands no longer: back into it."""
    if queued.k >= MOST_PIECES:
        note_exit(step, queued, "timed_out", scene)
        return step.act.timed_out
    scene.call.queued = replace(queued, k=queued.k + 1, playing=0.0)
    scene.says.append(says.Enqueue(queued.queue, queued.k + 2))
    return None


# Joining


def _joined(step: Step[Queue], scene: Scene) -> str | None:
    name, before = joining(step, scene), scene.call.queued
    match scene.input:
        case Waited() as waited:
            place, ahead = waited.position, before.ahead if before else 0.0
            if waited.notice:
                scene.notice(waited.notice, scene.call.language, name)
            queued = Queued(name, scene.at.timestamp(), place, place, waited.k, ahead=ahead)
            seconds = head_start(step, scene)
            scene.call.queued = queued
            scene.event(queue_events.QueueEntered(step.name, name, place, scene.call.language, seconds))
            _present(step, queued, scene)
            return None
        case Released(exit=exit_, notice=notice):
            if notice:
                scene.notice(notice, scene.call.language, name)
            scene.event(queue_events.QueueRefused(step.name, name, exit_))
            return _way(step, exit_, scene)
    if not isinstance(scene.input, Silent):
        scene.event(events.Unexpected(step.name, scene.input.kind))
    join(step, scene)
    return None


def _way(step: Step[Queue], exit_: str, scene: Scene) -> str:
    """Where an exit leads. "Queues become the line's operator number or voicemail" where they cannot be had."""
    return scene.flow.rescue if exit_ == "unavailable" else str(getattr(step.act, exit_))


# Waiting


def _waited(step: Step[Queue], queued: Queued, waited: Waited, scene: Scene) -> str | None:
    now = waited.at.timestamp()
    if waited.k < queued.k:
        scene.says.append(says.Wait(queued.k + 1, waited.hold, queued.offset, queued.piece or waited.piece))
        return None
    heard = min(max(now - queued.playing, 0.0), queued.piece) if queued.playing else 0.0
    refused = queued.asked and not waited.move
    queued = _moved(step, queued, waited.queue, scene)
    queued = replace(
        queued, k=waited.k, position=waited.position, offset=queued.offset + heard, playing=0.0, asked="",
        entry=None if waited.move else queued.entry,
    )  # fmt: skip
    scene.call.queued = queued
    if waited.k >= MOST_PIECES:
        _let_go(step, queued, "timed_out", scene)
        return None
    if waited.move:
        scene.says.append(says.Leave())
        return None
    if refused:
        speak(scene, "queue_not_booked", {})
        scene.says.append(says.Wait(queued.k + 1))
        return None
    if queued.entry is not None:
        entered(step, queued, queued.entry, waited, scene)
    elif waited.keys and waited.keys == waited.leave:
        scene.want = LeaveQueue(queued.queue)
    elif waited.keys and waited.keys == waited.callback and queued.entries < MOST_ENTRIES:
        begin(queued, waited, scene)
    else:
        _say_or_play(step, queued, waited, scene)
    return None


def _moved(step: Step[Queue], queued: Queued, to: str, scene: Scene) -> Queued:
    """Where a supervisor has put them: what they were told and asked there begins anew."""
    if not to or to == queued.queue:
        return queued
    scene.event(queue_events.QueueMoved(step.name, queued.queue, to))
    return replace(queued, queue=to, said=0.0, words=(), invited=False, entry=None)


def _say_or_play(step: Step[Queue], queued: Queued, waited: Waited, scene: Scene) -> None:
    """One phrase where an announcement is due or under way, else hold audio from where it was."""
    now = waited.at.timestamp()
    if not queued.words:
        if waited.announce and now - queued.said >= waited.announce:
            queued = replace(queued, words=LATER if queued.said else FIRST, said=now)
        elif waited.callback and not queued.invited:
            queued = replace(queued, words=INVITATION)
    words = list(queued.words)
    while words:
        phrase = words.pop(0)
        found = announcement(phrase, waited, scene)
        if found is not None:
            name, values = found
            invited = queued.invited or phrase == "callback"
            scene.call.queued = replace(queued, words=tuple(words), invited=invited)
            if phrase == "wait" and waited.low is not None and waited.high is not None:
                told = queue_events.WaitTold(step.name, queued.queue, waited.position, waited.low, waited.high)
                scene.event(told)
            speak(scene, name, values)
            scene.says.append(says.Wait(queued.k + 1))
            return
    left = max(queued.said + waited.announce - now, SHORTEST_PIECE) if waited.announce else waited.piece
    piece = min(waited.piece, left)
    scene.call.queued = replace(queued, words=(), playing=now, piece=piece)
    scene.says.append(says.Wait(queued.k + 1, waited.hold, queued.offset, piece))


def _let_go(step: Step[Queue], queued: Queued, exit_: str, scene: Scene) -> None:
    """Leaves the carrier's queue; the exit is taken when the leg has come out of it."""
    queued = note_exit(step, queued, exit_, scene)
    scene.call.queued = replace(queued, leaving=_way(step, exit_, scene), words=())
    if exit_ == "callback_booked":
        speak(scene, "queue_booked", {"number": spoken_number(queued.asked or scene.call.caller, scene)})
    scene.says.append(says.Leave())


def _leaving(queued: Queued, scene: Scene) -> str | None:
    """The exit is decided. A document of the wait leaves once more; what comes from outside of it goes on."""
    match scene.input:
        case QueueLeft(result="hangup"):
            scene.end("completed")
            return None
        case QueueLeft() | Silent():
            return queued.leaving
        case Offered():  # moved out of the carrier's queue for an offer that came too late
            return queued.leaving
    scene.says.append(says.Leave())
    return None


def leaves_for(scene: Scene, to: str) -> bool:
    """Whether the caller's leg has to leave a carrier's queue before it can go to `to`: then it is made to.

    For trouble of ours while a caller waits: a document of the wait cannot dial or record.
    """
    queued = scene.call.queued
    if queued is None or queued.joining or queued.onward or queued.offer:
        return False
    step = scene.flow.steps[scene.call.place]
    if not queued.over:
        queued = note_exit(step, queued, "unavailable", scene)  # type: ignore[arg-type]
    scene.call.queued = replace(queued, leaving=to, words=())
    scene.says.append(says.Leave())
    return True


# An agent


def _dial(step: Step[Queue], queued: Queued, offered: Offered, scene: Scene) -> None:
    queued = replace(
        _moved(step, queued, offered.queue, scene),
        offer=offered.offer, agent=offered.agent, address=offered.address, ring=offered.ring,
        dialled=scene.at.timestamp(), playing=0.0, words=(), entry=None, asked="",
    )  # fmt: skip
    scene.call.queued = queued
    scene.event(queue_events.AgentOffered(step.name, queued.queue, offered.offer, offered.agent, offered.why))
    _present(step, queued, scene)


def _dialling(step: Step[Queue], queued: Queued, scene: Scene) -> str | None:
    match scene.input:
        case Offered():  # the same again, or another while this one is dialled: which the slot never makes
            _present(step, queued, scene)
            return None
        case Dialed(hung_up=gone, outcome=outcome, onward=onward):
            note(step, scene)
            if gone:
                scene.end("completed")
                return None
            assert scene.call.queued is not None, "note keeps it"  # noqa: S101
            if outcome == "answered":
                return send_on(step, scene.call.queued, onward, scene) if onward else step.act.answered
            _present(step, scene.call.queued, scene)
            return None
    scene.event(events.Unexpected(step.name, scene.input.kind))
    _present(step, queued, scene)
    return None
