"""The engine: `step(flow, call, input) -> Turn`.

Theory. A call is at one *place*, a step that awaits something: keys, a recording, the end of a dialled leg,
the answer to a want. An input comes in. If the place awaits it, the place *takes* it and names where to go;
then steps are *entered*, one after the other, until one awaits something again, or the call ends. What is
said on the way is collected; what happened on the way are events. All that decides where a call goes is in
this file and in `kinds`; all that a kind may do, it does through its `Scene`.

    take    the place was waiting for this input: it may say something, and returns where to go,
            or nothing when it goes on waiting (having said what it waits with)
    enter   the caller comes to a step: the same, with nothing taken

That a call ends is built in: the tries at a place, the errors and inputs of a call, and the steps without the
caller (look-ups and words between them do not count as the caller) are all capped. A cap hands the caller to a
person, the next one to the last resort, the third ends the call, so that even a line whose operator step is
broken ends. `repeat` resets no counter and leaves no trail.

An input that the place does not await is an `Unexpected` event, and the place presents itself again: a
webhook out of order cannot move a caller, though it counts as one of the caller's inputs. Facts are noted
wherever the call is: a message that was left is kept after the end, and where a cap is reached.

What may be a secret leaves `step` in the secrets of the call and nowhere else: `Turn.input` and events are as
they may be stored, and folding `step` over such inputs gives the same events again.
"""

from __future__ import annotations

from ivr.call import events, notice
from ivr.call.inputs import (
    FROM_THE_CALLER,
    Accepted,
    Dialed,
    HungUp,
    Input,
    Noticed,
    Recorded,
    RecordingReady,
    Started,
    Troubled,
)
from ivr.call.kinds import KINDS, NOTES, queue
from ivr.call.says import Hangup
from ivr.call.scene import APOLOGY, Scene
from ivr.call.state import Call, Turn
from ivr.menu.flow import LAST_RESORT, VOICEMAIL, Flow
from ivr.menu.graph import END, awaits_keys
from ivr.menu.steps import Lookup, Say, Voicemail

MORE_INPUTS = 20
"""Inputs that a caller has left after a cap, to leave a message or talk to the operator's menu."""

WITHOUT_THE_CALLER = (Lookup, Say)
"""The steps that await something, but nothing of the caller: the answer to a want, or the carrier's return."""


def step(flow: Flow, call: Call, input_: Input) -> Turn:
    """What the input does to the call. The call that was given is left as it is.

    Raises nothing for any input and any call of this flow's version; KeyError for a call of another version
    whose place this flow does not have.
    """
    scene = Scene(flow, call.copy(), input_)
    call = scene.call
    call.seq += 1
    match input_:
        case Started(step=place, language=language):
            if call.place or call.ended:
                _unexpected(scene)
            else:
                call.language = language if language in flow.languages else flow.languages[0]
                call.closed, call.special = input_.closed, input_.special
                _go(scene, place if place in flow.steps else notice.begun(scene, input_))
        case Noticed(closed=closed, special=special):
            call.closed, call.special = closed, special
        case HungUp(status=status):
            if not call.ended:
                _note(scene)
                scene.end(status)
            scene.says = []
        case RecordingReady(url=url, seconds=seconds):
            scene.event(events.AudioReady(call.place, url, seconds))
        case Accepted():
            _note(scene)
        case Troubled(what=what) if not call.ended:
            call.language = call.language or flow.languages[0]
            scene.event(events.Rescued(call.place, what))
            to = scene.rescue(APOLOGY)
            if not queue.leaves_for(scene, to):
                _go(scene, to)
        case _ if call.ended or not call.place:
            _after_the_end(scene)
        case _:
            _take(scene)
    return Turn(call, tuple(scene.says), scene.want, tuple(scene.events), scene.kept)


