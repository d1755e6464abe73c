"""A name that has no value on some way there: a condition would judge nothing, words would have a hole.

A name gets its value where it is asked for, set, or found by a look-up; a caller who comes by another way (because
they gave up, pressed a key that works anywhere, or because the look-up failed) has none. It then counts as empty: ""
or 0 or no. A condition that asks for that itself (`name == ""`, `has(name)`) is right.

```diff steps
 main:
   menu:
     1 -> look: To hear about your booking
     2 -> told: To hear it again
 look:
   lookup: booking
-  found: told
+  found: known
   not_found: person
   failed: person
 told:
-  if: booking.status == "open"
+  if: booking.status == "" || booking.status == "open"
   then: person
   else: goodbye
+known:
+  say: Your booking is <booking.status>.
+  go: goodbye
```
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping

from ivr.menu.conditions import Condition, compared
from ivr.menu.flow import Flow
from ivr.menu.graph import awaits_keys, exits, target
from ivr.menu.names import BUILT_IN, Used, used
from ivr.menu.problems import Severity, shown
from ivr.menu.steps import Act, Ask, Broken, If, Lookup, Menu, Set, Step, Survey

ID = "unset-name"
SEVERITY: Severity = "warning"

_JUDGED = ("condition", "words", "template", "dial", "lookup")

Ways = dict[str, list[tuple[str, int]]]
"""For each step, from which steps callers come, and which names (as bits) that way sets."""


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each name once a step; none in a line of which a step could not be read."""
    if any(isinstance(step.act, Broken) for step in flow.steps.values()):
        return
    bits = {name: 1 << number for number, name in enumerate(flow.types)}
    ways = _ways(flow, bits)
    known = _known(flow, ways, (1 << len(bits)) - 1)
    for step in flow.steps.values():
        told = set()
        for use in _uses(flow, step):
            bit = bits.get(use.name, 0)
            if use.name in BUILT_IN or use.name in told or known[step.name] & bit == bit:
                continue
            if use.where not in _JUDGED or _asks_for_nothing(step, use):
                continue
            told.add(use.name)
            yield (
                use.address,
                f"{shown(use.name)} has no value on each way here: {_such_as(flow, step, bit, ways, known)}",
            )


def _uses(flow: Flow, step: Step[Act]) -> Iterator[Used]:
    yield from used({step.name: step}, {})
    if isinstance(step.act, Lookup) and step.act.lookup in flow.lookups:
        name = step.act.lookup
        for use in used({}, {name: flow.lookups[name]}):
            yield Used(use.name, f"{step.name}.lookup", use.where)


def _ways(flow: Flow, bits: Mapping[str, int]) -> Ways:
    ways: Ways = {name: [] for name in flow.steps}
    for step in flow.steps.values():
        for exit_ in exits(step):
            to = target(flow, exit_.to)
            if to in ways:
                ways[to].append((step.name, _set_by(flow, step, exit_.key, bits)))
        if awaits_keys(step) or isinstance(step.act, Survey):
            for key, name in flow.anywhere.items():
                to = target(flow, name)
                if to in ways and (key == "0" or not isinstance(step.act, Ask)):
                    ways[to].append((step.name, 0))
    return ways


def _set_by(flow: Flow, step: Step[Act], way: str, bits: Mapping[str, int]) -> int:
    """Which names get a value when the step is left by this way."""
    names: list[str] = []
    match step.act:
        case Ask(save=save) if way == "go":
            names = [save]
        case Menu(extension=extension) if extension and way == "extension.go":
            names = [extension.save]
        case Set(set=templates):
            names = list(templates)
        case Lookup(lookup=lookup) if way == "found" and lookup in flow.lookups:
            names = [f"{lookup}.{field}" for field in flow.lookups[lookup].gives]
    found = 0
    for name in names:
        found |= bits.get(name, 0)
    return found


def _known(flow: Flow, ways: Ways, every: int) -> dict[str, int]:
    """For each step the names that have a value on every way to it. Values are never taken back, so coming back to a
    step brings none away.
    """
    onward: dict[str, list[tuple[str, int]]] = {}
    for to, sources in ways.items():
        for source, set_ in sources:
            onward.setdefault(source, []).append((to, set_))
    known = dict.fromkeys(ways, every)
    # Calls begin at the start, and trouble leads to the person from everywhere.
    todo = deque(dict.fromkeys(name for name in (flow.start, flow.person, flow.rescue) if name in ways))
    known |= dict.fromkeys(todo, 0)
    while todo:
        source = todo.popleft()
        for to, set_ in onward.get(source, ()):
            now = known[to] & (known[source] | set_)
            if now != known[to]:
                known[to] = now
                todo.append(to)
    return known


def _asks_for_nothing(step: Step[Act], use: Used) -> bool:
    """Whether a condition asks itself whether the name has a value."""
    if use.where != "condition":
        return False
    for condition in _conditions(step):
        bare = re.escape(use.name)
        if (use.name, '""') in compared(condition) or (use.name, "''") in compared(condition):
            return True
        if re.search(rf"\bhas\(\s*{bare}\s*\)|\bsize\(\s*{bare}\s*\)", condition.source):
            return True
    return False


def _conditions(step: Step[Act]) -> Iterator[Condition]:
    match step.act:
        case If(when=when):
            yield when
        case Menu(options=options):
            yield from (option.when for option in options if option.when)


def _such_as(flow: Flow, step: Step[Act], bit: int, ways: Ways, known: Mapping[str, int]) -> str:
    if step.name == flow.start:
        return "every call begins here"
    for source, set_ in ways[step.name]:
        if not (known[source] | set_) & bit:
            return f"not from {shown(source)}"
    return "callers in trouble come here from anywhere"
