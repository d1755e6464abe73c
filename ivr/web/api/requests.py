"""The requests that there are: each with its address, what it asks, what it answers, and what does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.web.api import answered, asked, figures, lines, log_pages

SID = r"^[A-Za-z0-9_.:@+=~-]{1,128}$"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `sid` says that its address has the name of a call in it."""

    name: str
    path: str
    words: str
    asks: type[asked.Asked]
    gives: type[answered.Answer]
    answer: Callable[..., answered.Answer]
    sid: bool = False


REQUESTS = (
    Request(
        "kpis", "/v1/kpis", "What each key figure means: its formula, its parameters, where it comes from.",
        asked.Asked, answered.Definitions, figures.definitions,
    ),
    Request(
        "figures", "/v1/figures",
        "Key figures of a part of the log, each with its 95 % interval and of how many it is.",
        asked.Figures, answered.Figures, figures.figures,
    ),
    Request("calls", "/v1/calls", "Calls, page by page.", asked.Calls, answered.CallPage, log_pages.calls),
    Request(
        "call", "/v1/calls/{sid}", "One call with all that happened in it; numbers masked, secrets in none of it.",
        asked.Asked, answered.Story, log_pages.call, sid=True,
    ),
    Request(
        "answers", "/v1/surveys/answers", "Answers to surveys, page by page.",
        asked.Answers, answered.SurveyPage, log_pages.survey_answers,
    ),
    Request(
        "lines", "/v1/lines", "The lines that there are, and which version is live.",
        asked.Asked, answered.Lines, lines.lines,
    ),
    Request(
        "versions", "/v1/versions", "What was published, the newest first; the newest thousand.",
        asked.Versions, answered.Versions, lines.published,
    ),
)  # fmt: skip
"""All of them."""
