"""A key with another meaning than all over the world: 0 a person, 9 again, star back, pound the end of an entry.

Callers press these without listening. 0 leads to somebody (or to help); 9 repeats, unless a menu has eight options
before it; star leads back; pound ends a number that is being entered, and is no option.

```diff steps
 main:
   menu:
     1 -> person: To talk to us
-    0 -> goodbye: To end this call
+    2 -> goodbye: To end this call
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import awaits_keys, exits, reaches_person, target
from ivr.menu.options import Option
from ivr.menu.problems import Severity, shown
from ivr.menu.steps import Act, Broken, Menu, Step

ID = "reserved-key"
SEVERITY: Severity = "warning"

_MEANS = {
    "0": "0 means a person all over the world",
    "9": "9 means to hear it again",
    "*": "star means back",
    "#": "pound means the end of a number that is entered",
}


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """The keys that work anywhere, and each menu's."""
    leads = {name: {target(flow, exit_.to) for exit_ in exits(step)} for name, step in flow.steps.items()}
    for key, to in flow.anywhere.items():
        if key in _MEANS and not _kept(flow, key, to, None, leads):
            word = {"*": "star", "#": "pound"}.get(key, key)
            yield f".anywhere.{word}", f"{_MEANS[key]}, and here it leads to {shown(to)}"
    for step in flow.steps.values():
        if isinstance(step.act, Menu):
            for option in step.act.options:
                if option.key in _MEANS and not _kept_in(flow, step, option, leads):
                    message = f"{_MEANS[option.key]}, and here it leads to {shown(option.to)}"
                    yield option.prompt.address, f"{message}; give this option another key"


def _kept_in(flow: Flow, step: Step[Act], option: Option, leads: dict[str, set[str]]) -> bool:
    if (
        option.key == "9"
        and isinstance(step.act, Menu)
        and len({it.key for it in step.act.options} & set("12345678")) == 8
    ):
        return True
    return _kept(flow, option.key, option.to, step.name, leads)


def _kept(flow: Flow, key: str, to: str, here: str | None, leads: dict[str, set[str]]) -> bool:
    """Whether the key keeps its meaning when it leads there."""
    match key:
        case "0":
            return to == "operator" or target(flow, to) == flow.person or "help" in to or _to_person(flow, to)
        case "9":
            return to in ("repeat", here)
        case "*":
            return to in ("back", "start", flow.start) or (here is not None and here in leads.get(to, ()))
    return to in ("repeat", here) and here is not None


def _to_person(flow: Flow, to: str) -> bool:
    """Whether somebody can be had there without another key."""
    todo, seen = [target(flow, to)], set[str]()
    while todo:
        name = todo.pop()
        step = flow.steps.get(name)
        if step is None:
            if name == flow.rescue:
                return True
            continue
        if name in seen:
            continue
        seen.add(name)
        if reaches_person(step) or isinstance(step.act, Broken):
            return True
        if not awaits_keys(step):
            todo += [target(flow, exit_.to) for exit_ in exits(step)]
    return False
