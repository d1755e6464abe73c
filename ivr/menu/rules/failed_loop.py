"""A look-up that failed, and whose `failed` leads to the same look-up again.

What did not work a second ago does not work now: the caller goes round, enters the same number once more, and hears
the same excuse. Lead `failed` to a person, to a message, or to a menu where the caller chooses what to do.

```diff steps
 main:
   ask: Enter the number of your booking.
   digits: 4
   save: number
   go: look
 look:
   lookup: booking
   found: told
   not_found: main
-  failed: main
+  failed: person
 told:
   say: Your booking is <booking.status>, <number>.
   go: hangup
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import exits, target
from ivr.menu.problems import Severity, shown
from ivr.menu.steps import Act, Ask, Broken, Dial, Language, Lookup, Menu, Queue, Step, Survey, Voicemail

ID = "failed-loop"
SEVERITY: Severity = "warning"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each look-up: whether its failure comes back to it before the caller chose something or was handed over."""
    for step in flow.steps.values():
        if isinstance(step.act, Lookup) and _comes_back(flow, step.act):
            message = f"this leads to the look-up {shown(step.act.lookup)} again, which has just failed"
            yield f"{step.name}.failed", f"{message}; lead it to a person, a message or a menu"


def _comes_back(flow: Flow, lookup: Lookup) -> bool:
    todo, seen = [target(flow, lookup.failed)], set[str]()
    while todo:
        name = todo.pop()
        step = flow.steps.get(name)
        if step is None or name in seen:
            continue
        seen.add(name)
        if isinstance(step.act, Lookup) and step.act.lookup == lookup.lookup:
            return True
        todo += [target(flow, to) for to in _onward(step)]
    return False


def _onward(step: Step[Act]) -> Iterator[str]:
    match step.act:
        case Menu() | Language() | Dial() | Queue() | Voicemail() | Survey() | Broken():
            return
        case Ask(go=go):
            yield go  # an answer is no choice: nobody asks for the same failure again
        case Lookup(failed=failed):
            yield failed
        case _:
            yield from (exit_.to for exit_ in exits(step))
