"""A call to a number: the caller is connected until one of the two hangs up."""

from __future__ import annotations

import re

from ivr.call import events, says
from ivr.call.inputs import Dialed
from ivr.call.scene import Scene
from ivr.menu.dialable import allowed
from ivr.menu.steps import Dial, Step

AWAITS = (Dialed,)


def enter(step: Step[Dial], scene: Scene) -> str | None:
    """Dials, unless the number comes from a name and may not be dialled."""
    dial = step.act
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    to = dial.to.fill({name: scene.text(name) for name in dial.to.names})
    if dial.to.names:
        number, why = allowed(to, dial.allow)
        if number is None:
            scene.event(events.DialRefused(step.name, why))
            return dial.failed
        to = number
    scene.event(events.Dialing(step.name, to[-4:]))
    scene.says.append(says.Dial(to, dial.caller_id or caller_id(scene), dial.ring, dial.send_digits))
    return None


def caller_id(scene: Scene) -> str:
    """The caller's own number where it is one, else the number that was called, else one of the line's.

    "Set callerId: anonymous callers otherwise fail (13214)."
    """
    numbers = (scene.call.caller, scene.call.to, *scene.flow.numbers)
    return next((number for number in numbers if re.fullmatch(r"\+[1-9]\d{6,14}", number)), "")


def take(step: Step[Dial], scene: Scene) -> str | None:
    """Goes where the outcome says; a caller who hung up as well is gone."""
    note(step, scene)
    match scene.input:
        case Dialed(hung_up=True):
            scene.end("completed")
            return None
        case Dialed(outcome="answered"):
            return step.act.answered
        case Dialed(outcome="busy"):
            return step.act.busy
        case Dialed(outcome="no_answer"):
            return step.act.no_answer
    return step.act.failed


def note(step: Step[Dial], scene: Scene) -> None:
    """Notes how the dialled leg ended."""
    if isinstance(scene.input, Dialed):
        scene.event(events.DialEnded(step.name, scene.input.outcome, scene.input.seconds))
