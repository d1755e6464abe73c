"""The kinds of step: what each takes, and what it says of itself to whoever writes a menu.

A step is what all steps have (`Step`) around what it does (`Act`). Each act is a dataclass of keys; its
docstring's first line is what problems call it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from ivr.menu import shapes
from ivr.menu.conditions import Condition, compile_condition
from ivr.menu.prompts import LANGUAGE, option_prompt, read_words, words
from ivr.menu.shapes import Reader, Shape, Skip, checked, choice, count, key, list_of, map_of, record, span
from ivr.menu.source import Node
from ivr.menu.values import Type
from ivr.menu.words import Prompt, Template, WordsError, template

RESERVED = ("hangup", "back", "repeat", "start", "operator")
"""Destinations that every line has."""

# Shapes that only steps use

destination = shapes.pattern(shapes.NAME, "the name of a step, or one of " + ", ".join(RESERVED), "destination")

condition: Shape[Condition] = checked(compile_condition, "a condition, such as call.tries < 3", "condition")


def _template(text: str) -> Template:
    try:
        return template(text)
    except WordsError as error:
        raise ValueError(str(error)) from None


def _dialable(text: str) -> Template:
    filled = _template(text)
    if filled.names and filled.only_name is None:
        raise ValueError(f'"{text}" mixes a name with other text; write one <name>, or a whole number')
    if not filled.names and not re.fullmatch(r"\+[1-9]\d{6,14}|sip:\S+@\S+|client:[\w.+-]+", text):
        raise ValueError(
            f'"{text}" cannot be dialled; write a number such as "+15005550100", sip:…, client:… or <name>'
        )
    return filled


def _name(text: str) -> str:
    filled = _template(text) if "<" in text else None
    dotted = filled.only_name if filled else text
    if dotted is None or not re.fullmatch(rf"{shapes.NAME}(\.{shapes.NAME})?", dotted):
        raise ValueError(f'"{text}" is no name, such as stop or booking.status')
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
    raise ValueError(f'"{text}" is no language with its country, such as en-US or es-MX')


_KEYS = {**{str(digit): str(digit) for digit in range(10)}, "star": "*", "pound": "#", "*": "*", "#": "#"}


def _key(text: str) -> str:
    if text not in _KEYS:
        raise ValueError(f'"{text}" is no key; the keys are 0 to 9, star and pound')
    return _KEYS[text]


keypad: Shape[str] = checked(_key, "a key: 0 to 9, star or pound", "menu-key")


@dataclass(frozen=True, slots=True)
class Option:
    """One key of a menu, with its words; offered only while its hours are open and its condition holds."""

    key: str
    to: str
    prompt: Prompt
    hours: str | None = None
    when: Condition | None = None
    goal: str | None = None


@dataclass(frozen=True, slots=True)
class _LongOption:
    """an option in its long form"""

    say: Prompt = key(words)
    hours: str | None = key(shapes.name, default=None)
    when: Condition | None = key(condition, default=None, name="if")
    goal: str | None = key(shapes.name, default=None)


_LONG = {"say", "hours", "if", "goal"}
_OPTION = re.compile(r"^\s*(\S+)\s*->\s*(\S+)\s*$")


def _read_options(node: Node, reader: Reader, address: str) -> tuple[Option, ...]:
    options: dict[str, Option] = {}
    broken = False
    pairs = reader.pairs(node, "the menu's options, such as 1 -> sales: To talk to sales")
    for name, value in pairs:
        try:
            option = _read_option(name, value, reader, address)
        except Skip:
            broken = True
            continue
        if option.key in options:
            first = reader.marks[options[option.key].prompt.address][0]
            reader.problem(name, "duplicate-key", f"key {option.key} is taken already, in line {first}")
            broken = True
        else:
            options[option.key] = option
            reader.mark(option.prompt.address, name)
    if not pairs:
        reader.problem(node, "shape", "a menu has at least one option, such as 1 -> sales: To talk to sales")
        broken = True
    if broken:
        raise Skip
    return tuple(options.values())


def _read_option(name: Node, value: Node, reader: Reader, address: str) -> Option:
    match = _OPTION.match(name.text)
    if not match:
        raise reader.problem(name, "menu-key", f'"{name.text}" is no option; write: KEY -> STEP: words')
    pressed = keypad.read(dataclasses.replace(name, text=match[1]), reader, address)
    to = destination.read(dataclasses.replace(name, text=match[2]), reader, address)
    where = f"{address}.{ {'*': 'star', '#': 'pound'}.get(pressed, pressed) }"
    if value.kind == "map" and not value.flow and any(entry.text in _LONG for entry, _ in value.pairs):
        long = reader.fields(value, _LongOption, where)
        prompt = Prompt(where, long.say.texts)
        return Option(pressed, to, option_prompt(prompt, pressed), long.hours, long.when, long.goal)
    return Option(pressed, to, option_prompt(read_words(value, reader, where), pressed))


_OPTIONS: Shape[tuple[Option, ...]] = Shape(
    _read_options,
    {
        "type": "object",
        "patternProperties": {
            r"^\s*([0-9*#]|star|pound)\s*->\s*[a-z_][a-z0-9_]*\s*$": {
                "anyOf": [words.schema, shapes.object_schema(_LongOption)]
            }
        },
        "additionalProperties": False,
        "minProperties": 1,
    },
    "the menu's options: KEY -> STEP: words",
)


@dataclass(frozen=True, slots=True)
class Extension:
    """longer numbers beside a menu's keys"""

    digits: int = key(count(2, 10, "how many digits an extension has"))
    save: str = key(shapes.name)
    go: str = key(destination)


