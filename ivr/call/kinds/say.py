"""A step that only says something, and goes on."""

from __future__ import annotations

from ivr.call.inputs import Silent
from ivr.call.says import Redirect
from ivr.call.scene import Scene
from ivr.menu.steps import Say, Step

AWAITS = (Silent,)

MOST_AT_ONCE = 6_000
"""Characters, after which the carrier is asked to come again for the rest: a document has 64 kB at most."""


def enter(step: Step[Say], scene: Scene) -> str | None:
    """Says it."""
    if scene.said > MOST_AT_ONCE:
        scene.says.append(Redirect())
        return None
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    return step.act.go


def take(step: Step[Say], scene: Scene) -> str | None:
    """The carrier has come again."""
    return enter(step, scene)
