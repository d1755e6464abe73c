"""What is tried at a place: every key, a wrong one, silence, a hang-up; each outcome of look-ups and dials."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import Any, Literal

import phonenumbers

from ivr.call.answers import date_order, judge
from ivr.call.inputs import Dialed, HungUp, Pressed, Recorded, Silent, Told
from ivr.call.state import TYPED, Call
from ivr.call.walk.queue_tries import QueueTries
from ivr.call.walk.tried import Try
from ivr.call.walk.values import Choices
from ivr.menu.flow import Flow
from ivr.menu.graph import awaits_keys
from ivr.menu.steps import Ask, Dial, Language, Lookup, Menu, Queue, Survey, Voicemail

KEYPAD = "1234567890*#"

MOST_FOUND = 32
"""Combinations of fields that a look-up is said to have found."""


class Tries:
    """What is tried at each place of a line; each input is made once."""

    def __init__(self, flow: Flow, chosen: Choices) -> None:
        self.flow = flow
        self.choices = chosen
        self.at: datetime = chosen.moments[0]
        self.silence = Try(Silent(self.at), "silence", willing=False)
        self.again = Try(Silent(self.at), "")  # the carrier comes again, of itself
        self.hang_up = Try(HungUp(self.at), "hangs up", willing=False)
        self.unanswerable: dict[str, None] = {}  # questions to which no valid answer was found
        self._pressed = lru_cache(maxsize=None)(self._press)
        self._found = lru_cache(maxsize=None)(self._find)
        self._keys = lru_cache(maxsize=None)(self._keys_of)
        dials = product(_OUTCOMES, (False, True))
        self._dialed = [
            Try(
                Dialed(self.at, outcome, 60 if outcome == "answered" else 0, gone),
                _dial(outcome, gone),
                willing=not gone,
            )
            for outcome, gone in dials
        ]
        self.no_answer = next(one for one in self._dialed if one.label == "no answer")
        self._queues = QueueTries(flow, self.at, self._dialed)
        self._drawn = [
            Try(Told(self.at, "found"), "the survey is asked"),
            Try(Told(self.at, "not_found", why="not_drawn"), "the survey is not asked"),
        ]
        self._recorded = [
            Try(Recorded(self.at, "walk:message", 5), "a message"),
            Try(Recorded(self.at, "walk:message", 5, True), "a message, and hangs up", willing=False),
            Try(Recorded(self.at, "", 0, True), "hangs up at the tone", willing=False),
        ]

    def at_place(self, call: Call, told: bool) -> Iterator[Try]:
        """What is tried with a call that waits; `told`: it waits for the answer to a want."""
        act = self.flow.steps[call.place].act
        match act:
            case Menu() | Language():
                yield from self._menu(act, call)
            case Ask():
                yield from self._ask(act, call)
            case Lookup():
                yield from self._found(act.lookup) if told else [self.again]
                yield self.hang_up
                return
            case Dial():
                yield from self._dialed
                yield self.hang_up  # while it rings
                return
            case Queue():
                yield from self._queues.at_queue(act, call, told)
                yield self.hang_up
                return
            case Voicemail():
                yield from self._recorded
            case Survey():
                if told:
                    yield from self._drawn
                    yield self.hang_up
                    return
                yield from self._survey(act, call)
            case _:
                yield self.again
                yield self.hang_up
                return
        yield self.silence
        if not call.misses:
            yield self.hang_up

    def wrong(self, call: Call) -> Try | None:
        """Keys that mean nothing at the place, where there are such."""
        act = self.flow.steps[call.place].act
        if isinstance(act, Ask) and call.confirming is None:
            keys = self._wrong_answer(act, call)
            return self._pressed(keys, False) if keys else None
        taken = set(self._taken(call))
        return next((self._pressed(key, False) for key in KEYPAD if key not in taken), None)

    def valid(self, call: Call) -> Try | None:
        """A valid answer at a question."""
        act = self.flow.steps[call.place].act
        if not isinstance(act, Ask):
            return None
        if call.confirming is not None:
            return self._pressed("1", True)
        keys = next(iter(self._keys(call.place, call.language)), None)
        return self._pressed(keys, True) if keys else None

    # The kinds

    def _menu(self, act: Menu | Language, call: Call) -> Iterator[Try]:
        taken = list(self._taken(call))
        for key in dict.fromkeys([*taken, *KEYPAD]) if not call.misses else taken:
            yield self._pressed(key, key in taken)
        if call.misses and (wrong := self.wrong(call)):
            yield wrong
        if isinstance(act, Menu) and act.extension:
            extension = act.extension
            for value in self.choices.values.get(extension.save, ("",)):
                text = str(value)
                if len(text) == extension.digits and text.isdigit():
                    yield self._pressed(text, True)
            yield self._pressed("1" * extension.digits, True)
            yield self._pressed("*" * extension.digits, False)

    def _survey(self, act: Survey, call: Call) -> Iterator[Try]:
        """Every key at the invitation and at each question; a comment, or none."""
        surveyed = call.survey
        if surveyed is not None and surveyed.at >= 0 and act.questions[surveyed.at].measure == "comment":
            yield from self._recorded
            return
        for key in KEYPAD:
            yield self._pressed(key, key in "12345" or key in self.flow.anywhere)

    def _taken(self, call: Call) -> Iterator[str]:
        """Keys that may mean something, whether they are offered now or not."""
        act = self.flow.steps[call.place].act
        if isinstance(act, Menu):
            yield from (option.key for option in act.options)
        elif isinstance(act, Language):
            yield from (str(number) for number in range(1, len(act.languages) + 1))
        elif call.confirming is not None:
            yield from "12*"
        if awaits_keys(self.flow.steps[call.place]):
            yield from self.flow.anywhere

    def _ask(self, ask: Ask, call: Call) -> Iterator[Try]:
        if call.confirming is not None:
            for key in dict.fromkeys([*self._taken(call), *KEYPAD]):
                yield self._pressed(key, key in "12" or key in self.flow.anywhere)
            return
        answers = self._keys(call.place, call.language)
        if not answers:
            self.unanswerable[call.place] = None
        typed = call.secrets.get(TYPED, "") if ask.hidden else call.typed
        for keys in answers:
            if keys.startswith(typed) and keys != typed:
                yield self._pressed(keys.removeprefix(typed), True)
        if wrong := self._wrong_answer(ask, call):
            yield self._pressed(wrong, False)
        if call.misses:
            return
        star = "**" if ask.type == "money" else "*"
        room = max(ask.length[1] - len(typed), 1)
        yield self._pressed(star, False)
        yield self._pressed("**", True)
        yield self._pressed("0", True)
        if answers and not typed and room > 2 and ask.type != "money":
            yield self._pressed("*" * (room - 1) + answers[0][:1], False)

    def _find(self, lookup: str) -> tuple[Try, ...]:
        """What a look-up can tell: fields that are followed each way; others are chosen where they are read."""
        gives = self.flow.lookups[lookup].gives
        names = {field: f"{lookup}.{field}" for field in gives}
        usual: dict[str, Any] = {
            field: self.choices.values[name][0] for field, name in names.items() if name in self.choices.values
        }
        each = [field for field, name in names.items() if name in self.choices.followed]
        combos = list(product(*(self.choices.values[names[field]] for field in each)))
        if len(combos) > MOST_FOUND:  # then each value at least once
            combos = [
                tuple(value if other == field else usual[other] for other in each)
                for field in each
                for value in self.choices.values[names[field]]
            ]
        tries = []
        for combo in dict.fromkeys(combos):
            told = {field: value for field, value in zip(each, combo, strict=True) if value != ""}
            words = ", ".join(f"{field} {_shown(value)}" for field, value in told.items())
            values = {field: value for field, value in usual.items() if field not in each} | told
            tries.append(Try(Told(self.at, "found", values), f"found ({words})" if words else "found"))
        return (
            *tries,
            Try(Told(self.at, "not_found"), "nothing found", willing=False),
            Try(Told(self.at, "failed", why="walk"), "the look-up fails", willing=False),
        )

    def _press(self, keys: str, willing: bool) -> Try:
        return Try(Pressed(self.at, keys), keys, len(keys), willing)

    # Typed answers

    def _keys_of(self, place: str, language: str) -> tuple[str, ...]:
        """Keys that are valid answers: one for each value that a decision tells apart, or else one."""
        ask = self.flow.steps[place].act
        assert isinstance(ask, Ask)  # noqa: S101 - so both callers have found
        found: dict[object, str] = {}
        # Of a name on which nothing hangs, one answer will do.
        wanted = [] if ask.hidden else [str(value) for value in self.choices.values.get(ask.save, ())]
        for keys in [*(_typed(ask, value, language, self.flow.country) for value in wanted), *_guesses(ask, self.flow)]:
            answer = judge(ask, keys, language, self.flow.country) if keys else None
            if answer and answer.verdict == "valid" and (str(answer.value) in wanted or not found):
                found.setdefault(answer.value, keys)
        return tuple(found.values())

    def _wrong_answer(self, ask: Ask, call: Call) -> str | None:
        typed = call.secrets.get(TYPED, "") if ask.hidden else call.typed
        room = max(ask.length[1] - len(typed), 1)
        for keys in ("9" * room, "9", "99", "1" * (room - 1), "0" * room, "*9*99"):
            keys = keys[:room]
            answer = (
                judge(ask, typed + keys, call.language, self.flow.country, more=len(keys) >= room) if keys else None
            )
            if answer and answer.verdict == "no_match":
                return keys
        return None


_OUTCOMES: tuple[Literal["answered", "busy", "no_answer", "failed"], ...] = ("answered", "busy", "no_answer", "failed")


def _dial(outcome: str, gone: bool) -> str:
    words = outcome.replace("_", " ")
    return f"{words}, and hangs up" if gone else words


def _shown(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _typed(ask: Ask, value: str, language: str, country: str | None) -> str:
    """The keys for a value; empty where it cannot be typed."""
    match ask.type:
        case "yes_no":
            return {"True": "1", "False": "2"}.get(value, "")
        case "date" if len(value) == 10:
            year, month, day = value.split("-")
            return "".join({"y": year, "m": month, "d": day}[letter] for letter in date_order(language))
        case "money":
            return value.replace(".", "*")
        case "phone":
            return _national(value, country)
    return value


def _national(number: str, country: str | None) -> str:
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return ""
    of_country = country and phonenumbers.region_code_for_number(parsed) == country
    return phonenumbers.national_significant_number(parsed) if of_country else number.lstrip("+")


def _guesses(ask: Ask, flow: Flow) -> Iterator[str]:
    """Answers of the type; the first that is valid is taken."""
    low, high = ask.length
    match ask.type:
        case "digits" | "pin":
            stem = "1" * (low - 1)
            yield from (stem + last for last in "1234567890")
            yield from ("1" * (length - 1) + last for length in range(low + 1, high + 1) for last in "1234567890")
        case "date":
            yield from ("12122026", "20261212")
        case "money":
            yield "12*50"
        case "phone":
            example = phonenumbers.example_number(flow.country) if flow.country else None
            yield phonenumbers.national_significant_number(example) if example else "12125550142"
        case "yes_no":
            yield from "12"
