"""The steps of a piece as steps of the file that runs it: under the running step's name, all names within moved along.

who:                            who                a Set of what the piece needs, which leads to who.START
  run: identify                 who.number         the piece's step `number`
  with: {shop: <branch>}        <who.account>      what it saved as `account`
  known: main                   main               where its steps lead to `known`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from ivr.menu.conditions import Condition, renamed_condition
from ivr.menu.flow import LookupSource, Request, Table
from ivr.menu.names import RESERVED_ROOTS
from ivr.menu.options import Extension, Option
from ivr.menu.priority import Priority
from ivr.menu.reader import RESERVED
from ivr.menu.sections import Sections
from ivr.menu.shapes import destination
from ivr.menu.steps import Act, Ask, Broken, Lookup, Menu, Opening, Run, Set, Step, Survey, Switch
from ivr.menu.words import Prompt, Template, Text, Value, plain


def entry(step: Step[Act], run: Run, start: str | None) -> Step[Act]:
    """The running step itself: what the piece needs is set, and its start comes next; Broken where it has none."""
    act: Act
    if start is None:
        act = Broken(tuple(run.outcomes.values()), names=(step.name,), anywhere=True)
    else:
        act = Set({f"{step.name}.{need}": template for need, template in run.given.items()}, start)
    return Step(step.name, act, step.say, step.interruptible, step.goal)


def renamed(sections: Sections, use: str, exits: Mapping[str, str], languages: Iterable[str]) -> Sections:
    """A piece's sections as the file has them that runs it in the step `use`, which leads its outcomes to `exits`."""
    moving = _Moving(use, exits, tuple(languages))
    return Sections(
        {f"{use}.{name}": hours for name, hours in sections.hours.items()},
        {f"{use}.{name}": moving.lookup(source) for name, source in sections.lookups.items()},
        {f"{use}.{name}": moving.step(step) for name, step in sections.steps.items()},
    )


def moved_destination(to: str, use: str, exits: Mapping[str, str]) -> str:
    """Where a destination of a piece that runs in the step `use` leads, as the file around it has it."""
    return to if to in RESERVED else exits.get(to) or f"{use}.{to}"


class _Moving:
    """Where each kind of name moves."""

    def __init__(self, use: str, exits: Mapping[str, str], languages: tuple[str, ...]) -> None:
        self._use = use
        self._exits = exits
        self._languages = languages

    def step(self, step: Step[Act]) -> Step[Act]:
        return Step(
            f"{self._use}.{step.name}", self._act(step.act), self._maybe(step.say), step.interruptible, step.goal
        )

    def lookup(self, source: LookupSource) -> LookupSource:
        match source:
            case Table(where=where):
                return replace(source, where={column: self._template(text) for column, text in where.items()})
            case Request():
                return replace(
                    source,
                    get=source.get and self._template(source.get),
                    post=source.post and self._template(source.post),
                    body={name: self._template(text) for name, text in source.body.items()},
                    headers={name: self._template(text) for name, text in source.headers.items()},
                    filler=self._maybe(source.filler),
                )

    def _act(self, act: Act) -> Act:
        changed: dict[str, Any] = {}
        for spec in fields(act):
            value = getattr(act, spec.name)
            if spec.metadata.get("shape") is destination:
                changed[spec.name] = self._to(value)
            elif isinstance(value, Prompt):
                changed[spec.name] = self._prompt(value)
            elif isinstance(value, Template):
                changed[spec.name] = self._template(value)
            elif isinstance(value, Condition):
                changed[spec.name] = renamed_condition(value, self._name)
        match act:
            case Menu(options=options, extension=extension):
                changed["options"] = tuple(map(self._option, options))
                changed["extension"] = extension and self._extension(extension)
            case Ask(save=save):
                changed["save"] = self._name(save)
            case Opening(hours=hours):
                changed["hours"] = f"{self._use}.{hours}"
            case Lookup(lookup=lookup):
                changed["lookup"] = f"{self._use}.{lookup}"
            case Switch(switch=name, cases=cases):
                changed["switch"] = self._name(name)
                changed["cases"] = {value: self._to(to) for value, to in cases.items()}
            case Set(set=names):
                changed["set"] = {self._name(name): self._template(text) for name, text in names.items()}
            case Survey(yes_no=questions):
                changed["yes_no"] = {name: self._prompt(prompt) for name, prompt in questions.items()}
            case Broken(leads=leads, names=names):
                changed |= {"leads": tuple(map(self._to, leads)), "names": tuple(map(self._name, names))}
        if isinstance(priority := getattr(act, "priority", None), Priority) and priority.name:
            changed["priority"] = Priority(name=self._name(priority.name))
        return replace(act, **changed)

    def _to(self, to: str) -> str:
        return moved_destination(to, self._use, self._exits)

    def _name(self, name: str) -> str:
        return name if name.partition(".")[0] in RESERVED_ROOTS else f"{self._use}.{name}"

    def _option(self, option: Option) -> Option:
        return replace(
            option,
            to=self._to(option.to),
            prompt=self._prompt(option.prompt),
            hours=option.hours and f"{self._use}.{option.hours}",
            when=option.when and renamed_condition(option.when, self._name),
        )

    def _extension(self, extension: Extension) -> Extension:
        return replace(extension, save=self._name(extension.save), go=self._to(extension.go))

    def _maybe(self, prompt: Prompt | None) -> Prompt | None:
        return prompt and self._prompt(prompt)

    def _prompt(self, prompt: Prompt) -> Prompt:
        """The words in the line's languages alone; those of look-ups have an address that begins with a dot."""
        address = re.sub(r"^(\.lookups\.|)", rf"\g<1>{self._use}.", prompt.address)
        texts = {
            language: tuple(map(self._text, prompt.texts[language]))
            for language in self._languages
            if language in prompt.texts
        }
        return Prompt(address, texts)

    def _template(self, template: Template) -> Template:
        pieces = self._text(template.pieces)
        return Template(plain(pieces), pieces)

    def _text(self, text: Text) -> Text:
        return tuple(replace(it, name=self._name(it.name)) if isinstance(it, Value) else it for it in text)
