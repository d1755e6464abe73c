"""Two versions of a line side by side: what is different, how sure that is, and what to make of it in a sentence.

Compared are shares of calls, and seconds at a step. The interval of a difference of shares is Newcombe's hybrid score
interval: R. G. Newcombe, Interval estimation for the difference between independent proportions: comparison of eleven
methods, Statistics in Medicine 17 (1998), 873-890, method 10. It is "more than chance" where the interval leaves out
nought. Of many things that are compared, a few are so by chance alone: one in twenty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.reports.difference import Difference, difference
from ivr.reports.figure import Figure, Unit
from ivr.reports.flow import Paths, StepFigures, share

FEWEST = 5
"""Calls that both versions must have had at a step: of fewer there is nothing to say."""

Subject = Literal["visits", "trouble", "lost", "goal", "no_input", "no_match", "chose", "seconds"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing in both versions: at a step, or (empty) in whole calls; `key` says which choice, or which goal."""

    what: Subject
    step: str
    key: str
    unit: Unit
    old: Figure
    new: Figure
    apart: Difference

    @property
    def sure(self) -> float:
        """How far nought is from the middle of the interval, in halves of it: beyond 1 it is outside."""
        low, high = self.apart.low, self.apart.high
        return 0.0 if low is None or high is None or high <= low else abs(low + high) / (high - low)


def compared(old: Paths, new: Paths) -> tuple[Compared, ...]:
    """All that is in both versions: first of whole calls, then of steps, the surest difference first."""
    if not (old.calls and new.calls):
        return ()
    of_steps: list[Compared] = []
    for step in new.steps:
        before = old.step(step.name)
        if before is not None and min(before.calls, step.calls) >= FEWEST:
            of_steps += _of_step(old, new, before, step)
    of_steps.sort(key=lambda it: (not it.apart.clear, -it.sure, it.step, it.what, it.key))
    return (*_of_calls(old, new), *of_steps)


def _of_calls(old: Paths, new: Paths) -> Iterator[Compared]:
    subjects: tuple[Subject, ...] = ("trouble", "lost", "goal")
    for what in subjects:
        yield from _shares(what, "", "", *((it.tally.in_calls("call", what), it.calls) for it in (old, new)))
    goals = [dict(it.goals) for it in (old, new)]
    for goal in sorted(goals[0].keys() | goals[1].keys()):
        yield from _shares(
            "goal", "", goal, *((of.get(goal, 0), it.calls) for of, it in zip(goals, (old, new), strict=True))
        )


def _of_step(old: Paths, new: Paths, before: StepFigures, now: StepFigures) -> Iterator[Compared]:
    step = now.name
    yield from _shares("visits", step, "", (before.calls, old.calls), (now.calls, new.calls))
    both = (before, now)
    yield from _shares("trouble", step, "", *((it.in_trouble, it.calls) for it in both))
    yield from _shares("lost", step, "", *((it.lost, it.calls) for it in both))
    yield from _shares("no_input", step, "", *((it.no_input.calls, it.calls) for it in both))
    yield from _shares("no_match", step, "", *((it.no_match.calls, it.calls) for it in both))
    chosen = [{it.key: it.calls for it in of.choices} for of in both]
    for key in sorted(chosen[0].keys() | chosen[1].keys()):
        hits = zip(chosen, both, strict=True)
        yield from _shares("chose", step, key, *((of.get(key, 0), it.calls) for of, it in hits))
    if before.seconds is not None and now.seconds is not None:
        yield from _compared("seconds", step, "", "seconds", before.seconds, now.seconds)


def _shares(what: Subject, step: str, key: str, old: tuple[int, int], new: tuple[int, int]) -> Iterator[Compared]:
    """Of hits and how many there might have been; what is in neither is nothing to compare."""
    if old[0] or new[0]:
        yield from _compared(what, step, key, "share", share(step, *old), share(step, *new))


def _compared(what: Subject, step: str, key: str, unit: Unit, old: Figure, new: Figure) -> Iterator[Compared]:
    apart = difference(unit, new, old)
    if apart is not None:
        yield Compared(what, step, key, unit, old, new, apart)
