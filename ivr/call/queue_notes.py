"""What is noted of a wait in a queue: each thing once, in whatever order its webhooks come."""

from __future__ import annotations

from dataclasses import replace

from ivr.call import events, queue_events
from ivr.call.inputs import Accepted, Dialed, HungUp, QueueLeft
from ivr.call.scene import Scene
from ivr.call.state import Queued
from ivr.menu.steps import Queue, Step

FACTS = (Dialed, Accepted, HungUp)
"""What is noted wherever the call is by then."""


def note(step: Step[Queue], scene: Scene) -> None:
    """Notes what happened to a caller of this queue, once: taken by an agent, over, not taken, or hung up.

    "DialBridged=true and our own accept": whether the two talked, the switchboard has settled in `outcome`.
    """
    queued = scene.call.queued
    if queued is not None and queued.onward and isinstance(scene.input, Dialed):  # the number they were sent on to
        scene.event(events.DialEnded(step.name, scene.input.outcome, scene.input.seconds))
        scene.call.queued = replace(queued, onward="")
    if queued is None or queued.over:
        return
    match scene.input:
        case Accepted(offer=offer) if offer == queued.offer and not queued.accepted:
            queued = _connected(step, queued, scene)
        # Who hangs up in the moment after the agent took the call was answered; they have not abandoned it, too.
        case Dialed() as dialed if queued.offer and (
            dialed.outcome == "answered" or (dialed.hung_up and queued.accepted)
        ):
            if not queued.accepted:
                queued = _connected(step, queued, scene)
                seconds = dialed.seconds
            else:
                seconds = _seconds(queued.accepted, scene)
            waited = round(queued.accepted - queued.since)
            by = "caller" if dialed.hung_up else "agent"
            scene.event(queue_events.Completed(step.name, queued.queue, queued.agent, waited, seconds, by))
            queued = replace(queued, over=True)
        case Dialed(hung_up=False) if queued.offer:
            rang = _seconds(queued.dialled, scene)
            scene.event(queue_events.RingNoAnswer(step.name, queued.queue, queued.offer, queued.agent, rang))
            queued = replace(queued, offer="", agent="", address="", ring=0.0, dialled=0.0, accepted=0.0)
        case Dialed() | HungUp() | QueueLeft() if isinstance(scene.input, Dialed) or not queued.accepted:
            waited = _seconds(queued.since, scene)
            position, first = queued.position, queued.entered_at
            scene.event(queue_events.Abandoned(step.name, queued.queue, position, first, waited))
            queued = replace(queued, over=True)
    scene.call.queued = queued


def _connected(step: Step[Queue], queued: Queued, scene: Scene) -> Queued:
    waited, rang = _seconds(queued.since, scene), _seconds(queued.dialled, scene)
    scene.event(queue_events.Connected(step.name, queued.queue, queued.offer, queued.agent, waited, rang))
    return replace(queued, accepted=scene.at.timestamp())


def _seconds(since: float, scene: Scene) -> int:
    return max(round(scene.at.timestamp() - since), 0)


def note_exit(step: Step[Queue], queued: Queued, how: str, scene: Scene) -> Queued:
    """Notes that the wait is over by this exit."""
    waited = _seconds(queued.since, scene)
    scene.event(queue_events.QueueExited(step.name, queued.queue, how, queued.position, waited))
    return replace(queued, over=True)
