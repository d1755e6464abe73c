"""Plots as data: what plotly is given. A script of our own draws them, in the colours of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Height = Literal["low", "middle", "tall", "huge"]
"""14, 20, 28, 40 rem."""

COLOURS = tuple(f"--plot-{it}" for it in range(1, 9))
"""Colours that are told apart, also by those who see few of them. Wherever plotly takes a colour, one of these or any
other colour of the sheet (`--ink`, `--quiet`, `--good`, `--bad`) may stand: light and dark have their own."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot: its name (an id on the page), title, what a screen reader says of it, plotly's traces and layout.

    A trace's `customdata` whose items are addresses that begin with "/reports" makes its points links.
    """

    name: str
    title: str
    words: str
    traces: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any] = field(default_factory=dict)
    height: Height = "middle"

    @property
    def data(self) -> dict[str, Any]:
        """What the script reads."""
        return {"traces": list(self.traces), "layout": dict(self.layout)}
