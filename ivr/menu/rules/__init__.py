"""The rules: each a module with `ID`, `SEVERITY` and `check(flow)`, which finds (address, message).

Listed here by hand, in the order in which their findings matter. A rule sees a flow that was read; steps
that could not be read are in it as `Broken`, with where they may lead. The module's docstring says what
the rule is for; of a rule of manners it is the rule's section in docs/rules.md, word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Protocol

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.rules import (
    commonest_first,
    condition_fails,
    dead_end,
    dial_country,
    duplicate_name,
    failed_loop,
    far_person,
    holidays,
    hours_gap,
    idle_loop,
    key_gap,
    key_order,
    long_menu,
    long_prompt,
    look_up_host,
    names_key,
    never_open,
    piece_values,
    queue_circle,
    reserved_key,
    secret_use,
    sensitive_name,
    silence,
    stale_recording,
    too_many_options,
    too_much_at_once,
    unknown_hours,
    unknown_lookup,
    unknown_name,
    unknown_step,
    unreachable,
    unset_name,
    unused_name,
    unused_save,
    unused_silence,
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


STRUCTURE: tuple[Rule, ...] = (
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
"""What breaks a call, and what does nothing."""

MANNERS: tuple[Rule, ...] = (
    too_many_options,
    key_order,
    names_key,
    long_prompt,
    long_menu,
    hours_gap,
    holidays,
    sensitive_name,
)
"""What callers put up with, and should not have to: at one place."""

MANNERS_OF_WAYS: tuple[Rule, ...] = (
    far_person,
    reserved_key,
    failed_loop,
    idle_loop,
    unused_save,
    unset_name,
)
"""The same, of ways through the line: told once no error is left, since a way that is broken is no way."""

RULES = STRUCTURE + MANNERS + MANNERS_OF_WAYS

WITH_MORE: tuple[ModuleType, ...] = (commonest_first, stale_recording, silence, unused_silence)
"""Those that judge by more than the flow: what callers did, what was recorded, the file's comments."""