def _take(scene: Scene) -> None:
    call = scene.call
    place = scene.flow.steps[call.place]
    kind = KINDS[type(place.act)]
    if isinstance(scene.input, FROM_THE_CALLER):
        call.inputs += 1
        if not isinstance(place.act, WITHOUT_THE_CALLER):
            call.steps = 0
        if call.inputs > scene.flow.limits.inputs + MORE_INPUTS * call.rescues:
            _cap_inputs(scene)
            return
    if not isinstance(scene.input, kind.AWAITS):
        _unexpected(scene)
        return
    to = kind.take(place, scene)
    if to is not None:
        _go(scene, to)


def _cap_inputs(scene: Scene) -> None:
    """The input is one too many: the place does not take it, but a message that was left is not lost."""
    scene.forget_keys()
    _note(scene)
    if isinstance(scene.input, (Recorded, Dialed)) and scene.input.hung_up:
        scene.end("completed")
    else:
        _go(scene, scene.capped("inputs"))


def _unexpected(scene: Scene) -> None:
    """Notes the input and presents the place again. Keys are not kept: they may belong to a secret answer."""
    call = scene.call
    scene.event(events.Unexpected(call.place, scene.input.kind))
    scene.forget_keys()
    if call.ended or not call.place:
        scene.says.append(Hangup())
        return
    scene.again = True
    place = scene.flow.steps[call.place]
    to = KINDS[type(place.act)].enter(place, scene)
    scene.again = False
    if to is not None:
        _go(scene, to)


def _after_the_end(scene: Scene) -> None:
    """A message that was left, a dialled leg that is over: facts may come after the status that ended the call."""
    if _note(scene):
        scene.says.append(Hangup())
    else:
        _unexpected(scene)


def _note(scene: Scene) -> bool:
    """Notes the input, if it is a fact that this place brings about. Whether it is one."""
    place = scene.flow.steps.get(scene.call.place)
    if place is None or type(place.act) not in NOTES:
        return False
    awaited, note = NOTES[type(place.act)]
    if not isinstance(scene.input, awaited):
        return False
    note(place, scene)
    return True


def _go(scene: Scene, to: str) -> None:
    """Enters steps from the destination on, until one awaits something or the call ends."""
    call = scene.call
    going: str | None = to
    while going is not None:
        if call.steps >= scene.flow.limits.steps and going != END:
            going = scene.capped("steps")
        call.steps += 1
        going = _arrive(scene, going)


def _arrive(scene: Scene, to: str) -> str | None:
    """Enters one destination; where it leads on to, or nothing."""
    flow, call = scene.flow, scene.call
    match to:
        case "hangup":
            if scene.helpless or call.place in (LAST_RESORT, VOICEMAIL):
                scene.service("goodbye")  # the file has no words for this
            scene.end("line")
            return None
        case "repeat" if call.trail:
            return _repeat(scene)
        case "repeat" | "start":
            to = flow.start
        case "back":
            to = _back(scene)
        case "operator":
            to = flow.person
    place = flow.steps[to]
    call.move(to)
    scene.event(events.Entered(to))
    if place.goal and not isinstance(place.act, Voicemail):  # a message is a goal when it is kept
        scene.event(events.GoalReached(to, place.goal))
    if awaits_keys(place):
        scene.remember()
    going = KINDS[type(place.act)].enter(place, scene)
    scene.missed = False
    return going


def _back(scene: Scene) -> str:
    """The last place that awaited keys before this one; the start where there is none."""
    trail, place = scene.call.trail, scene.call.place
    if trail and trail[-1] == place:
        trail.pop()
    return trail.pop() if trail else scene.flow.start


def _repeat(scene: Scene) -> str | None:
    """The last place that awaited keys presents itself again: the same words, and no counter is reset."""
    call = scene.call
    place = scene.flow.steps[call.trail[-1]]
    if call.place != place.name:
        call.move(place.name)
    scene.again = True
    going = KINDS[type(place.act)].enter(place, scene)
    scene.again = scene.missed = False
    return going
