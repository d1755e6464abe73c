"""What callers did in a line's menus, as the checker's rules of manners want it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import cache

from sqlalchemy import Engine

from ivr.menu import Flow, load
from ivr.menu.steps import Act, Menu, Step
from ivr.menu.traffic import Traffic
from ivr.store.rollups.step_reading import calls_of_versions, read_tally
from ivr.store.rollups.step_tally import Tally
from ivr.store.versions import Versions


def traffic(engine: Engine, since: datetime, until: datetime) -> Callable[[Flow], Traffic]:
    """For a line as it is now: what callers did from `since` to before `until` (aware), in any of its versions.

    The choices of a menu count where its keys led as they do now: of another menu they would say nothing. The log is
    read once for each line. Raises SQLAlchemyError, at once and when it is asked.
    """
    calls = calls_of_versions(engine, since, until)
    versions = Versions(engine)

    @cache
    def of_versions(name: str) -> list[tuple[int, Flow, Tally]]:
        found = []
        for (line, version), number in calls.items():
            if line == name and version and (then := load(versions.files(version) or {}).flows.get(line)):
                found.append((number, then, read_tally(engine, since, until, line, version)))
        return found

    def of(flow: Flow) -> Traffic:
        count, chosen = 0, defaultdict[str, dict[str, int]](dict)
        for number, then, tally in of_versions(flow.name):
            count += number
            for (step, *key), times, _ in tally.of("chose"):
                if key and _keys(flow.steps.get(step)) == _keys(then.steps.get(step)):
                    chosen[step][key[0]] = chosen[step].get(key[0], 0) + times
        return Traffic(count, chosen)

    return of


def _keys(step: Step[Act] | None) -> dict[str, str] | None:
    """Where each key of a menu leads; None for what is no menu."""
    if step is None or not isinstance(step.act, Menu):
        return None
    return {option.key: option.to for option in step.act.options}
