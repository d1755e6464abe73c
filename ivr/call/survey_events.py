"""What has happened in a survey. `survey` is its name in the menu file, `question` a question's name in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SurveyAsked:
    """The caller is asked, or invited to be: what a response rate counts from."""

    kind: ClassVar[str] = "survey_asked"
    step: str
    survey: str


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """The caller answered a question: csat 1 to 5, nps 0 to 10, ces 1 to 7, yes_no 1 for yes and 0 for no."""

    kind: ClassVar[str] = "survey_answered"
    step: str
    survey: str
    question: str
    measure: str
    value: int


@dataclass(frozen=True, slots=True)
class SurveyCommented:
    """The caller answered in their own words, which the carrier holds at `url`."""

    kind: ClassVar[str] = "survey_commented"
    step: str
    survey: str
    question: str
    url: str
    seconds: int


@dataclass(frozen=True, slots=True)
class SurveySkipped:
    """The rest of a survey is left out, from `question` on. `why` is not_drawn (by the share), asked_before (the cap
    per caller), unavailable (nobody knows whether they were), declined (the invitation), no_answer, or left (by a key
    that works anywhere).
    """

    kind: ClassVar[str] = "survey_skipped"
    step: str
    survey: str
    question: str
    why: str
