"""The kinds of step: each a module with `AWAITS`, `enter(step, scene)` and `take(step, scene)`.

`enter` says what the caller hears on coming to the step, or on coming back to it; `take` deals with an
input that the step awaits (`scene.input`, of one of the types in `AWAITS`). Both return the next
destination, or nothing when the step waits, having said what it waits with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ivr.call.inputs import Dialed, Recorded
from ivr.call.kinds import (
    ask,
    assignment,
    condition,
    dial,
    language,
    lookup,
    menu,
    opening,
    queue,
    say,
    survey,
    switch,
    voicemail,
)
from ivr.call.scene import Scene
from ivr.menu import steps
from ivr.menu.steps import Step


class Kind(Protocol):
    """What a module of this folder looks like."""

    @property
    def AWAITS(self) -> tuple[type, ...]:  # noqa: N802
        """The inputs that it waits for."""

    @property
    def enter(self) -> Callable[[Step[Any], Scene], str | None]:
        """What the caller hears at the step."""

    @property
    def take(self) -> Callable[[Step[Any], Scene], str | None]:
        """What the awaited input does."""


KINDS: dict[type, Kind] = {
    steps.Say: say,
    steps.Menu: menu,
    steps.Ask: ask,
    steps.Language: language,
    steps.Opening: opening,
    steps.If: condition,
    steps.Switch: switch,
    steps.Set: assignment,
    steps.Lookup: lookup,
    steps.Queue: queue,
    steps.Dial: dial,
    steps.Voicemail: voicemail,
    steps.Survey: survey,
}

NOTES: dict[type, tuple[tuple[type, ...], Callable[[Step[Any], Scene], None]]] = {
    steps.Queue: (queue.FACTS, queue.note),
    steps.Dial: ((Dialed,), dial.note),
    steps.Voicemail: ((Recorded,), voicemail.note),
    steps.Survey: ((Recorded,), survey.note),
}
"""The kinds that bring about a fact which is noted even after the end: its inputs, and what notes them."""
