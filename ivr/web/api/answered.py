"""What the API answers: the description is made of these models, and answers are written by them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from ivr.reports.export_columns import EXPORTS, Export, Kind


class Answer(BaseModel):
    """What all have in common: what is described is all that there is."""

    model_config = ConfigDict(extra="forbid")


_TYPES: dict[Kind, Any] = {
    "text": str | None,
    "number": int | None,
    "moment": datetime | None,
    "flag": bool,
    "names": list[str],
    "fields": dict[str, Any],
}


def _row(name: str, export: Export, words: str) -> type[Answer]:
    """A row of an export: the same columns that the files have."""
    fields: Any = {it.name: (_TYPES[it.kind], Field(description=it.words)) for it in export.columns}
    return create_model(name, __base__=Answer, __doc__=words, **fields)


Call = _row("Call", EXPORTS["calls"], "A call, as exports have it.")
SurveyAnswer = _row("SurveyAnswer", EXPORTS["surveys"], "An answer to a question of a survey, as exports have it.")

Next = Annotated[str | None, Field(description="`after` of the next page; null where this is the last.")]


class CallPage(Answer):
    """A page of calls."""

    calls: list[Call]  # type: ignore[valid-type]
    next: Next


class SurveyPage(Answer):
    """A page of answers to surveys."""

    answers: list[SurveyAnswer]  # type: ignore[valid-type]
    next: Next


class Happened(Answer):
    """A record of a call: what came in, and what happened at it."""

    seq: int
    at: datetime
    input: Annotated[
        dict[str, Any],
        Field(description="what came in; numbers masked, secrets as how many keys, recordings without their address"),
    ]
    events: Annotated[list[dict[str, Any]], Field(description="what happened at it, each with its kind")]


class Story(Answer):
    """A call with all that happened in it."""

    call: Call  # type: ignore[valid-type]
    records: list[Happened]


class Value(Answer):
    """What a figure comes to. Null is what cannot be told of so few."""

    value: float | None
    n: Annotated[int, Field(ge=0, description="of how many it is made")]
    low: Annotated[float | None, Field(description="where its 95 % interval begins")]
    high: Annotated[float | None, Field(description="and ends")]
    median: float | None
    median_low: float | None
    median_high: float | None
    p90: Annotated[float | None, Field(description="90th percentile")]
    counts: Annotated[dict[str, int], Field(description="what else was counted of the same rows")]


class Part(Value):
    """What a figure comes to of a part."""

    of: Annotated[str, Field(description="which part: its name, a day, or when a quarter-hour began; - is no name")]


class Measured(Answer):
    """A key figure, measured."""

    name: str
    unit: str
    settings: Annotated[dict[str, bool | float], Field(description="what is set of its parameters")]
    whole: Value
    parts: list[Part]


class Figures(Answer):
    """Key figures of a part of the log."""

    since: datetime
    until: datetime
    zone: str
    by: str
    parts_since: Annotated[datetime, Field(description="from when on parts are told")]
    figures: list[Measured]


class Settable(Answer):
    """A parameter of a key figure."""

    name: str
    default: bool | float
    words: str


class Definition(Answer):
    """A key figure: what it means."""

    name: str
    title: str
    formula: str
    unit: Annotated[str, Field(description="share (of 1), seconds, score, number, or total (seconds in all)")]
    of: Annotated[str, Field(description="what it is of by custom")]
    parameters: list[Settable]
    source: Annotated[str, Field(description="where the definition comes from, and what it decides")]


class Definitions(Answer):
    """All key figures."""

    figures: list[Definition]


class Line(Answer):
    """A line."""

    line: str
    version: Annotated[str, Field(description="the version that new calls get")]


class Lines(Answer):
    """All lines."""

    lines: list[Line]


class Version(Answer):
    """A publishing of a line."""

    line: str
    version: str
    published_at: datetime
    live: Annotated[bool, Field(description="whether new calls get it")]


class Versions(Answer):
    """Publishings, the newest first."""

    versions: Annotated[list[Version], Field(max_length=1000)]
