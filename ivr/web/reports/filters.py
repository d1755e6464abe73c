"""The filters of a URL: which part of the log a page is about, by whose clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import request

from ivr.reports.kpi import Scope
from ivr.web.people.office import office
from ivr.web.reports.known_names import unknown_names
from ivr.web.reports.problems import BadFilters
from ivr.web.reports.spans import DAYS, LONGEST, day_begins, read_end, same_before
from ivr.web.reports.zones import read_zone, viewers_zone

NAMES = ("line", "version", "queue", "agent", "language")
"""Filters that are a name in the log."""

COMMON = ("since", "until", *NAMES, "zone")
"""What every page understands."""

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the log a page is about. Moments are aware, in UTC; `now` is when it was looked at."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    now: datetime
    line: str | None = None
    version: str | None = None
    queue: str | None = None
    agent: str | None = None
    language: str | None = None
    own: Mapping[str, str] | None = None
    """What the page itself understands besides, as it was written."""
    given: Mapping[str, str] | None = None
    """All that the URL says, in its order."""

    @property
    def scope(self) -> Scope:
        """The part of the log, for key figures."""
        return self._scope(self.since, self.until)

    @property
    def before(self) -> Scope:
        """The period before, as long; of one that goes on, as far as this one has come."""
        return self._scope(*same_before(self.since, self.until, self.now, self.zone))

    def _scope(self, since: datetime, until: datetime) -> Scope:
        queues = None if self.queue is None else (self.queue,)
        return Scope(since, until, queues, self.line, self.version, self.agent, self.language, self.now)

    @property
    def whole_days(self) -> bool:
        """Whether it begins and ends with days of the zone."""
        ends = (it.astimezone(self.zone).date() for it in (self.since, self.until))
        return all(day_begins(day, self.zone) == it for day, it in zip(ends, (self.since, self.until), strict=True))

    def query(self, **changed: str | None) -> str:
        """The part of a URL after its path that says the same, but for what is changed, or (None) left out.

        What a page understands for itself is not in it: say it where it is wanted. Begins with "?", or is empty.
        """
        common = {name: value for name, value in (self.given or {}).items() if name in COMMON}
        said = {name: value for name, value in (common | changed).items() if value}
        return f"?{urlencode(said)}" if said else ""


def read_filters(*own: str, many: Collection[str] = ()) -> Filters:
    """The filters of this request; `own` are names that the page understands besides, each to be had in `Filters.own`.

    Those of `many` may be there several times; the page reads them from the request. Days are those of the viewer's
    zone. Raises BadFilters, which becomes a page with status 400, and SQLAlchemyError.
    """
    given, problems = _given((*COMMON, *own), many)
    now = office().clock()
    zone = viewers_zone()
    if "zone" in given:
        try:
            zone = read_zone(given["zone"])
        except ValueError as error:
            problems["zone"] = str(error)
    since, until = _span(given, zone, now, problems)
    problems |= unknown_names({name: given[name] for name in NAMES if name in given and name not in problems})
    if problems:
        raise BadFilters(problems)
    names = {name: given.get(name) for name in NAMES}
    return Filters(
        since, until, zone, now, **names, own={it: given[it] for it in own if it in given}, given=given
    )  # fmt: skip


def _given(known: Collection[str], many: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """What the URL says, without what it leaves empty; and what is wrong with it by name."""
    given: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, values in request.args.lists():
        if name in many:
            continue
        said = {it.strip() for it in values} - {""}
        if name not in known:
            problems[name[:40]] = f"no such filter here; there are {', '.join(known)}"
        elif len(said) > 1:
            problems[name] = "it is there more than once, with different values"
        elif said:
            given[name] = said.pop()
            if len(given[name]) > LONGEST_NAME or not given[name].isprintable():
                problems[name] = "that is no name"
    return given, problems


def _span(
    given: Mapping[str, str], zone: ZoneInfo, now: datetime, problems: dict[str, str]
) -> tuple[datetime, datetime]:
    """From when to when, where the URL says both, one or none."""
    ends: dict[str, datetime] = {}
    for name in ("since", "until"):
        if name in given and name not in problems:
            try:
                ends[name] = read_end(given[name], zone, now, last=name == "until")
            except ValueError as error:
                problems[name] = str(error)
    tomorrow = day_begins(now.astimezone(zone).date() + timedelta(days=1), zone)
    until = ends.get("until", tomorrow)
    since = ends.get(
        "since", day_begins((until - timedelta(seconds=1)).astimezone(zone).date() - timedelta(DAYS - 1), zone)
    )
    if not problems:
        if since > now:
            problems["since"] = "it is to come: there is nothing to report yet"
        elif since >= until:
            problems["since"] = f"it is not before until ({until.astimezone(zone):%Y-%m-%d %H:%M})"
        elif until - since > LONGEST:
            problems["since"] = f"that is more than {LONGEST.days} days, the longest that a page looks at"
    return since.astimezone(UTC), until.astimezone(UTC)
