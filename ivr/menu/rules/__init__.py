"""The rules: each a module with `ID`, `SEVERITY` and `check(flow)`, which finds (address, message).

Listed here by hand, in the order in which their findings matter. A rule sees a flow that was read; steps
that could not be read are in it as `Broken`, with where they may lead. The module's docstring says what
the rule is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.rules import (
    condition_fails,
    dead_end,
    dial_country,
    duplicate_name,
    key_gap,
    look_up_host,
    never_open,
    piece_values,
    queue_circle,
    secret_use,
    too_much_at_once,
    unknown_hours,
    unknown_lookup,
    unknown_name,
    unknown_step,
    unreachable,
    unused_name,
    wrong_format,
)

Finding = tuple[str, str]  # an address of the flow's marks, and the message


class Rule(Protocol):
    """What a module of this folder looks like."""

    @property
    def ID(self) -> str:  # noqa: N802
        """What `ivr check` calls it."""

    @property
    def SEVERITY(self) -> Severity:  # noqa: N802
        """Whether it breaks a call."""

    @property
    def check(self) -> Callable[[Flow], Iterator[Finding]]:
        """Finds what is wrong."""


RULES: tuple[Rule, ...] = (
    unknown_step,
    unknown_hours,
    unknown_lookup,
    unknown_name,
    wrong_format,
    secret_use,
    duplicate_name,
    piece_values,
    condition_fails,
    dial_country,
    look_up_host,
    too_much_at_once,
    dead_end,
    queue_circle,
    unreachable,
    key_gap,
    never_open,
    unused_name,
)
