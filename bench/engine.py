"""The engine alone: a key press without Flask, Redis and the network, in a small line and in a huge one."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.figures import aimed, spread
from bench.line import NUMBER, line
from ivr.call import Call, step
from ivr.call.inputs import Pressed, Started
from ivr.carrier.twiml import Renderer
from ivr.menu import Flow, load

SIZES = (10, 10_000)
ROUNDS = 7
PRESSES = 5_000
CALLS = 500
"""Calls at once."""
BASE = "https://phone.example.com"
PLACE = "x" * 240
"""As long as the token in an action URL; making it is no part of the engine."""


@dataclass(slots=True)
class Subject:
    """One line, and calls in it."""

    name: str
    flow: Flow
    renderer: Renderer
    calls: list[Call]


def run() -> list[str]:
    """Measures the lines in turns; the lines that tell what was found."""
    subjects, rows = [], []
    for size in SIZES:
        began = time.perf_counter()
        flow = load({"bench.yaml": line(size).encode()}).flows["bench"]
        rows.append(f"a file of {size:,} steps loads in {time.perf_counter() - began:.2f} s")
        subjects.append(_subject(f"{size:,} steps", flow, places=SIZES[0]))
    subjects.append(_subject(f"{size:,} steps, all over them", flow, places=size))
    # What a process keeps for ever is kept out of the collector's rounds, so that one line does not slow the other.
    gc.collect()
    gc.freeze()
    found: list[list[float]] = [[] for _ in subjects]
    for number in range(ROUNDS + 1):
        for subject, values in zip(subjects, found, strict=True):
            micros = _press(subject)
            if number:
                values.append(micros)
    gc.unfreeze()
    for subject, values in zip(subjects, found, strict=True):
        middle = spread(values)
        ratio = spread([value / first for value, first in zip(values, found[0], strict=True)])
        aim = aimed(middle.middle, 50, at_most=True)
        rows.append(f"{subject.name + ':':28}{middle.show(1):>18} µs a key press   x {ratio.show(2)}   {aim}")
    return rows


def _subject(name: str, flow: Flow, places: int) -> Subject:
    """Calls that begin at so many different places of the line."""
    calls = []
    for number in range(CALLS):
        sid = f"CA{number:032x}"
        call = step(flow, Call(sid, "0123456789ab", "bench", "+15005550100", NUMBER), Started(_moment(0))).call
        call.move(f"step_{number * 37 % places}")
        calls.append(call)
    return Subject(name, flow, Renderer(flow, {}), calls)


def _press(subject: Subject) -> float:
    """Microseconds a key press, over many: the calls take turns, so each goes its own way."""
    flow, renderer, calls = subject.flow, subject.renderer, list(subject.calls)
    pressed = [Pressed(_moment(number), str(number % 5 + 1)) for number in range(PRESSES)]
    began = time.perf_counter()
    for number, input_ in enumerate(pressed):
        turn = step(flow, calls[number % CALLS], input_)
        renderer.render(turn.says, base=BASE, sid=turn.call.sid, turn=turn.call.seq, place=PLACE)
        calls[number % CALLS] = turn.call
    return (time.perf_counter() - began) / PRESSES * 1e6


def _moment(seconds: int) -> datetime:
    return datetime(2026, 7, 1, 15, tzinfo=UTC) + timedelta(seconds=seconds)
