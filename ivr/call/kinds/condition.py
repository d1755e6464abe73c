"""An `if`."""

from __future__ import annotations

from ivr.call.scene import Scene
from ivr.menu.steps import If, Step

AWAITS = ()


def enter(step: Step[If], scene: Scene) -> str:
    """Goes where the condition says."""
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    return step.act.then if scene.holds(step.act.when) else step.act.otherwise


take = enter
