"""The engine: `step(flow, call, input) -> Turn`.

Theory. A call is at one *place*, a step that awaits something: keys, a recording, the end of a dialled leg,
the answer to a want. An input comes in. If the place awaits it, the place *takes* it and names where to go;
then steps are *entered*, one after the other, until one awaits something again, or the call ends. What is
said on the way is collected; what happened on the way are events. All that decides where a call goes is in
this file and in `kinds`; all that a kind may do, it does through its `Scene`.

    take    the place was waiting for this input: it may say something, and returns where to go,
            or nothing when it goes on waiting (having said what it waits with)
    enter   the caller comes to a step: the same, with nothing taken

That a call ends is built in: the tries at a place, the errors and inputs of a call, and the steps without an
input are all capped. A cap hands the caller to a person, the next one to the last resort, the third ends the
call, so that even a line whose operator step is broken ends. `repeat` resets no counter and leaves no trail.

An input that the place does not await is an `Unexpected` event, and the place presents itself again: a
webhook out of order cannot move a caller. Facts after the end are noted.
"""

from __future__ import annotations

from typing import cast

from ivr.call import events
from ivr.call.inputs import (
    FROM_THE_CALLER,
    Dialed,
    HungUp,
    Input,
    Pressed,
    Recorded,
    RecordingReady,
    Started,
    Troubled,
)
from ivr.call.kinds import KINDS, dial, voicemail
from ivr.call.says import Hangup
from ivr.call.scene import Scene
from ivr.call.state import Call, Turn
from ivr.menu.flow import Flow
from ivr.menu.graph import awaits_keys
from ivr.menu.steps import Dial, Step, Voicemail

MORE_INPUTS = 20
"""Inputs that a caller has left after a cap, to leave a message or talk to the operator's menu."""


def step(flow: Flow, call: Call, input_: Input) -> Turn:
    """What the input does to the call. The call that was given is left as it is.

    Raises nothing for any input and any call of this flow's version; KeyError for a call of another version
    whose place this flow does not have.
    """
    scene = Scene(flow, call.copy(), input_)
    call = scene.call
    call.seq += 1
    match input_:
        case Started():
            if call.place or call.ended:
                _unexpected(scene)
            else:
                call.language = flow.languages[0]
                _go(scene, flow.start)
        case HungUp(status=status):
            if not call.ended:
                scene.end(status)
            scene.says = []
        case RecordingReady(url=url, seconds=seconds):
            scene.event(events.AudioReady(call.place, url, seconds))
        case Troubled(what=what) if not call.ended:
            call.language = call.language or flow.languages[0]
            scene.event(events.Rescued(call.place, what))
            _go(scene, scene.rescue("apology"))
        case _ if call.ended or not call.place:
            _after_the_end(scene)
        case _:
            _take(scene)
    return Turn(call, tuple(scene.says), scene.want, tuple(scene.events), scene.kept)


def _take(scene: Scene) -> None:
    call, flow = scene.call, scene.flow
    place = flow.steps[call.place]
    kind = KINDS[type(place.act)]
    if not isinstance(scene.input, kind.AWAITS):
        _unexpected(scene)
        return
    if isinstance(scene.input, FROM_THE_CALLER):
        call.inputs += 1
        if call.inputs > flow.limits.inputs + MORE_INPUTS * call.rescues:
            _go(scene, scene.capped("inputs"))
            return
    to = kind.take(place, scene)
    if to is not None:
        _go(scene, to)


def _unexpected(scene: Scene) -> None:
    """Notes the input and presents the place again. Keys are not kept: they may belong to a secret answer."""
    call = scene.call
    scene.event(events.Unexpected(call.place, scene.input.kind))
    if isinstance(scene.input, Pressed):
        scene.kept = Pressed(scene.input.at, "")
    if call.ended or not call.place:
        scene.says.append(Hangup())
        return
    scene.again = True
    _present(scene)


def _after_the_end(scene: Scene) -> None:
    """A message that was left, a dialled leg that is over: facts may come after the status that ended the call."""
    place = scene.flow.steps.get(scene.call.place)
    match scene.input:
        case Recorded() if place and isinstance(place.act, Voicemail):
            voicemail.keep(cast(Step[Voicemail], place), scene)
        case Dialed() if place and isinstance(place.act, Dial):
            dial.note(cast(Step[Dial], place), scene)
        case _:
            _unexpected(scene)
            return
    scene.says.append(Hangup())


def _present(scene: Scene) -> None:
    """Says again what the place waits with."""
    place = scene.flow.steps[scene.call.place]
    to = KINDS[type(place.act)].enter(place, scene)
    if to is not None:
        _go(scene, to)


def _go(scene: Scene, to: str) -> None:
    """Enters steps from the destination on, until one awaits something or the call ends."""
    steps = 0
    going: str | None = to
    while going is not None:
        steps += 1
        if steps > scene.flow.limits.steps:
            steps = 0
            going = scene.capped("steps")
        going = _arrive(scene, going)


def _arrive(scene: Scene, to: str) -> str | None:
    """Enters one destination; where it leads on to, or nothing."""
    flow, call = scene.flow, scene.call
    match to:
        case "hangup":
            scene.end("line")
            return None
        case "repeat":
            return _repeat(scene)
        case "back":
            to = _back(scene)
        case "start":
            to = flow.start
        case "operator":
            to = flow.person
    place = flow.steps[to]
    call.place = to
    call.misses = 0
    call.typed = call.offered = ""
    call.confirming = None
    call.filled = False
    scene.event(events.Entered(to))
    if place.goal:
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
    trail = scene.call.trail
    if not trail:
        return scene.flow.start
    place = scene.flow.steps[trail[-1]]
    if scene.call.place != place.name:
        scene.call.place = place.name
        scene.call.typed = scene.call.offered = ""
        scene.call.confirming = None
    scene.again = True
    going = KINDS[type(place.act)].enter(place, scene)
    scene.again = False
    return going
