"""What callers say of their calls: the marks of surveys over time and by what they are of, and how they are spread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, func, literal, select

from ivr.reports.figure import Figure, figure
from ivr.reports.kpi import Kpi, Scope
from ivr.reports.measuring import spreads
from ivr.reports.named import NONE, in_scope
from ivr.reports.spread import Spread
from ivr.reports.survey_kpis import CES, CSAT, NPS, RESPONSE
from ivr.reports.views import ANSWERS, QUARTER, quarter
from ivr.store.survey_tables import survey_answers

_OF_ANSWERS: tuple[Kpi, ...] = (CSAT, NPS, CES)

KPIS = (*_OF_ANSWERS, RESPONSE)

Part = Literal["all", "day", "line", "version", "queue", "agent", "language", "survey"]
Spreads = dict[str, dict[str, Spread]]

WEEKS_FROM = 62
"""Days from which on a plot shows weeks: of a day alone there are few answers."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How often a question of a survey got each mark."""

    survey: str
    question: str
    kind: str
    times: Mapping[int, int]

    @property
    def n(self) -> int:
        """How many answers."""
        return sum(self.times.values())


def voice_spreads(engine: Engine, scope: Scope, survey: str | None, by: Part, zone: tzinfo = UTC) -> Spreads:
    """What lies behind the figures, by their names and what they are of; of one survey alone where it is given.

    Raises SQLAlchemyError.
    """
    if survey is None and by != "survey":
        return spreads(engine, KPIS, scope, by=by, zone=zone)
    found: Spreads = {}
    with engine.connect() as connection:
        for together in (_OF_ANSWERS, (RESPONSE,)):
            parts: list[dict[str, Spread]] = [defaultdict(Spread) for _ in together]
            for of, *values, times in connection.execute(_of_log(together, scope, survey, by)):
                for value, part in zip(values, parts, strict=True):
                    if value is not None:
                        part[_named(of, by, zone)].add(int(value), times)
            found |= {kpi.name: dict(sorted(part.items())) for kpi, part in zip(together, parts, strict=True)}
    return found


def figures(spread: Mapping[str, Spread], kpi: Kpi) -> dict[str, Figure]:
    """The figures of one key figure, by what they are of."""
    return {of: figure(kpi.unit, of, it, {}) for of, it in spread.items()}


def by_weeks(days: Mapping[str, Spread]) -> dict[str, Spread]:
    """The same by weeks: a week is named by its Monday."""
    weeks: dict[str, Spread] = defaultdict(Spread)
    for day, spread in days.items():
        it = date.fromisoformat(day)
        monday = (it - timedelta(days=it.weekday())).isoformat()
        for value, times in spread:
            weeks[monday].add(value, times)
    return dict(sorted(weeks.items()))


def marks(engine: Engine, scope: Scope, survey: str | None = None) -> list[Marks]:
    """How the answers are spread, question by question. Raises SQLAlchemyError."""
    it = ANSWERS.c
    query = select(it.survey, it.question, it.kind, it.value, func.count().label("times"))
    query = query.where(it.value.is_not(None), *_which(ANSWERS.c, "at", scope, survey))
    times: dict[tuple[str, str, str], dict[int, int]] = defaultdict(dict)
    with engine.connect() as connection:
        for row in connection.execute(query.group_by(it.survey, it.question, it.kind, it.value)):
            times[row.survey, row.question, row.kind][row.value] = row.times
    return [Marks(*key, dict(sorted(found.items()))) for key, found in sorted(times.items())]


def surveys(engine: Engine) -> list[str]:
    """The names of all surveys that were ever answered."""
    with engine.connect() as connection:
        # Of the table: the view looks up each answer's call, and all answers there are take it seconds.
        return sorted(connection.scalars(select(survey_answers.c.survey).distinct()))


def _of_log(kpis: Sequence[Kpi], scope: Scope, survey: str | None, by: Part) -> Any:
    """What several figures of one view are made of: of what, the value in each, and how often."""
    columns = kpis[0].view.c
    moment = columns[kpis[0].moment]
    of: ColumnElement[Any]
    match by:
        case "all":
            of = literal("")
        case "day":
            of = quarter(moment)
        case _:
            of = columns[by]
    rows = select(of.label("of"), *(kpi.value(kpi.settings(), scope).label(kpi.name) for kpi in kpis))
    # In two: to PostgreSQL the same expression with other parameters is another one, and cannot be grouped by.
    each = rows.where(*_which(columns, moment.name, scope, survey)).subquery().c
    return select(*each, func.count()).group_by(*each)


def _which(columns: Any, moment: str, scope: Scope, survey: str | None) -> list[ColumnElement[bool]]:
    which = [columns[moment] >= scope.since, columns[moment] < scope.until, *in_scope(columns, scope)]
    return which if survey is None else [*which, columns.survey == survey]


def _named(of: Any, by: Part, zone: tzinfo) -> str:
    if by == "day":
        return datetime.fromtimestamp(of * QUARTER, zone).date().isoformat()
    return NONE if of is None else str(of)
