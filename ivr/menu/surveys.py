"""Surveys: questions about the call, each a key of the step, asked in the order in which the file has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ivr.menu import questions, shapes
from ivr.menu.problems import one_of, shown
from ivr.menu.prompts import option_prompt, read_words, words
from ivr.menu.reader import Reader, Shape, key
from ivr.menu.shapes import checked, destination, map_of, span
from ivr.menu.source import Node
from ivr.menu.words import Prompt

Measure = Literal["csat", "nps", "ces", "yes_no", "comment"]
MEASURES: tuple[Measure, ...] = ("csat", "nps", "ces", "yes_no", "comment")
"""What a question measures; the key by which a file asks it."""

BEGINS = "1"
"""The key that begins a survey to which callers are invited."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its name in reports, what it measures, its words."""

    name: str
    measure: Measure
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class AtMost:
    """How often one caller is asked: so many times in so many seconds."""

    times: int
    seconds: float


def _at_most(text: str) -> AtMost:
    match = re.fullmatch(_AT_MOST, text)
    if not match or not int(match[1]) or not int(match[2]):
        raise ValueError(f"{shown(text)} does not say how often; write such as 1 in 30d (d for days, h for hours)")
    return AtMost(int(match[1]), int(match[2]) * (86_400.0 if match[3] == "d" else 3_600.0))


def _share(text: str) -> float:
    match = re.fullmatch(_SHARE, text)
    if not match or not 0 < float(match[1]) <= 100:
        raise ValueError(f"{shown(text)} is no share of callers; write such as 25%: more than 0%, at most 100%")
    return float(match[1]) / 100


def _name(text: str) -> str:
    if not shapes.is_name(text) or text in MEASURES:
        taken = f", and not {one_of(MEASURES)}" if text in MEASURES else ""
        example = "each question has a name for reports, such as solved, with its words below it"
        raise ValueError(f"{shown(text)} is no name of a question: {example}{taken}")
    return text


def _invitation(node: Node, reader: Reader, address: str) -> Prompt:
    """The words with the key that begins: "To answer two questions, press 1."."""
    return option_prompt(read_words(node, reader, address), BEGINS)


_AT_MOST = r"([0-9]{1,3})\s+in\s+([0-9]{1,4})\s*(d|h)"
_SHARE = r"([0-9]{1,3}(?:\.[0-9])?)\s*%"

question_name: Shape[str] = checked(_name, "a name", "name", shapes.SCALAR | {"pattern": f"^\\s*({shapes.NAME})\\s*$"})
invitation: Shape[Prompt] = Shape(_invitation, words.schema, words.what)
share: Shape[float] = checked(_share, "a share", "value", {"type": "string", "pattern": rf"^\s*{_SHARE}\s*$"})
at_most: Shape[AtMost] = checked(_at_most, "how often", "value", {"type": "string", "pattern": rf"^\s*{_AT_MOST}\s*$"})


@dataclass(frozen=True, slots=True)
class Survey:
    """a survey"""

    survey: str = key(shapes.name, "what the survey is called in reports; its cap per caller holds for all of its name")
    go: str = key(destination, "the step that comes next, however much was answered")
    csat: Prompt | None = key(words, "how satisfied, 1 to 5: the question (CSAT)", default=None)
    nps: Prompt | None = key(words, "how likely to recommend us, 0 to 10: the question (NPS)", default=None)
    ces: Prompt | None = key(words, "how easy it was, 1 to 7: the question (CES)", default=None)
    yes_no: Mapping[str, Prompt] = key(
        map_of(question_name, words, "questions, each with a name, such as solved: Did we solve it?", least=1),
        "questions to which 1 is yes and 2 is no, each with a name; the service says the keys",
        default={},
    )
    comment: Prompt | None = key(words, "what is said before the tone, after which the caller speaks", default=None)
    longest: float = key(span(5, 600, "a length of comments"), "how long a comment may be (60s)", default=60.0)
    invite: Prompt | None = key(
        invitation, "words that offer the survey; the service adds the key, 1, and who does not press it goes on",
        default=None,
    )  # fmt: skip
    thanks: Prompt | None = key(words, "what is said to callers who answered anything", default=None)
    share: float | None = key(share, "the share of calls in which it is asked, such as 25% (all)", default=None)
    at_most: AtMost | None = key(at_most, "how often one caller is asked, such as 1 in 30d", default=None)
    wait: float = key(questions.wait, questions.WAIT, default=5.0)
    between: float = key(questions.between, "how long to wait for the 0 of a ten (3s)", default=3.0)
    order: tuple[Measure, ...] = ()  # the keys of its questions as the file has them

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions in their order."""
        found: list[Question] = []
        for measure in self.order:
            asked = getattr(self, measure)
            if isinstance(asked, Prompt):
                found.append(Question(measure, measure, asked))
            else:
                found += [Question(name, measure, prompt) for name, prompt in asked.items()]
        return tuple(found)

    @property
    def always(self) -> bool:
        """Whether every caller who comes here is asked."""
        return self.share is None and self.at_most is None
