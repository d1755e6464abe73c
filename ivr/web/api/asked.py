"""What can be asked of the API: the parameters of each request, and how they are read.

The description is made of these models, and requests are checked by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin
from zoneinfo import ZoneInfo, available_timezones

from flask import request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ivr.reports import KPIS
from ivr.reports.call_wanted import OUTCOMES, Wanted
from ivr.reports.kpi import By, Scope, Setting
from ivr.web.api.moments import LONG, WHEN, plus_again, span_of
from ivr.web.api.problems import Mistake, Refused
from ivr.web.api.ranges import SCORE, WAIT, range_of, score_of
from ivr.web.people.office import office
from ivr.web.reports.known_names import unknown_names
from ivr.web.reports.zones import zone_of_lines

MOST = 1000
"""Rows of a page, at most."""

LONGEST: dict[By, timedelta] = {"quarter": timedelta(days=7), "day": timedelta(days=366)}
"""Of how long a time parts are told, at most: the newest."""

Zone = StrEnum("Zone", {name: name for name in sorted(available_timezones())})  # type: ignore[misc]  # not known before
"""A time zone, by its name in the IANA database."""

FigureName = StrEnum("FigureName", {kpi.name: kpi.name for kpi in KPIS})  # type: ignore[misc]
"""A key figure."""

Name = Annotated[str, Field(pattern=r"^[^\u0000-\u001f\u007f]{1,200}$")]
When = Annotated[str, Field(pattern=WHEN), BeforeValidator(plus_again)]

HIDDEN = frozenset({"until"})
"""What is understood and not described: there, what one parameter may be depends on another."""


def _settable() -> str:
    """The pattern of what `set` may say."""
    names = {bool: [], float: []}  # type: dict[type, list[str]]
    for kpi in KPIS:
        for it in kpi.parameters:
            names[bool if isinstance(it.default, bool) else float].append(rf"{kpi.name}\.{it.name}")
    return rf"^(({'|'.join(names[bool])})=(yes|no)|({'|'.join(names[float])})=[0-9]{{1,6}}(\.[0-9]{{1,3}})?)$"


class Asked(BaseModel):
    """A request that asks for nothing in particular."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class OfCalls(Asked):
    """Which part of the log."""

    since: Annotated[
        When,
        Field(
            description="From then on: a span back from now (`15m`, `24h`, `7d`), a date, or a moment in ISO 8601; "
            "without a zone by the clock of `zone`.",
            examples=["7d", "2026-07-01", "2026-07-01T10:00Z"],
        ),
    ] = "7d"
    long: Annotated[
        str | None,
        Field(
            alias="for",
            pattern=LONG,
            description="So long from `since` on, at most 9999 days; else until now. (The pages' `until` is "
            "understood in its place, a date or a moment; a day that is named there counts whole, and it is refused "
            "where it is not after `since`.)",
            examples=["24h", "31d"],
        ),
    ] = None
    until: Annotated[When | None, Field()] = None
    zone: Annotated[
        Zone | None,
        Field(description="The clock of dates, days and quarter-hours; else that of the lines, UTC where they differ."),
    ] = None
    line: Annotated[Name | None, Field(description="Calls to this line: the name of its file without .yaml.")] = None
    version: Annotated[Name | None, Field(description="Calls that had this version of their line.")] = None
    queue: Annotated[Name | None, Field(description="Visits to this queue; calls whose last queue it was.")] = None
    agent: Annotated[Name | None, Field(description="Talks with this agent; calls whose last agent they were.")] = None
    language: Annotated[Name | None, Field(description="Calls in which this language was chosen.")] = None

    def clock(self) -> ZoneInfo:
        """By whose clock. Raises SQLAlchemyError."""
        return ZoneInfo(self.zone) if self.zone else zone_of_lines(self.line)

    def scope(self, zone: ZoneInfo) -> Scope:
        """The part of the log. Raises Refused, SQLAlchemyError."""
        now: datetime = office().clock()
        names = ("line", "version", "queue", "agent", "language")
        unknown = unknown_names({name: given for name in names if (given := getattr(self, name)) is not None})
        if unknown:
            raise Refused(404, [Mistake(where=name, words=words) for name, words in unknown.items()])
        if self.long is not None and self.until is not None:
            raise Refused(400, [Mistake(where="for", words="for and until are both there: leave one of them out")])
        try:
            since, until = span_of(self.since, self.long, self.until, zone, now)
        except ValueError as error:
            raise Refused(400, [Mistake(where="until", words=str(error))]) from None
        queues = None if self.queue is None else (self.queue,)
        return Scope(since, until, queues, self.line, self.version, self.agent, self.language, now)


class Figures(OfCalls):
    """Which figures."""

    figure: Annotated[
        list[FigureName], Field(description="These alone; may be there several times.", max_length=len(KPIS))
    ] = []
    by: Annotated[
        Literal[*get_args(By)],  # type: ignore[valid-type]
        Field(
            description="Sorted by that, too: each part is in `parts`, and together they are the whole. "
            "Quarter-hours are told of the newest seven days, days of the newest 366: `parts_since` says from when on."
        ),
    ] = "all"
    set: Annotated[
        list[Annotated[str, Field(pattern=_settable(), examples=["service_level.seconds=30"])]],
        Field(
            description="Another value for a parameter, as FIGURE.NAME=VALUE; may be there several times, of the same "
            "the last counts.",
            max_length=50,
        ),
    ] = []

    def given(self) -> dict[str, dict[str, Setting]]:
        """What is set, by figure and parameter."""
        found: dict[str, dict[str, Setting]] = {}
        for text in self.set:
            name, _, value = text.partition("=")
            figure, _, parameter = name.partition(".")
            found.setdefault(figure, {})[parameter] = value == "yes" if value in ("yes", "no") else float(value)
        return found


