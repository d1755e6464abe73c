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

from collections.abc import Iterator, Mapping

from ivr.menu.flow import Flow
from ivr.menu.graph import exits, target
from ivr.menu.problems import Severity, all_of
from ivr.menu.steps import Act, Dial, If, Lookup, Opening, Say, Set, Step, Switch

ID = "idle-loop"
SEVERITY: Severity = "warning"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each circle, at its first step."""
    leads = {name: {target(flow, to) for to in _by_itself(step)} for name, step in flow.steps.items()}
    order = {name: number for number, name in enumerate(flow.steps)}
    for circle in sorted((sorted(it, key=order.__getitem__) for it in _circles(leads)), key=lambda it: order[it[0]]):
        first, *others = circle
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


def _circles(leads: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """The groups of names each of which leads to all others of its group, and those that lead to themselves.

    Kosaraju's way: in the reverse order in which a search is done with the names, a search backwards from each finds
    its group. Without recursion, since a line can have thousands of steps in a row.
    """
    done: dict[str, None] = {}
    for root in leads:
        stack = [(root, iter(leads[root]))] if root not in done else []
        open_ = {root}
        while stack:
            name, onward = stack[-1]
            to = next((it for it in onward if it in leads and it not in done and it not in open_), None)
            if to is None:
                done[name] = None
                stack.pop()
            else:
                open_.add(to)
                stack.append((to, iter(leads[to])))
    back: dict[str, list[str]] = {name: [] for name in leads}
    for name, targets in leads.items():
        for to in targets & leads.keys():
            back[to].append(name)
    seen: set[str] = set()
    for root in reversed(done):
        group, todo = [], [root]
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                group.append(name)
                todo += back[name]
        if len(group) > 1 or (group and root in leads[root]):
            yield group
