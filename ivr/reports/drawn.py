"""What the log says of a line's calls, for its picture: each way that callers took, on the way of the file.

The calls of all versions count, since a picture is often drawn of a file that has changed. A visit that left by a way
that the file does not have is on no line; how many did is said.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Engine

from ivr.menu.drawing import JUMPS
from ivr.menu.drawing_figures import Figures, StepFigures
from ivr.menu.flow import Flow
from ivr.menu.graph import END, Exit, exits
from ivr.menu.options import keypad_name
from ivr.menu.steps import Act, Menu, Step
from ivr.reports.flow import Passage, Paths, paths
from ivr.store.rollups.way_through import ENDS, LINE


def figures(engine: Engine, flow: Flow, since: datetime, until: datetime) -> Figures:
    """What the calls of the line did that began from `since` to before `until` (aware). Raises SQLAlchemyError."""
    return figures_of(flow, paths(engine, since, until, flow.name, None), _span(flow, since, until))


def figures_of(flow: Flow, of: Paths, span: str) -> Figures:
    """The same, of paths; `span` says of which time they are."""
    ways: Counter[tuple[str, str]] = Counter()
    anywhere: Counter[str] = Counter()
    elsewhere = 0
    for step in of.steps:
        for passage in step.ways:
            if passage.target in ENDS and passage.target != LINE:
                continue
            place = flow.steps.get(passage.source)
            if place is not None and (key := _way_out(flow, place, passage)) is not None:
                ways[place.name, key] += passage.times
            elif place is not None and (pressed := _works_anywhere(flow, place, passage)):
                anywhere[pressed] += passage.times
            elif not passage.way.startswith(("capped", "rescued")):
                elsewhere += passage.times
    steps = {it.name: StepFigures(it.visits, it.calls, it.in_trouble, it.hung_up) for it in of.steps}
    return Figures(_said(of.calls, span, elsewhere), of.calls, steps, dict(ways), dict(anywhere))


def _way_out(flow: Flow, step: Step[Act], passage: Passage) -> str | None:
    """The key of the way out that callers took: the one of that name, if it leads there; else the first that does."""
    named, ways = _name(step, passage.way), list(exits(step))
    fitting = [it for it in ways if it.to in JUMPS or _target(flow, it) == passage.target]
    if any(it.key == named for it in ways) or passage.way.startswith("chose:"):
        fitting = [it for it in fitting if it.key == named]
    else:
        fitting = [it for it in fitting if it.to not in JUMPS]
    return fitting[0].key if fitting else None


def _name(step: Step[Act], way: str) -> str:
    """What the file calls the way that callers took."""
    kind, _, what = way.partition(":")
    match kind:
        case "chose":
            return f"menu.{keypad_name(what)}"
        case "gave_up":
            return "give_up"
        case "answered":
            return "extension.go" if isinstance(step.act, Menu) else "go"
    return "failed" if way == "dial:refused" else what


def _target(flow: Flow, way: Exit) -> str:
    """The step, or the end of calls, that a destination means."""
    return {"start": flow.start, "operator": flow.person, END: LINE}.get(way.to, way.to)


def _works_anywhere(flow: Flow, step: Step[Act], passage: Passage) -> str:
    """The key that works anywhere, by its name, by which callers left; empty where it was another way."""
    kind, _, key = passage.way.partition(":")
    own = {option.key for option in step.act.options} if isinstance(step.act, Menu) else set()
    if kind != "chose" or key in own or not (key in flow.anywhere or key == "**"):
        return ""
    return keypad_name(key[:1])


def _said(calls: int, span: str, elsewhere: int) -> str:
    told = f"{calls:,} {'call' if calls == 1 else 'calls'} {span}"
    if calls:
        told += ". Lines are as wide as callers are many; trouble is tinted from 5 %, 15 % and 30 % of a step's calls"
    if elsewhere:
        told += f". {elsewhere:,} {'visit' if elsewhere == 1 else 'visits'} left by ways that this file does not have"
    return told


def _span(flow: Flow, since: datetime, until: datetime) -> str:
    zone = flow.zone
    begins, ends = (it.astimezone(zone).strftime("%Y-%m-%d %H:%M") for it in (since, until))
    return f"from {begins} to {ends} ({zone.key})"
