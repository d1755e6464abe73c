"""A queue that cannot be had and leads to itself again: the caller goes round without hearing or doing anything."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import awaits_keys, exits
from ivr.menu.problems import Severity
from ivr.menu.steps import Broken, Dial, Queue, Voicemail

ID = "queue-circle"
SEVERITY: Severity = "error"

_REFUSALS = ("full", "nobody_in", "closed")


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each exit of a queue that is taken at once, and from which callers come back with nothing between."""
    for step in flow.steps.values():
        if isinstance(step.act, Queue):
            for exit_ in _REFUSALS:
                if _comes_back(flow, step.act.queue, getattr(step.act, exit_)):
                    yield (
                        f"{step.name}.{exit_}",
                        f'this leads to the queue "{step.act.queue}" again at once; lead it to a voicemail or a menu',
                    )


def _comes_back(flow: Flow, queue: str, to: str) -> bool:
    todo, seen = [to], set[str]()
    while todo:
        name = todo.pop()
        name = {"start": flow.start, "operator": flow.person}.get(name, name)
        step = flow.steps.get(name)
        if step is None or name in seen:
            continue
        seen.add(name)
        if isinstance(step.act, Queue) and step.act.queue == queue:
            return True
        if awaits_keys(step) or isinstance(step.act, (Dial, Voicemail, Broken)):
            continue
        todo += [exit_.to for exit_ in exits(step)]
    return False
