"""What callers did in a line, for rules that judge a menu by its traffic. Whoever checks fetches it from the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Traffic:
    """The calls of a line in some span: how many they were, and how often each key was chosen at each step."""

    calls: int = 0
    chosen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # step -> key -> times
