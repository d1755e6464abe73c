"""A `switch` on the value of a name."""

from __future__ import annotations

from ivr.call.scene import Scene
from ivr.menu.steps import Step, Switch

AWAITS = ()


def enter(step: Step[Switch], scene: Scene) -> str:
    """Goes where the value's case says."""
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    return step.act.cases.get(scene.text(step.act.switch), step.act.otherwise)


take = enter
