"""A place from which no person can be reached, or only after more than three choices.

Self-service must keep a human within reach: somebody who talks to the caller, a voicemail or a callback is at most
three levels away. A level is a place where the caller presses something. A key that works anywhere counts where it
works: in menus, and 0 (then pound) in questions. With the usual `anywhere`, 0 leads to the `operator`. Of a line in
which nobody can be had at all it is said once, at its start.

```diff top
 start: main
-anywhere: {star: back, 9: repeat}
+anywhere: {star: back, 9: repeat, 0: operator}
```
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import awaits_keys, exits, reachable, reaches_person, target
from ivr.menu.problems import Severity
from ivr.menu.steps import Act, Ask, Broken, Step

ID = "far-person"
SEVERITY: Severity = "warning"

MOST = 3
"""Levels."""


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each place that awaits keys and that callers come to."""
    known = reachable(flow)
    places = [step for name, step in flow.steps.items() if name in known and awaits_keys(step)]
    levels = levels_to_person(flow)
    if places and not any(step.name in levels for step in places):
        yield ".start", "no caller of this line can reach a person, a voicemail or a callback; lead a key to one"
        return
    for step in places:
        away = levels.get(step.name)
        if away is None:
            yield step.name, "from here no key leads to a person, a voicemail or a callback"
        elif away > MOST:
            yield step.name, f"a person is {away} levels away from here; lead a key to one within {MOST}"


def levels_to_person(flow: Flow) -> dict[str, int]:
    """For each step from which a person can be had: by how many places where the caller presses something."""
    sources: dict[str, list[str]] = {}
    for step in flow.steps.values():
        for to in pressed(flow, step):
            sources.setdefault(target(flow, to), []).append(step.name)
    goals = [step.name for step in flow.steps.values() if reaches_person(step) or isinstance(step.act, Broken)]
    goals += [
        name for name in sources if name not in flow.steps and (name == flow.rescue or name.startswith("service."))
    ]
    levels = dict.fromkeys(goals, 0)
    todo = deque(goals)
    while todo:
        name = todo.popleft()
        for source in sources.get(name, ()):
            step = flow.steps[source]
            away = levels[name] + awaits_keys(step)
            if away < levels.get(source, MOST * 1000):
                levels[source] = away
                # Nearest first: what costs no level is looked at before all else.
                (todo.append if awaits_keys(step) else todo.appendleft)(source)
    return levels


def pressed(flow: Flow, step: Step[Act]) -> Iterator[str]:
    """Where the step leads without waiting for the caller to give up."""
    for exit_ in exits(step):
        if not (awaits_keys(step) and exit_.key == "give_up"):
            yield exit_.to
    if awaits_keys(step):
        for key, to in flow.anywhere.items():
            heard = key == "0" or not isinstance(step.act, Ask)
            if heard and not any(exit_.key == f"menu.{key}" for exit_ in exits(step)):
                yield to
