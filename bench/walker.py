"""The walker beside its floor: the same number of bare steps of the engine in the same line."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from bench.figures import aimed
from bench.line import NUMBER, line
from ivr.call import Call, step
from ivr.call.inputs import Pressed, Started
from ivr.call.walk import walk
from ivr.menu import Flow, load

SIZES = (1_000, 10_000)
AIM = 60.0
"""Seconds for the largest tree."""


def run() -> list[str]:
    """Walks lines of each size; the lines that tell what was found."""
    rows = []
    for size in SIZES:
        flow = load({"bench.yaml": line(size).encode()}).flows["bench"]
        began = time.perf_counter()
        found = walk(flow)
        seconds = time.perf_counter() - began
        floor = _floor(flow, found.inputs)
        aim = f"   {aimed(seconds, AIM, at_most=True)}" if size == SIZES[-1] else ""
        rows.append(
            f"{size:>6,} steps: {seconds:5.1f} s for {found.states:,} states and {found.inputs:,} inputs; "
            f"as many bare steps of the engine {floor:.1f} s; x {seconds / floor:.1f}{aim}"
        )
    return rows


def _floor(flow: Flow, inputs: int) -> float:
    """Seconds for so many key presses, calls in turn."""
    at = datetime(2026, 6, 2, 17, tzinfo=UTC)
    fresh = step(flow, Call("bench", "v", flow.name, "+15005550100", NUMBER), Started(at)).call
    key = Pressed(at, "1")
    call = fresh
    began = time.perf_counter()
    for number in range(inputs):
        call = step(flow, call, key).call if number % 100 else fresh
    return time.perf_counter() - began
