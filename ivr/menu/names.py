"""The names of a line: which there are, of what type, which are secret, and where each is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.menu.conditions import Condition, names_in
from ivr.menu.flow import LookupSource, Request, Table
from ivr.menu.steps import ANSWERS, Act, Ask, Dial, If, Menu, Queue, Set, Step, Switch, prompts
from ivr.menu.values import Type
from ivr.menu.words import Prompt, Template, Value

BUILT_IN: dict[str, Type] = {
    "call.from": "phone",
    "call.to": "phone",
    "call.language": "text",
    "call.line": "text",
    "call.tries": "number",  # how many of the call's errors (no input, no match, not found) there were so far
    "now": "moment",
}

RESERVED_ROOTS = ("call", "now", "env", "entry", "true", "false", "null", "in", "pause")


@dataclass(frozen=True, slots=True)
class Declared:
    """A name that gets a value somewhere."""

    name: str
    type: Type
    address: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """A name where it is used: in words (with a format, where one is written), a condition, text for machines."""

    name: str
    address: str
    where: str  # "words", "condition", "template", "switch", "dial", "lookup", "priority"
    value: Value | None = None


def declared(steps: Mapping[str, Step[Act]], lookups: Mapping[str, LookupSource]) -> Iterator[Declared]:
    """Every declaration, in the file's order; a name saved in two places comes twice."""
    for name, source in lookups.items():
        for field, type_ in source.gives.items():
            yield Declared(f"{name}.{field}", type_, f".lookups.{name}.gives.{field}")
    copies: list[tuple[str, str, str]] = []
    for step in steps.values():
        match step.act:
            case Ask() as ask:
                yield Declared(ask.save, ANSWERS[ask.type], f"{step.name}.save", ask.hidden)
            case Menu(extension=extension) if extension:
                yield Declared(extension.save, "digits", f"{step.name}.extension.save")
            case Set() as set_:
                for name, template in set_.set.items():
                    if template.only_name:
                        copies.append((name, template.only_name, f"{step.name}.set.{name}"))
                    else:
                        yield Declared(name, _type_of(template), f"{step.name}.set.{name}")
    yield from _copies(copies, steps, lookups)


def _copies(
    copies: list[tuple[str, str, str]], steps: Mapping[str, Step[Act]], lookups: Mapping[str, LookupSource]
) -> Iterator[Declared]:
    """The names that are set to another name's value take that name's type, through any number of copies."""
    if not copies:
        return
    plain = {name: step for name, step in steps.items() if not isinstance(step.act, Set)}
    types: dict[str, Type] = dict(BUILT_IN) | {entry.name: entry.type for entry in declared(plain, lookups)}
    types |= _written(steps)
    of: dict[str, list[str]] = {}  # name -> the names that copy it
    for name, source, _ in copies:
        of.setdefault(source, []).append(name)
    todo = [source for source in of if source in types]
    while todo:
        source = todo.pop()
        for name in of.get(source, ()):
            if name not in types:
                types[name] = _copied(types[source])
                todo.append(name)
    for name, source, address in copies:  # of an unknown source, that is told where it is used
        yield Declared(name, _copied(types[source]) if source in types else types.get(name, "text"), address)


def _written(steps: Mapping[str, Step[Act]]) -> dict[str, Type]:
    """The names that are set to a text."""
    return {
        name: _type_of(template)
        for step in steps.values()
        if isinstance(step.act, Set)
        for name, template in step.act.set.items()
        if not template.only_name
    }


def _type_of(template: Template) -> Type:
    return "digits" if template.source.isascii() and template.source.isdigit() else "text"


def _copied(type_: Type) -> Type:
    return "text" if type_ == "moment" else type_


def used(steps: Mapping[str, Step[Act]], lookups: Mapping[str, LookupSource]) -> Iterator[Used]:
    """Every use of a name, in the file's order."""
    for name, source in lookups.items():
        at = f".lookups.{name}"
        match source:
            case Table(where=where):
                for column, template in where.items():
                    yield from _template(template, f"{at}.where.{column}", "lookup")
            case Request() as request:
                yield from _template(request.url, f"{at}.{'get' if request.get else 'post'}", "lookup")
                for field, template in request.body.items():
                    yield from _template(template, f"{at}.body.{field}", "lookup")
                for field, template in request.headers.items():
                    yield from _template(template, f"{at}.headers.{field}", "lookup")
                if request.filler:
                    yield from _prompt(request.filler)
    for step in steps.values():
        for prompt in prompts(step):
            yield from _prompt(prompt)
        match step.act:
            case If(when=when):
                yield from _condition(when, f"{step.name}.if")
            case Switch(switch=name):
                yield Used(name, f"{step.name}.switch", "switch")
            case Set(set=names):
                for target, template in names.items():
                    yield from _template(template, f"{step.name}.set.{target}", "template")
            case Dial(to=to):
                yield from _template(to, f"{step.name}.dial", "dial")
            case Queue(priority=priority) if priority.name:
                yield Used(priority.name, f"{step.name}.priority", "priority")
            case Menu(options=options):
                for option in options:
                    if option.when:
                        yield from _condition(option.when, f"{option.prompt.address}.if")


def _prompt(prompt: Prompt) -> Iterator[Used]:
    for texts in prompt.texts.values():
        for text in texts:
            for piece in text:
                if isinstance(piece, Value):
                    yield Used(piece.name, prompt.address, "words", piece)


def _condition(condition: Condition, address: str) -> Iterator[Used]:
    for name in names_in(condition):
        yield Used(name, address, "condition")


def _template(template: Template, address: str, where: str) -> Iterator[Used]:
    for name in template.names:
        yield Used(name, address, where)
