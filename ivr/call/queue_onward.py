"""Sent on by an agent who hung up: to a step, to another queue, or to a number; after that the exit `answered`.

Whether the caller may go there was decided where the agent said it, by the team as it was; here it is a fact.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.call import events, queue_events, says
from ivr.call.inputs import Dialed
from ivr.call.kinds.dial import caller_id
from ivr.call.queue_joining import join
from ivr.call.queue_notes import note
from ivr.call.scene import KEPT_DIGITS, Scene
from ivr.call.state import Queued
from ivr.menu.steps import Queue, Step

RING = 30.0
"""Seconds that it rings at a number."""


def send_on(step: Step[Queue], queued: Queued, onward: str, scene: Scene) -> str | None:
    """Goes where the agent said; where that cannot be, the exit `answered`."""
    kind, _, name = onward.partition(":")
    if kind == "dial":
        onward = f"dial:{name[-KEPT_DIGITS:]}"
    why = "" if name and (kind in ("queue", "dial") or name in scene.flow.steps) else "there is no such place"
    scene.event(queue_events.SentOn(step.name, queued.queue, queued.agent, onward, why))
    if why:
        return step.act.answered
    now = scene.at.timestamp()
    match kind:
        case "queue":
            ahead = max(now - queued.since, 0.0) + queued.ahead
            scene.call.queued = Queued(name, now, 0, 0, over=True, joining=True, ahead=ahead)
            join(step, scene)
        case "dial":
            scene.call.queued = replace(queued, offer="", address="", ring=0.0, over=True, onward=name)
            scene.event(events.Dialing(step.name, name[-KEPT_DIGITS:]))
            dial(name, scene)
        case _:
            return name
    return None


def dial(number: str, scene: Scene) -> None:
    """The caller's leg dials the number."""
    scene.says.append(says.Dial(number, caller_id(scene), RING))


def talking(step: Step[Queue], queued: Queued, scene: Scene) -> str | None:
    """What comes while the number is dialled, and after the talk; not to have been had there is as good as a talk."""
    if isinstance(scene.input, Dialed):
        note(step, scene)
        if not scene.input.hung_up:
            return step.act.answered
        scene.end("completed")
        return None
    scene.event(events.Unexpected(step.name, scene.input.kind))
    dial(queued.onward, scene)
    return None
