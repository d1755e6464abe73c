"""The tables of the flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.menu.flow import Flow
from ivr.reports.figure import Figure
from ivr.reports.flow import Happening, Passage, Paths, StepFigures
from ivr.reports.flow_words import choice_words, place_words, way_words
from ivr.reports.versions_compared import Compared
from ivr.reports.versions_words import sentence, subject_words
from ivr.reports.wording import amount
from ivr.web.reports.flow_links import FlowLinks

Cell = str | int | None | Mapping[str, str]
"""What the macro `table` takes as a cell."""


def steps(of: Paths, links: FlowLinks) -> list[list[Cell]]:
    """A row a step, the worst first."""
    return [
        [
            {"text": it.name, "href": f"#step-{it.name}"},
            f"{it.visits:,}",
            _number(it.calls, links.calls(step=it.name)),
            _number(it.in_trouble, links.calls(trouble=it.name)),
            _share(it.trouble),
            _number(it.lost, links.calls(event="ended", at=it.name, outcome="nothing")),
            _happening(it.gave_up, links.calls(event="gave_up", at=it.name)),
            _happening(it.no_input, links.calls(event="no_input", at=it.name)),
            _happening(it.no_match, links.calls(event="no_match", at=it.name)),
            None if it.seconds is None else amount(it.seconds.median, "seconds"),
        ]
        for it in of.steps
    ]


def passages(of: Paths, flow: Flow | None, links: FlowLinks) -> list[list[Cell]]:
    """A row for each way from a step to another: what the flow picture draws, all of it."""
    every = [*of.entries, *(way for step in of.steps for way in step.ways)]
    every.sort(key=lambda it: (-it.times, it.source, it.target, it.way))
    return [
        [
            place_words(it.source),
            way_words(it.way, it.source, flow),
            place_words(it.target),
            _number(it.times, links.passage(it)),
        ]
        for it in every
    ]


@dataclass(frozen=True, slots=True)
class StepShown:
    """What happened at one step, in full: how they left, what they chose, which wrong keys they pressed."""

    step: StepFigures
    ways: list[list[Cell]]
    choices: list[list[Cell]]
    wrong_keys: str
    hung_up: str
    seconds: str


def each_step(of: Paths, flow: Flow | None, links: FlowLinks) -> list[StepShown]:
    """All steps, the worst first."""
    return [_each(it, flow, links) for it in of.steps]


def _each(it: StepFigures, flow: Flow | None, links: FlowLinks) -> StepShown:
    ways: list[list[Cell]] = [
        [way_words(way.way, it.name, flow), _to(way), _number(way.times, links.passage(way)),
         amount(way.times / it.visits, "share")]
        for way in it.ways
    ]  # fmt: skip
    choices: list[list[Cell]] = [
        [choice_words(it.name, one.key, flow), f"{one.times:,}",
         _number(one.calls, links.calls(event="chose", at=it.name, key=one.key)), amount(one.calls / it.calls, "share")]
        for one in it.choices
    ]  # fmt: skip
    keys = ", ".join(f"{one.key} ({one.times:,})" for one in it.wrong_keys)
    took = it.seconds
    seconds = "" if took is None else f"median {_seconds(took.median)}, 9 of 10 at most {_seconds(took.p90)}"
    return StepShown(it, ways, choices, keys, f"{it.hung_up:,}", seconds)


def _to(way: Passage) -> Cell:
    """The step that it leads to, and where that stands; an end in words."""
    words = place_words(way.target)
    return words if words != way.target else {"text": words, "href": f"#step-{way.target}"}


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two versions side by side: what is of whole calls; of steps what is clear, and what may be chance."""

    whole: list[list[Cell]]
    clear: list[list[Cell]]
    unclear: list[list[Cell]]
    by_chance: int
    """How many of all would be clear if nothing had changed."""

    @property
    def compared(self) -> int:
        """How many all are."""
        return len(self.whole) + len(self.clear) + len(self.unclear)


def versions(found: Sequence[Compared], flow: Flow | None) -> SideBySide:
    """The rows of what was compared; `flow` is the newer version's."""
    rows = [(it, _beside(it, flow)) for it in found]
    return SideBySide(
        [row for it, row in rows if not it.step],
        [row for it, row in rows if it.step and it.apart.clear],
        [row for it, row in rows if it.step and not it.apart.clear],
        round(len(rows) / 20),
    )


def _beside(it: Compared, flow: Flow | None) -> list[Cell]:
    return [subject_words(it, flow), _of(it.old, it), _of(it.new, it), _apart(it), sentence(it)]


def _of(figure: Figure, it: Compared) -> Cell:
    return {"text": amount(figure.value, it.unit), "title": f"of {figure.n:,}"}


def _apart(it: Compared) -> str:
    low, high = it.apart.low, it.apart.high
    times, unit = (100, "points") if it.unit == "share" else (1, "s")
    between = "" if low is None or high is None else f" ({_signed(times * low)} to {_signed(times * high)})"
    return f"{_signed(times * it.apart.value)} {unit}{between}"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def _number(number: int, href: str) -> Cell:
    return {"text": f"{number:,}", "href": href} if number else "0"


def _happening(it: Happening, href: str) -> Cell:
    return {"text": f"{it.times:,}", "href": href, "title": f"in {it.calls:,} calls"} if it.times else "0"


def _share(it: Figure) -> Cell:
    if it.low is None or it.high is None:
        return None
    return f"{amount(it.value, 'share')} ({100 * it.low:.1f} to {100 * it.high:.1f})"


def _seconds(value: float | None) -> str:
    return amount(value, "seconds")
