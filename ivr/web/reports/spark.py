"""A small trend without a script: points of a line for SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.reports.figure import Figure, Unit
from ivr.reports.wording import amount

WIDTH, HEIGHT, EDGE = 160, 36, 3


@dataclass(frozen=True, slots=True)
class Spark:
    """Points of lines, as `polyline` takes them; a gap where nothing was measured."""

    lines: tuple[str, ...]
    words: str
    width: int = WIDTH
    height: int = HEIGHT


def spark(trend: Sequence[tuple[str, Figure | None]], unit: Unit) -> Spark | None:
    """The trend; None where fewer than two have a value."""
    nothing = 0.0 if unit in ("number", "total") else None
    values = [nothing if it is None else it.value for _, it in trend]
    known = [it for it in values if it is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    step = WIDTH / max(len(values) - 1, 1)
    lines, line = [], []
    for place, value in enumerate([*values, None]):
        if value is not None:
            share = (value - low) / (high - low) if high > low else 0.5
            line.append((place * step, HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)))
        elif line:
            lines.append(line)
            line = []
    last = next(it for it in reversed(values) if it is not None)
    words = f"Trend: lowest {amount(low, unit)}, highest {amount(high, unit)}, last {amount(last, unit)}"
    return Spark(tuple(_points(it) for it in lines), words)


def _points(line: Sequence[tuple[float, float]]) -> str:
    if len(line) == 1:  # one alone would be no line
        ((x, y),) = line
        line = ((x - 1, y), (x + 1, y))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