tries = count(1, 9, "how often the caller may try")
wait = span(1, 60, "how long to wait for the first key")
between = span(1, 20, "how long to wait between keys")


@dataclass(frozen=True, slots=True)
class Menu:
    """a menu"""

    options: tuple[Option, ...] = key(_OPTIONS, name="menu")
    extension: Extension | None = key(record(Extension, "longer numbers: digits, save, go"), default=None)
    tries: int | None = key(tries, default=None)
    wait: float = key(wait, default=5.0)
    between: float = key(between, default=3.0)
    no_input: Prompt | None = key(words, default=None)
    no_match: Prompt | None = key(words, default=None)
    give_up: str = key(destination, default="operator")


def _digits(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?", text)
    if match:
        low, high = int(match[1]), int(match[2] or match[1])
        if 1 <= low <= high <= 32:
            return low, high
    raise ValueError(f'"{text}" is no number of digits; write 4, or 3-8 (at most 32)')


AnswerType = Literal["digits", "date", "money", "phone", "pin", "yes_no"]
ANSWER_TYPES: tuple[AnswerType, ...] = ("digits", "date", "money", "phone", "pin", "yes_no")
ANSWERS: dict[AnswerType, Type] = {
    "digits": "digits", "date": "date", "money": "money", "phone": "phone", "pin": "digits", "yes_no": "yes_no"
}  # fmt: skip
"""The type of the value that each type of answer saves."""


@dataclass(frozen=True, slots=True)
class Ask:
    """a question"""

    ask: Prompt = key(words)
    save: str = key(shapes.name)
    go: str = key(destination)
    type: AnswerType = key(choice(ANSWER_TYPES, "a type of answer"), default="digits")
    digits: tuple[int, int] | None = key(
        checked(_digits, "how many digits: 4, or 3-8", "value", shapes.SCALAR), default=None
    )
    luhn: bool = key(shapes.yes_no, default=False)
    confirm: bool = key(shapes.yes_no, default=False)
    secret: bool = key(shapes.yes_no, default=False)
    tries: int | None = key(tries, default=None)
    wait: float = key(wait, default=5.0)
    between: float = key(between, default=3.0)
    no_input: Prompt | None = key(words, default=None)
    no_match: Prompt | None = key(words, default=None)
    give_up: str = key(destination, default="operator")

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


@dataclass(frozen=True, slots=True)
class Language:
    """a choice of language"""

    languages: tuple[str, ...] = key(list_of(language, "languages to choose from", least=2), name="language")
    go: str = key(destination)


@dataclass(frozen=True, slots=True)
class Opening:
    """a look at the hours"""

    hours: str = key(shapes.name)
    open: str = key(destination)
    closed: str = key(destination)


@dataclass(frozen=True, slots=True)
class If:
    """a condition"""

    when: Condition = key(condition, name="if")
    then: str = key(destination)
    otherwise: str = key(destination, name="else")


@dataclass(frozen=True, slots=True)
class Switch:
    """a switch"""

    switch: str = key(dotted_name)
    cases: Mapping[str, str] = key(
        map_of(checked(str, "a value", "value"), destination, "values and the step of each", least=1)
    )
    otherwise: str = key(destination, name="else")


@dataclass(frozen=True, slots=True)
class Set:
    """a step that sets names"""

    set: Mapping[str, Template] = key(map_of(shapes.name, text_template, "names and their values", least=1))
    go: str = key(destination)


@dataclass(frozen=True, slots=True)
class Lookup:
    """a look-up"""

    lookup: str = key(shapes.name)
    found: str = key(destination)
    not_found: str = key(destination)
    failed: str = key(destination)


@dataclass(frozen=True, slots=True)
class Dial:
    """a call to a number"""

    to: Template = key(checked(_dialable, "a number to dial, or <name>", "phone-number"), name="dial")
    answered: str = key(destination)
    busy: str = key(destination)
    no_answer: str = key(destination)
    failed: str = key(destination)
    allow: tuple[str, ...] = key(list_of(country, "countries that may be dialled"), default=())
    caller_id: str | None = key(shapes.phone, default=None)
    send_digits: str | None = key(shapes.pattern(r"[0-9*#wW]{1,32}", "keys to send: 0-9 * # w"), default=None)
    ring: float = key(span(5, 120, "how long it may ring"), default=30.0)


@dataclass(frozen=True, slots=True)
class Voicemail:
    """a voicemail"""

    box: str = key(shapes.name, name="voicemail")
    go: str = key(destination)
    longest: float = key(span(5, 3600, "how long a message may be"), default=120.0)
    silence: float = key(span(1, 60, "how much silence ends a message"), default=5.0)


@dataclass(frozen=True, slots=True)
class Say:
    """a step that only says something"""

    go: str = key(destination)


@dataclass(frozen=True, slots=True)
class Broken:
    """A step that could not be read: where it may lead, so that other problems are told as they are."""

    leads: tuple[str, ...]


Act = Menu | Ask | Language | Opening | If | Switch | Set | Lookup | Dial | Voicemail | Say | Broken

KINDS: dict[str, type] = {
    "menu": Menu,
    "ask": Ask,
    "language": Language,
    "hours": Opening,
    "if": If,
    "switch": Switch,
    "set": Set,
    "lookup": Lookup,
    "dial": Dial,
    "voicemail": Voicemail,
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

    say: Prompt | None = key(words, default=None)
    interruptible: bool = key(shapes.yes_no, default=True)
    goal: str | None = key(shapes.name, default=None)


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
