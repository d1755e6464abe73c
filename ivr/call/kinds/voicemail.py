"""A message left in a box."""

from __future__ import annotations

from ivr.call import events, says
from ivr.call.inputs import Recorded, Silent
from ivr.call.scene import Scene
from ivr.menu.steps import Step, Voicemail

AWAITS = (Recorded, Silent)


def enter(step: Step[Voicemail], scene: Scene) -> None:
    """Asks for the message, in the step's own words or the service's, and records."""
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    else:
        scene.service("voicemail")
    scene.says.append(says.Record(step.act.longest, step.act.silence))


def take(step: Step[Voicemail], scene: Scene) -> str | None:
    """Keeps the message; silence leaves none, and the call goes on all the same."""
    if not isinstance(scene.input, Recorded):
        scene.event(events.NoInput(step.name))
        return step.act.go
    note(step, scene)
    if scene.input.hung_up:
        scene.end("completed")
        return None
    return step.act.go


def note(step: Step[Voicemail], scene: Scene) -> None:
    """Notes the message that the carrier holds."""
    recorded = scene.input
    if isinstance(recorded, Recorded) and recorded.url:
        scene.event(events.MessageLeft(step.name, step.act.box, recorded.url, recorded.seconds))
        if step.goal:
            scene.event(events.GoalReached(step.name, step.goal))
