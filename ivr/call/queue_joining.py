"""Into a queue: that of the step, or the one that an agent sent the caller on to."""

from __future__ import annotations

from ivr.call.scene import Scene
from ivr.call.wants import JoinQueue
from ivr.menu.priority import MOST_HEAD_START
from ivr.menu.steps import Queue, Step


def join(step: Step[Queue], scene: Scene) -> None:
    """Wants to be let in."""
    scene.want = JoinQueue(joining(step, scene), scene.call.language, head_start(step, scene))


def joining(step: Step[Queue], scene: Scene) -> str:
    """The queue that a caller comes to who does not wait yet."""
    queued = scene.call.queued
    return queued.queue if queued else step.act.queue


def head_start(step: Step[Queue], scene: Scene) -> float:
    """The seconds of the line and of the step, or of the value that it names; what is no number gives none.

    Who was sent on has as many more as went by since they first came: they stand where they would stand had they
    come to this queue at first.
    """
    priority, queued = step.act.priority, scene.call.queued
    own = priority.seconds
    if priority.name:
        try:
            own = float(scene.text(priority.name))
        except ValueError:
            own = 0.0
        own = own if own > 0 else 0.0  # not a number is none either
    return min(scene.flow.priority + own + (queued.ahead if queued else 0.0), MOST_HEAD_START)
