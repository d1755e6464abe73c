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
from ivr.menu.steps import Act, Menu, Step
from ivr.reports.flow import Passage, paths
from ivr.store.rollups.way_through import ENDS, LINE

_KEYS = {"*": "star", "#": "pound"}

_NAMED = {"queue:closed": "closed", "dial:refused": "failed", "answered": "go", "queue:unavailable": "timed_out"}
"""Ways that are not named as the key of the file by their last word."""


def figures(engine: Engine, flow: Flow, since: datetime, until: datetime) -> Figures:
    """What the calls of the line did that began from `since` to before `until` (aware). Raises SQLAlchemyError."""
    of = paths(engine, since, until, flow.name, None)
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
    said = _said(flow, of.calls, since, until, elsewhere)
    return Figures(said, of.calls, steps, dict(ways), dict(anywhere))


def _way_out(flow: Flow, step: Step[Act], passage: Passage) -> str | None:
    """The key of the way out that callers took: the one of that name, else the first that leads there."""
    named = _name(passage.way)
    fitting = [it for it in exits(step) if it.to in JUMPS or _target(flow, it) == passage.target]
    for it in fitting:
        if it.key == named or (named == "go" and it.key == "extension.go"):
            return it.key
    if passage.way.startswith("chose:") or named == "give_up":
        return None
    return next((it.key for it in fitting if it.to not in JUMPS), None)


def _name(way: str) -> str:
    kind, _, what = way.partition(":")
    if kind == "chose":
        return f"menu.{_KEYS.get(what, what)}"
    return "give_up" if kind == "gave_up" else _NAMED.get(way, what)


def _target(flow: Flow, way: Exit) -> str:
    """The step, or the end of calls, that a destination means."""
    return {"start": flow.start, "operator": flow.person, END: LINE}.get(way.to, way.to)


def _works_anywhere(flow: Flow, step: Step[Act], passage: Passage) -> str:
    """The key that works anywhere, by its name, by which callers left; empty where it was another way."""
    kind, _, key = passage.way.partition(":")
    own = {option.key for option in step.act.options} if isinstance(step.act, Menu) else set()
    if kind != "chose" or key in own or not (key in flow.anywhere or key == "**"):
        return ""
    return _KEYS.get(key[:1], key)


def _said(flow: Flow, calls: int, since: datetime, until: datetime, elsewhere: int) -> str:
    told = f"{calls:,} {'call' if calls == 1 else 'calls'} {_span(flow, since, until)}"
    if calls:
        told += ". Lines are as wide as callers are many; trouble is tinted from 5 %, 15 % and 30 % of a step's calls"
    if elsewhere:
        told += f". {elsewhere:,} {'visit' if elsewhere == 1 else 'visits'} left by ways that this file does not have"
    return told


def _span(flow: Flow, since: datetime, until: datetime) -> str:
    zone = flow.zone
    begins, ends = (it.astimezone(zone).strftime("%Y-%m-%d %H:%M") for it in (since, until))
    return f"from {begins} to {ends} ({zone.key})"
