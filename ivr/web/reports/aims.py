"""What each queue is measured by: its own aim of `team.yaml`, or what the URL sets for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.menu.team import Queue, ServiceLevel
from ivr.reports.service_level import SHORT
from ivr.web.people.office import office
from ivr.web.reports.problems import BadFilters

LONGEST = 3600
DEFAULT = ServiceLevel(0.8, 20.0)
"""Of queues that the team no longer has; by custom."""

OWN = ("seconds", "aim", "short")
"""What the URL may set."""


@dataclass(frozen=True, slots=True)
class Aims:
    """The aims of queues. `seconds` and `share` are what the URL sets for all of them; `short` is when a caller who
    hangs up still counts as nobody.
    """

    team: Mapping[str, Queue]
    seconds: float | None
    share: float | None
    short: float

    def of(self, queue: str) -> ServiceLevel:
        """The aim of a queue."""
        own = self.team[queue].service_level if queue in self.team else DEFAULT
        return ServiceLevel(self.share or own.share, self.seconds or own.seconds)

    def fields(self) -> list[dict[str, Any]]:
        """The fields of the form in which they can be set."""
        seconds = "" if self.seconds is None else f"{self.seconds:g}"
        share = "" if self.share is None else f"{100 * self.share:g}"
        return [
            {"name": "seconds", "label": "Answered within, s", "value": seconds},
            {"name": "aim", "label": "Aim, %", "value": share},
            {"name": "short", "label": "Short hang-up, s", "value": "" if self.short == SHORT else f"{self.short:g}"},
        ]


def read_aims(own: Mapping[str, str]) -> Aims:
    """The aims, as the URL and the team say. Raises BadFilters."""
    problems: dict[str, str] = {}

    def number(name: str, least: float, most: float, words: str) -> float | None:
        if name not in own:
            return None
        try:
            found = float(own[name])
        except ValueError:
            found = least - 1
        if not least <= found <= most:
            problems[name] = f"it is {words}, from {least:g} to {most:g}, not “{own[name]}”"
            return None
        return found

    seconds = number("seconds", 1, LONGEST, "a number of seconds")
    percent = number("aim", 1, 100, "a percentage")
    short = number("short", 0, LONGEST, "a number of seconds")
    if problems:
        raise BadFilters(problems)
    share = None if percent is None else percent / 100
    return Aims(office().staff.now().queues, seconds, share, SHORT if short is None else short)


def said(aim: ServiceLevel) -> str:
    """An aim as team.yaml has it."""
    return f"{100 * aim.share:g} % in {aim.seconds:g} s"