class Paged(OfCalls):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="So many rows at most.")] = 100
    order: Annotated[Literal["newest", "oldest"], Field(description="Which come first.")] = "newest"


class Calls(Paged):
    """Which calls: all that is asked must hold."""

    outcome: Annotated[
        Literal[*OUTCOMES] | None,  # type: ignore[valid-type]
        Field(
            description="That ended so (`line`: the menu hung up, `completed`: the caller did, …), with a visit to a "
            "queue that ended so (`answered`, `abandoned`, …), or in which a message was left, a goal was reached or "
            "not, or which the caller ended before or after anything was reached (`nothing`, `something`)."
        ),
    ] = None
    step: Annotated[Name | None, Field(description="That came to this step.")] = None
    last: Annotated[Name | None, Field(description="Whose last step it is.")] = None
    goal: Annotated[Name | None, Field(description="That reached this goal.")] = None
    score: Annotated[
        str | None,
        Field(
            pattern=SCORE,
            description="With such an answer in a survey.",
            examples=["csat:1..2", "nps:9..", "yes_no:0", "ces"],
        ),
    ] = None
    survey: Annotated[Name | None, Field(description="With an answer in this survey; with `score`, that answer.")] = (
        None
    )
    wait: Annotated[
        str | None,
        Field(
            pattern=WAIT,
            description="That waited in a queue for so many seconds.",
            examples=["120..", "..20", "30..60"],
        ),
    ] = None
    path: Annotated[
        str | None, Field(pattern=r"^[0-9a-f]{32}$", description="That came to the same steps in order: a `path_hash`.")
    ] = None

    caller: Annotated[
        str | None, Field(pattern=r"^[0-9a-f]{32}$", description="Of this caller: a `caller_hash` from here.")
    ] = None
    after: Annotated[
        str | None,
        Field(pattern=r"^[0-9]{1,16}\|[ -~]{1,128}$", description="The page after this: `next` of the page before."),
    ] = None

    def wanted(self, scope: Scope) -> Wanted:
        """What is looked for besides the names and moments of the scope. A range that has nothing in it is none."""
        return Wanted(
            scope.since, scope.until, scope.now or scope.until,
            outcome=self.outcome, step=self.step, last=self.last, goal=self.goal, survey=self.survey, path=self.path,
            caller=self.caller, wait=range_of(self.wait) if self.wait else None,
            score=score_of(self.score) if self.score else None,
        )  # fmt: skip


class Answers(Paged):
    """Which answers to surveys."""

    survey: Annotated[Name | None, Field(description="To this survey.")] = None
    question: Annotated[Name | None, Field(description="To this question of it.")] = None
    kind: Annotated[Literal["csat", "nps", "ces", "yes_no", "comment"] | None, Field(description="Of this kind.")] = (
        None
    )
    after: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9]{1,16}\|[ -~]{1,128}\|[0-9]{1,9}$",
            description="The page after this: `next` of the page before.",
        ),
    ] = None


class Versions(Asked):
    """Which versions."""

    line: Annotated[Name | None, Field(description="Of this line.")] = None


A = TypeVar("A", bound=Asked)


def read(model: type[A]) -> A:
    """What this request asks for. Raises Refused, which says of each parameter what is wrong with it."""
    found: dict[str, Any] = {}
    mistakes = []
    several = {name for name, it in model.model_fields.items() if get_origin(it.annotation) is list}
    for name, values in request.args.lists():
        found[name] = values if name in several else values[-1]
        if name not in several and len(values) > 1:
            mistakes.append(Mistake(where=name[:40], words="it is there more than once"))
    try:
        asked = model.model_validate(found)
    except ValidationError as error:
        mistakes += [_mistake(it, model) for it in error.errors()]
        raise Refused(400, mistakes) from None
    if mistakes:
        raise Refused(400, mistakes)
    return asked


def _mistake(error: Mapping[str, Any], model: type[Asked]) -> Mistake:
    where = str(error["loc"][0])
    known = {it.alias or name: it for name, it in model.model_fields.items()}
    if where not in known:
        names = ", ".join(name for name in known if name not in HIDDEN)
        return Mistake(where=where[:40], words=f"there is no such parameter; there are {names or 'none'}")
    words = str(error["msg"])
    return Mistake(where=where, words=_meant(where) or words[:1].lower() + words[1:])


def _meant(where: str) -> str | None:
    """What a parameter is, in words for who wrote something else."""
    match where:
        case "since" | "until":
            return "it is a date such as 2026-07-01, a moment such as 2026-07-01T10:00Z, or a span such as 24h or 7d"
        case "for":
            return "it is a span such as 24h or 7d, of at most four digits"
        case "zone":
            return "it is a time zone such as Europe/Berlin or Asia/Kolkata"
        case "line" | "version" | "queue" | "agent" | "language" | "survey" | "question" | "step" | "last" | "goal":
            return "it is a name, of 1 to 200 characters"
        case "set":
            return "it is such as service_level.seconds=30; /api/v1/kpis has what can be set"
        case "after":
            return "it is next of the page before"
        case "score":
            return "it is such as csat:1..2, nps:9.. or yes_no:0, or csat alone for any mark"
        case "wait":
            return "it is seconds such as 120.., ..20 or 30..60"
        case "path":
            return "it is a path_hash as calls have it, of 32 digits and letters from a to f"
        case "caller":
            return "it is a caller_hash as calls have it, of 32 digits and letters from a to f"
    return None
