"""The options of a menu: keys, where each leads, and its words."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ivr.menu import shapes
from ivr.menu.conditions import Condition, compile_condition
from ivr.menu.phrases import KNOWN, phrase
from ivr.menu.problems import shown
from ivr.menu.prompts import key_name, option_prompt, read_words, words
from ivr.menu.reader import Reader, Shape, Skip, key
from ivr.menu.shapes import checked, count, destination
from ivr.menu.source import Node
from ivr.menu.words import Prompt, plain

condition: Shape[Condition] = checked(compile_condition, "a condition, such as call.tries < 3", "condition")

KEYS = {**{str(digit): str(digit) for digit in range(10)}, "star": "*", "pound": "#", "*": "*", "#": "#"}


def _key(text: str) -> str:
    if text not in KEYS:
        raise ValueError(f"{shown(text)} is no key; the keys are 0 to 9, star and pound")
    return KEYS[text]


def keypad_name(key: str) -> str:
    """What files call a key: "1", "star", "pound"."""
    return {"*": "star", "#": "pound"}.get(key, key)


keypad: Shape[str] = checked(
    _key,
    "a key: 0 to 9, star or pound",
    "menu-key",
    {"type": ["string", "integer"], "pattern": r"^\s*([0-9*#]|star|pound)\s*$"},
)


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
class LongOption:
    """an option of a menu"""

    say: Prompt = key(words, 'the words of the option; the service adds "press 1" itself')
    hours: str | None = key(shapes.name, "the hours (named at the top) in which it is offered", default=None)
    when: Condition | None = key(condition, "a condition: offered only where it holds", default=None, name="if")
    goal: str | None = key(shapes.name, "a named outcome that reports count when it is chosen", default=None)


_LONG = {"say", "hours", "if", "goal"}


def read_options(node: Node, reader: Reader, address: str) -> tuple[Option, ...]:
    """The options under `menu:`. Raises Skip after noting the problems of all."""
    options: dict[str, Option] = {}
    broken = False
    pairs = reader.pairs(node, "a menu's options, such as 1 -> sales: To talk to sales")
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
    if not node.pairs:
        reader.problem(node, "shape", "a menu has at least one option, such as 1 -> sales: To talk to sales")
        broken = True
    if broken:
        raise Skip
    return tuple(options.values())


def _read_option(name: Node, value: Node, reader: Reader, address: str) -> Option:
    left, arrow, right = name.text.partition("->")
    if not arrow:
        message = f'{shown(name.text)} is no option; write the key, an arrow and a step, such as "1 -> sales: words"'
        raise reader.problem(name, "menu-key", message)
    pressed = keypad.read(dataclasses.replace(name, text=left), reader, address)
    to = destination.read(dataclasses.replace(name, text=right), reader, address)
    where = f"{address}.{keypad_name(pressed)}"
    if value.kind == "map" and not value.flow and any(entry.text in _LONG for entry, _ in value.pairs):
        long = reader.fields(value, LongOption, where, at=name)
        prompt = Prompt(where, long.say.texts)
        return Option(pressed, to, option_prompt(prompt, pressed), long.hours, long.when, long.goal)
    return Option(pressed, to, option_prompt(read_words(value, reader, where), pressed))


def option_words(option: Option, language: str) -> str:
    """The words of an option in a language, without the key, which the service says itself; a value by its name."""
    spoken = plain(option.prompt.texts[language][0])
    if language.split("-")[0] in KNOWN:
        around = phrase("option", language).replace("{key}", key_name(option.key, language))
        before, _, after = around.partition("{words}")
        spoken = spoken.removeprefix(before).removesuffix(after)
    return spoken.strip()


OPTIONS: Shape[tuple[Option, ...]] = Shape(
    read_options,
    {
        "type": "object",
        "patternProperties": {
            rf"^\s*([0-9*#]|star|pound)\s*->\s*{shapes.NAME}\s*$": {
                "anyOf": [words.schema, shapes.object_schema(LongOption)]
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
    save: str = key(shapes.name, "the name under which the digits are kept")
    go: str = key(destination, "the step that comes next")
