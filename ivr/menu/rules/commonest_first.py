"""The option that most callers choose is not the first, as the call log has it.

Whoever wants what most want should hear it at once: each option before it costs all of them some seconds. Said in the
console, by the choices of the last 28 days, and by `ivr check --traffic 7d`, by those of as many days as it is given.
Counted are the keys 1 to 9 of a menu that callers chose from a hundred times or more, and only a lead over the first
option that is no chance (95 %). Moving an option changes its key, which callers who call often know by heart: do it
seldom, and not with each week.

    main:
      menu:
        1 -> lost_property: To report something you lost      # 12 % of the choices
        2 -> stop: To hear when the next coach leaves         # 61 %: should be 1
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.steps import Menu
from ivr.menu.traffic import Traffic

ID = "commonest-first"
SEVERITY: Severity = "warning"

LEAST = 100
"""Choices in a menu below which nothing is said."""

_Z = 1.96  # 95 %, two-sided


def check(flow: Flow, traffic: Traffic) -> Iterator[tuple[str, str]]:
    """Each menu whose commonest key 1 to 9 is ahead of the first one."""
    for step in flow.steps.values():
        if not isinstance(step.act, Menu):
            continue
        chosen = traffic.chosen.get(step.name, {})
        counts = {option.key: chosen.get(option.key, 0) for option in step.act.options if option.key in "123456789"}
        total = sum(counts.values())
        if total < LEAST:
            continue
        first, most = next(iter(counts)), max(counts, key=counts.__getitem__)
        lead, both = counts[most] - counts[first], counts[most] + counts[first]
        if lead > _Z * sqrt(both):
            message = f"key {most} is chosen most, in {counts[most] / total:.0%} of {total:,} choices, and is not the "
            yield f"{step.name}.menu", message + f"first; key {first} is chosen in {counts[first] / total:.0%}"
