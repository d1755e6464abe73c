"""Questions with typed answers, and what they share with menus: tries, and times to wait."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ivr.menu import shapes
from ivr.menu.problems import one_of, shown
from ivr.menu.prompts import words
from ivr.menu.reader import key
from ivr.menu.shapes import checked, choice, count, destination, span
from ivr.menu.values import Type
from ivr.menu.words import Prompt

tries = count(1, 9, "a number of tries")
wait = span(1, 60, "a time to wait for the first key")
between = span(1, 20, "a time to wait between keys")

TRIES = "how often the caller may try before give_up (the line's limits say, else 3)"
WAIT = "how long to wait for the first key (5s)"
BETWEEN = "how long to wait between keys (3s)"
NO_INPUT = "what is said to a caller who pressed nothing; without it the service has its own words"
NO_MATCH = "what is said to a caller whose keys do not fit; without it the service has its own words"
GIVE_UP = "the step for a caller whose tries are used up (operator)"


def _digits(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,2})(?:\s*-\s*([0-9]{1,2}))?", text)
    if match:
        low, high = int(match[1]), int(match[2] or match[1])
        if 1 <= low <= high <= 32:
            return low, high
    raise ValueError(f"{shown(text)} is no number of digits; write 4, or 3-8 (at most 32)")


AnswerType = Literal["digits", "date", "money", "phone", "pin", "yes_no"]
ANSWER_TYPES: tuple[AnswerType, ...] = ("digits", "date", "money", "phone", "pin", "yes_no")
ANSWERS: dict[AnswerType, Type] = {
    "digits": "digits", "date": "date", "money": "money", "phone": "phone", "pin": "digits", "yes_no": "yes_no"
}  # fmt: skip
"""The type of the value that each type of answer saves."""


@dataclass(frozen=True, slots=True)
class Ask:
    """a question"""

    ask: Prompt = key(words, "the question; a list is said shorter each time")
    save: str = key(shapes.name, "the name under which the answer is kept")
    go: str = key(destination, "the step that comes after a valid answer")
    type: AnswerType = key(
        choice(ANSWER_TYPES, "a type of answer"), f"what the answer is: {one_of(ANSWER_TYPES)}", default="digits"
    )
    digits: tuple[int, int] | None = key(
        checked(_digits, "a number of digits: 4, or 3-8", "value"), "how many digits: 4, or 3-8", default=None
    )
    luhn: bool = key(shapes.yes_no, "yes: the last digit is a check digit, as on cards", default=False)
    confirm: bool = key(shapes.yes_no, "yes: the answer is read back; 1 keeps it, 2 enters it again", default=False)
    secret: bool = key(shapes.yes_no, "yes: the answer is stored nowhere and given to look-ups only", default=False)
    tries: int | None = key(tries, TRIES, default=None)
    wait: float = key(wait, WAIT, default=5.0)
    between: float = key(between, BETWEEN, default=3.0)
    no_input: Prompt | None = key(words, NO_INPUT, default=None)
    no_match: Prompt | None = key(words, NO_MATCH, default=None)
    give_up: str = key(destination, GIVE_UP, default="operator")

    @property
    def hidden(self) -> bool:
        """Whether what is entered may be nowhere: asked with `secret`, or a PIN."""
        return self.secret or self.type == "pin"

    @property
    def length(self) -> tuple[int, int]:
        """The least and the most digits of an answer."""
        fixed = {
            "date": (8, 8),
            "yes_no": (1, 1),
            "money": (1, 12),
            "phone": (7, 15),
            "pin": (4, 8),
            "digits": (1, 32),
        }
        return self.digits or fixed[self.type]
