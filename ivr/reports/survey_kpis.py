"""Of what callers answer when they are asked: how many do, how satisfied they are, how easy it was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, exists

from ivr.reports.kpi import Kpi, Scope, Settings
from ivr.reports.views import ANSWERS, SURVEYS_ASKED

_WHEN = "An answer counts in the queue and for the agent of the last talk before it, at the moment at which it came."


def _response(_: Settings, __: Scope) -> ColumnElement[Any]:
    asked = SURVEYS_ASKED.c
    answered = exists().where(
        ANSWERS.c.call_sid == asked.call_sid, ANSWERS.c.survey == asked.survey, ANSWERS.c.seq > asked.seq
    )
    return case((answered, 1), else_=0)


def _csat(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((ANSWERS.c.kind != "csat", None), (ANSWERS.c.value >= 4, 1), else_=0)


def _nps(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((ANSWERS.c.kind != "nps", None), (ANSWERS.c.value >= 9, 1), (ANSWERS.c.value <= 6, -1), else_=0)


def _ces(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((ANSWERS.c.kind != "ces", None), (ANSWERS.c.value > 4, 1), else_=0)


RESPONSE = Kpi(
    name="survey_response",
    title="Survey response rate",
    formula="times that a survey was asked, or offered, and the caller answered any of it, of all such times",
    unit="share",
    of="line",
    view=SURVEYS_ASKED,
    moment="at",
    value=_response,
    source="ISO 10004 asks that it stand beside every figure of a survey: those who answer are not all. It counts at "
    "the moment at which the caller was asked.",
)

CSAT = Kpi(
    name="csat",
    title="Customer satisfaction (CSAT)",
    formula="answers of 4 and 5, of all answers from 1 to 5",
    unit="share",
    of="line",
    view=ANSWERS,
    moment="at",
    value=_csat,
    source=f"The top two boxes of five, by custom; how to measure satisfaction is in ISO 10004. {_WHEN}",
)

NPS = Kpi(
    name="nps",
    title="Net promoter score (NPS)",
    formula="the percentage of answers of 9 and 10, less the percentage of those from 0 to 6, of all from 0 to 10",
    unit="score",
    of="line",
    view=ANSWERS,
    moment="at",
    value=_nps,
    source=f"Reichheld, The One Number You Need to Grow (2003). From -100 to 100. {_WHEN}",
)

CES = Kpi(
    name="ces",
    title="Customer effort score (CES)",
    formula="answers above 4, of all answers from 1 to 7",
    unit="share",
    of="line",
    view=ANSWERS,
    moment="at",
    value=_ces,
    source=f"The second form of the score, in which 7 is the easiest. {_WHEN}",
)
