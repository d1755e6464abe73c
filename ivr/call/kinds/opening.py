"""A look at the hours."""

from __future__ import annotations

from ivr.call.scene import Scene
from ivr.menu.steps import Opening, Step

AWAITS = ()


def enter(step: Step[Opening], scene: Scene) -> str:
    """Goes where the hours say at the moment of the input."""
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    return step.act.open if scene.is_open(step.act.hours) else step.act.closed


take = enter
