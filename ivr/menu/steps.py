"""The kinds of step: what each takes, and what it says of itself to whoever writes a menu.

A step is what all steps have (`Step`) around what it does (`Act`). Each act is a dataclass of keys; its
docstring's first line is what problems call it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ivr.menu import questions, shapes
from ivr.menu.conditions import Condition
from ivr.menu.options import OPTIONS, Extension, Option, condition
from ivr.menu.priority import Priority, head_start
from ivr.menu.problems import shown
from ivr.menu.prompts import LANGUAGE, words
from ivr.menu.questions import ANSWER_TYPES, ANSWERS, AnswerType, Ask
from ivr.menu.reader import RESERVED, Shape, key
from ivr.menu.shapes import checked, destination, list_of, map_of, record, span
from ivr.menu.surveys import Survey
from ivr.menu.words import Prompt, Template, WordsError, template

__all__ = [
    "ANSWERS",
    "ANSWER_TYPES",
    "KINDS",
    "RESERVED",
    "Act",
    "AnswerType",
    "Ask",
    "Extension",
    "Option",
    "Run",
    "Step",
    "Survey",
    "destination",
    "prompts",
]

_GO = "the step that comes next"

# Shapes that only steps use


def _template(text: str) -> Template:
    try:
        return template(text)
    except WordsError as error:
        raise ValueError(str(error)) from None


def _dialable(text: str) -> Template:
    filled = _template(text)
    if filled.names and filled.only_name is None:
        raise ValueError(f"{shown(text)} mixes a name with other text; write one <name>, or a whole number")
    if not filled.names and not re.fullmatch(r"\+[1-9][0-9]{6,14}|sip:\S+@\S+|client:[\w.+-]+", text):
        raise ValueError(
            f'{shown(text)} cannot be dialled; write a number such as "+15005550100", sip:…, client:… or <name>'
        )
    return filled


def _name(text: str) -> str:
    filled = _template(text) if "<" in text else None
    dotted = filled.only_name if filled else text
    if dotted is None or not re.fullmatch(rf"{shapes.NAME}(\.{shapes.NAME})?", dotted):
        raise ValueError(f"{shown(text)} is no name, such as stop or booking.status")
    return dotted


text_template: Shape[Template] = checked(_template, "text, or a value as <name>", "bracket")
dotted_name: Shape[str] = checked(_name, "a name, such as booking.status", "name")
country: Shape[str] = shapes.pattern(r"[A-Z]{2}", "a country in two capital letters, such as US", "country")
language: Shape[str] = checked(
    lambda text: text if LANGUAGE.fullmatch(text) else _no_language(text),
    "a language such as en-US",
    "language",
)


def _no_language(text: str) -> str:
    raise ValueError(f"{shown(text)} is no language with its country, such as en-US or es-MX")


@dataclass(frozen=True, slots=True)
class Menu:
    """a menu"""

    options: tuple[Option, ...] = key(OPTIONS, 'what each key does: "1 -> sales: To talk to sales"', name="menu")
    extension: Extension | None = key(
        record(Extension, "longer numbers beside the keys"), "longer numbers beside the single keys", default=None
    )
    tries: int | None = key(questions.tries, questions.TRIES, default=None)
    wait: float = key(questions.wait, questions.WAIT, default=5.0)
    between: float = key(questions.between, questions.BETWEEN, default=3.0)
    no_input: Prompt | None = key(words, questions.NO_INPUT, default=None)
    no_match: Prompt | None = key(words, questions.NO_MATCH, default=None)
    give_up: str = key(destination, questions.GIVE_UP, default="operator")


@dataclass(frozen=True, slots=True)
class Language:
    """a choice of language"""

    languages: tuple[str, ...] = key(
        list_of(language, "languages to choose from", least=2),
        "the languages to choose from, one key each: [en-US, es-MX]",
        name="language",
    )
    go: str = key(destination, _GO)


@dataclass(frozen=True, slots=True)
class Opening:
    """a look at the hours"""

    hours: str = key(shapes.name, "which hours: a name that stands under hours: at the top")
    open: str = key(destination, "the step while they are open")
    closed: str = key(destination, "the step while they are closed")


@dataclass(frozen=True, slots=True)
class If:
    """a condition"""

    when: Condition = key(condition, 'a condition, such as booking.status == "open" && call.tries < 3', name="if")
    then: str = key(destination, "the step where it holds")
    otherwise: str = key(destination, "the step where it does not hold", name="else")


@dataclass(frozen=True, slots=True)
class Switch:
    """a switch"""

    switch: str = key(dotted_name, "the name whose value decides, such as booking.status")
    cases: Mapping[str, str] = key(
        map_of(checked(str, "a value", "value"), destination, "values and the step of each", least=1),
        "values, and the step that each leads to",
    )
    otherwise: str = key(destination, "the step for every other value", name="else")


@dataclass(frozen=True, slots=True)
class Set:
    """a step that sets names"""

    set: Mapping[str, Template] = key(
        map_of(shapes.name, text_template, "names and their values", least=1),
        "names and their values: text, or another name's value as <name>",
    )
    go: str = key(destination, _GO)


@dataclass(frozen=True, slots=True)
class Lookup:
    """a look-up"""

    lookup: str = key(shapes.name, "which look-up: a name that stands under lookups: at the top")
    found: str = key(destination, "the step where something was found")
    not_found: str = key(destination, "the step where nothing was found; this counts as an error of the caller")
    failed: str = key(destination, "the step where the look-up did not work")


@dataclass(frozen=True, slots=True)
class Dial:
    """a call to a number"""

    to: Template = key(
        checked(_dialable, "a number to dial, or <name>", "phone-number"),
        'the number to dial: "+15005550100", sip:…, client:…, or a value as <name>',
        name="dial",
    )
    answered: str = key(destination, "the step after the two have talked")
    busy: str = key(destination, "the step where the number is busy")
    no_answer: str = key(destination, "the step where nobody answers")
    failed: str = key(destination, "the step where the call cannot be made")
    allow: tuple[str, ...] = key(
        list_of(country, "countries that may be dialled"),
        "the countries that a <name> may lead to: [US, MX]",
        default=(),
    )
    caller_id: str | None = key(shapes.phone, "the number that is shown (the caller's own)", default=None)
    send_digits: str | None = key(
        shapes.pattern(r"[0-9*#wW]{1,32}", "keys to send: 0-9 * # w"),
        "keys to send once it is answered, such as ww123#; a w waits half a second",
        default=None,
    )
    ring: float = key(span(5, 120, "a time to ring"), "how long it may ring (30s)", default=30.0)


@dataclass(frozen=True, slots=True)
class Queue:
    """a wait in a queue"""

    queue: str = key(shapes.name, "which queue: a name that stands under queues: in team.yaml")
    answered: str = key(destination, "the step after the caller has talked to an agent")
    left: str = key(destination, "the step for a caller who pressed the key to leave")
    callback_booked: str = key(destination, "the step for a caller who will be called back")
    timed_out: str = key(destination, "the step for a caller who has waited as long as the queue allows")
    full: str = key(destination, "the step where the queue has no room")
    nobody_in: str = key(destination, "the step where no agent of the queue is signed in")
    closed: str = key(destination, "the step outside the hours of the queue")
    priority: Priority = key(
        head_start,
        "a head start before those who came earlier: 60s, or a look-up's field of seconds as <customer.priority> (0s)",
        default=Priority(),
    )


@dataclass(frozen=True, slots=True)
class Voicemail:
    """a voicemail"""

    box: str = key(shapes.name, "the box that the message goes to", name="voicemail")
    go: str = key(destination, "the step after the message")
    longest: float = key(span(5, 3600, "a length of messages"), "how long a message may be (2m)", default=120.0)
    silence: float = key(span(1, 60, "a time of silence"), "how much silence ends a message (5s)", default=5.0)


@dataclass(frozen=True, slots=True)
class Say:
    """a step that only says something"""

    go: str = key(destination, _GO)


@dataclass(frozen=True, slots=True)
class Run:
    """a step that runs a piece"""

    run: str = key(shapes.name, "which piece: the name of a file in the folder pieces, without .yaml")
    given: Mapping[str, Template] = key(
        map_of(shapes.name, text_template, "what the piece needs, and its values"),
        "what the piece needs: names and their values, as text or <name>",
        name="with",
        default={},
    )
    outcomes: Mapping[str, str] = dataclasses.field(default_factory=dict)  # each a key of the step


@dataclass(frozen=True, slots=True)
class Broken:
    """A step that could not be read: where it may lead and what it may save, so that all else is told as it is."""

    leads: tuple[str, ...]
    names: tuple[str, ...] = ()
    anywhere: bool = False  # no destination is written in it at all, so it may be meant to lead to any step


Act = (
    Menu | Ask | Language | Opening | If | Switch | Set | Lookup | Queue | Dial | Voicemail | Survey | Run
    | Say | Broken
)  # fmt: skip

KINDS: dict[str, type] = {
    "menu": Menu,
    "ask": Ask,
    "language": Language,
    "hours": Opening,
    "if": If,
    "switch": Switch,
    "set": Set,
    "lookup": Lookup,
    "queue": Queue,
    "dial": Dial,
    "voicemail": Voicemail,
    "survey": Survey,
    "run": Run,
}
"""The key that makes a step one of a kind; a step with `say` alone is a Say."""


A = TypeVar("A", bound=Act, covariant=True)


@dataclass(frozen=True, slots=True)
class Step(Generic[A]):
    """One named place of a menu file: what is said first, and what it does."""

    name: str
    act: A
    say: Prompt | None = None
    interruptible: bool = True
    goal: str | None = None


@dataclass(frozen=True, slots=True)
class Common:
    """what every step may have"""

    say: Prompt | None = key(words, "what is said first", default=None)
    interruptible: bool = key(shapes.yes_no, "no: keys do not cut off what is said first", default=True)
    goal: str | None = key(shapes.name, "a named outcome that reports count when a caller gets here", default=None)


def prompts(step: Step[Act]) -> Iterator[Prompt]:
    """All prompts of the step, as the file has them."""
    if step.say:
        yield step.say
    if dataclasses.is_dataclass(step.act):
        for spec in dataclasses.fields(step.act):
            value: Any = getattr(step.act, spec.name)
            if isinstance(value, Prompt):
                yield value
    if isinstance(step.act, Menu):
        for option in step.act.options:
            yield option.prompt
    if isinstance(step.act, Survey):
        yield from step.act.yes_no.values()
