"""What came of publishing, or why it cannot be done."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.menu import Problem
from ivr.store.versions import Deed


class NotPossible(Exception):  # noqa: N818 - it is an answer, not a fault
    """What was asked for cannot be done with the line as it stands; the text says why."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What was done: the line, the version, whether that changed anything, and what to mind.

    `before` is the version that all callers got before, None for none; `ended` the trial that this ended, if any.
    """

    line: str
    version: str
    changed: bool
    warnings: tuple[Problem, ...]
    deed: Deed = "published"
    share: float | None = None
    before: str | None = None
    ended: str | None = None
    forced: str | None = None
