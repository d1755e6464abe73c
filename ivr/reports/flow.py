"""Where callers go: of one menu version what happened at each step, the worst places first.

Counted are calls that came in, by the moment at which they began; what counts as a visit, and what ties out with what,
`ivr.store.rollups.way_through` says. Shares are of calls and not of visits: a caller who is in trouble three times at a
step is one caller.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from ivr.reports.figure import Figure, figure
from ivr.reports.intervals import wilson
from ivr.reports.spread import Spread
from ivr.store.rollups.step_reading import read_tally
from ivr.store.rollups.step_tally import Tally
from ivr.store.rollups.way_through import HUNG_UP, START


@dataclass(frozen=True, slots=True)
class Happening:
    """How often something happened at a step, and in how many calls; `key` says what of its kind."""

    times: int
    calls: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """From a step (or `START`) straight to another (or one of `ENDS`), by one way; how many visits went so."""

    source: str
    target: str
    way: str
    times: int


@dataclass(frozen=True, slots=True)
class StepFigures:
    """What happened at one step. All visits are in `ways`, each once: its times add up to `visits`."""

    name: str
    visits: int
    calls: int
    trouble: Figure
    """The share of the calls that came here that were lost or in trouble here."""
    in_trouble: int
    lost: int
    """Calls whose caller hung up here with nothing reached."""
    hung_up: int
    """Those and the ones who hung up here after something was reached."""
    no_input: Happening
    no_match: Happening
    wrong_keys: tuple[Happening, ...]
    """Of those the single keys, the most pressed first."""
    gave_up: Happening
    capped: Happening
    rescued: Happening
    choices: tuple[Happening, ...]
    seconds: Figure | None
    ways: tuple[Passage, ...]
    """The most taken first."""


@dataclass(frozen=True, slots=True)
class Paths:
    """All of one version: how many calls, its steps (the worst first), how they came in, the goals and their calls."""

    calls: int
    steps: tuple[StepFigures, ...]
    entries: tuple[Passage, ...]
    goals: tuple[tuple[str, int], ...]
    tally: Tally

    def step(self, name: str) -> StepFigures | None:
        """The step of that name, where callers came to it."""
        return next((it for it in self.steps if it.name == name), None)


def paths(
    engine: Engine, since: datetime, until: datetime, line: str, version: str | None, language: str | None = None
) -> Paths:
    """Where the calls of a version (None: of all) went that began from `since` to before `until` (aware).

    Raises SQLAlchemyError.
    """
    return paths_of(read_tally(engine, since, until, line, version, language))


def paths_of(tally: Tally) -> Paths:
    """The same, of a tally."""
    ways: dict[str, list[Passage]] = defaultdict(list)
    for (source, target, way), times, _ in tally.of("way"):
        ways[source].append(Passage(source, target, way, times))
    for found in ways.values():
        found.sort(key=lambda it: (-it.times, it.target, it.way))
    spreads: dict[str, Spread] = defaultdict(Spread)
    for (step, bucket), times in tally.seconds.items():
        spreads[step].add(bucket, times)
    choices, missed = _by_key(tally, "chose"), _by_key(tally, "no_match")
    steps = [
        _step(tally, name, ways[name], spreads.get(name), choices[name], missed[name])
        for (name,), _, _ in tally.of("visit")
    ]
    steps.sort(key=lambda it: (-it.in_trouble, -it.visits, it.name))
    goals = sorted(((goal, calls) for (goal,), _, calls in tally.of("reached")), key=lambda it: (-it[1], it[0]))
    return Paths(tally.calls, tuple(steps), tuple(ways[START]), tuple(goals), tally)


def share(of: str, hits: int, n: int) -> Figure:
    """A share with its interval."""
    low, high = wilson(hits, n) or (None, None)
    return Figure(of, hits / n if n else None, n, low, high)


def _by_key(tally: Tally, kind: str) -> dict[str, list[Happening]]:
    """By step and key; what has no key is left out."""
    found: dict[str, list[Happening]] = defaultdict(list)
    for (step, *key), times, calls in tally.of(kind):
        if key:
            found[step].append(Happening(times, calls, key[0]))
    for them in found.values():
        them.sort(key=lambda it: (-it.times, it.key))
    return found


def _step(
    tally: Tally,
    name: str,
    ways: list[Passage],
    spread: Spread | None,
    choices: list[Happening],
    wrong_keys: list[Happening],
) -> StepFigures:
    calls, in_trouble = tally.in_calls("visit", name), tally.in_calls("trouble", name)
    return StepFigures(
        name=name,
        visits=tally.times("visit", name),
        calls=calls,
        trouble=share(name, in_trouble, calls),
        in_trouble=in_trouble,
        lost=tally.in_calls("lost", name),
        hung_up=sum(it.times for it in ways if it.way == HUNG_UP),
        no_input=_happening(tally, "no_input", name),
        no_match=_happening(tally, "no_match", name),
        wrong_keys=tuple(wrong_keys),
        gave_up=_happening(tally, "gave_up", name),
        capped=_happening(tally, "capped", name),
        rescued=_happening(tally, "rescued", name),
        choices=tuple(choices),
        seconds=None if spread is None else _seconds(name, spread, tally.sums[name]),
        ways=tuple(ways),
    )


def _happening(tally: Tally, kind: str, step: str) -> Happening:
    return Happening(tally.times(kind, step), tally.in_calls(kind, step))


def _seconds(step: str, spread: Spread, total: int) -> Figure:
    """Of all seconds the sum is kept as it is, each one by its bucket: the mean is exact, a median a little less so."""
    rough = figure("seconds", step, spread, {})
    mean = total / spread.n
    away = mean - (rough.value or 0)
    low, high = (None if end is None else max(end + away, 0.0) for end in (rough.low, rough.high))
    return replace(rough, value=mean, low=low, high=high)
