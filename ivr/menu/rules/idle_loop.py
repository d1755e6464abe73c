"""Steps that lead round in a circle in which the caller presses nothing and nothing counts as an error.

The caller hears the same words again and again, until the limit of steps in a row ends the call. What counts as an
error (no input, no match, not found) ends by itself; this does not. Numbers that are dialled again and again count
as such a circle, too.

```diff steps
 main:
   hours: office
   open: person
   closed: wait
 wait:
   say: We open soon. Please hold.
-  go: main
+  go: message
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import clusters, exits, target, without_way_out
from ivr.menu.problems import Severity, all_of
from ivr.menu.steps import Act, Dial, If, Lookup, Opening, Say, Set, Step, Switch

ID = "idle-loop"
SEVERITY: Severity = "warning"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each circle, at its first step."""
    leads = {name: {target(flow, to) for to in _by_itself(step)} for name, step in flow.steps.items()}
    circling = _in_circles(leads) - without_way_out(flow, silent=False)  # that is told as an error
    for first, *others in clusters(flow, circling):
        and_ = f" (by {all_of(others, most=5)})" if others else ""
        message = f"from here{and_} the call can go round without the caller pressing anything"
        yield first, f"{message}; ask something, or lead it to an end or a person"


def _by_itself(step: Step[Act]) -> Iterator[str]:
    """Where the step leads with nothing pressed, nothing counted as an error, and nobody talked to."""
    match step.act:
        case Say() | Opening() | If() | Switch() | Set():
            yield from (exit_.to for exit_ in exits(step))
        case Lookup(found=found):
            yield found
        case Dial(busy=busy, no_answer=no_answer, failed=failed):
            yield from (busy, no_answer, failed)


def _in_circles(leads: dict[str, set[str]]) -> set[str]:
    """The names that lie on a circle, or between two: what is left when all that lead nowhere, or are led to from
    nowhere, are taken away, again and again.
    """
    back: dict[str, set[str]] = {name: set() for name in leads}
    for name, targets in leads.items():
        for to in targets:
            if to in back:
                back[to].add(name)
    left = set(leads)
    for onward, backward in ((leads, back), (back, leads)):
        count = {name: len(onward[name] & left) for name in left}
        todo = [name for name in left if count[name] == 0]
        while todo:
            name = todo.pop()
            left.discard(name)
            for before in backward[name]:
                if before in left:
                    count[before] -= 1
                    if count[before] == 0:
                        todo.append(before)
    return left
