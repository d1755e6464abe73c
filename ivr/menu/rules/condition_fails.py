"""A condition that fails, or that is neither true nor false, with values of the types that its names have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from ivr.menu.conditions import Condition, compared, compared_names, names_in, nested
from ivr.menu.flow import Flow
from ivr.menu.names import BUILT_IN
from ivr.menu.problems import Severity, all_of, shown
from ivr.menu.steps import If, Menu
from ivr.menu.values import SAMPLES, Type

ID = "condition"
SEVERITY: Severity = "error"

MOST_TRIED = 64
"""Sets of values that a condition is tried with."""


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each condition whose names are all known: what it compares with what, and then its value."""
    known: dict[str, Type] = {**flow.types, **BUILT_IN}
    for address, condition in conditions(flow):
        names = names_in(condition)
        if any(name not in known or name in flow.secrets for name in names):
            continue  # another rule says so
        types = {name: known[name] for name in names}
        message = _nonsense(condition, types) or _failure(condition, types)
        if message:
            yield address, message


def conditions(flow: Flow) -> Iterator[tuple[str, Condition]]:
    """Every condition of the line, with its address."""
    for step in flow.steps.values():
        match step.act:
            case If(when=when):
                yield f"{step.name}.if", when
            case Menu(options=options):
                for option in options:
                    if option.when:
                        yield f"{option.prompt.address}.if", option.when


_NUMBERS = ("number", "money")


def _nonsense(condition: Condition, types: dict[str, Type]) -> str | None:
    """A comparison that is the same for every caller: CEL finds that a text just never equals a number."""
    for name, literal in compared(condition):
        type_ = types.get(name)
        if type_ is None:
            continue
        kind = "text" if literal[0] in "\"'" else "yes or no" if literal in ("true", "false") else "number"
        wanted = "number" if type_ in _NUMBERS else "yes or no" if type_ == "yes_no" else "text"
        if kind != wanted:
            better = {"number": "write a number", "yes or no": "write true or false", "text": f'write "{literal}"'}
            return f'"{name}" is of type {type_}, and {literal} is {_A[kind]}; {better[wanted]}'
    for one, other in compared_names(condition):
        if one in types and other in types and not _may_be_alike(types[one], types[other]):
            message = f'"{one}" is of type {types[one]}, and "{other}" of type {types[other]}'
            return f"{message}: these are never alike; compare what is of one type"
    return None


_FAMILY: dict[Type, str] = {
    "text": "text", "digits": "digits", "phone": "phone", "date": "date", "moment": "date", "time": "time",
    "number": "number", "money": "number", "yes_no": "yes or no",
}  # fmt: skip
"""What can be compared with what: values of one family."""


def _may_be_alike(one: Type, other: Type) -> bool:
    """Whether values of the two types can be equal: text can be whatever is kept as text, digits a number to call."""
    if _FAMILY[one] == _FAMILY[other]:
        return True
    kept_as_text = {"digits", "phone", "date", "time", "text", "moment"}
    return {one, other} <= kept_as_text and ("text" in (one, other) or {one, other} == {"digits", "phone"})


_A = {"text": "text", "yes or no": "yes or no", "number": "a number"}


def _failure(condition: Condition, types: dict[str, Type]) -> str | None:
    """What goes wrong with some values: a usual one of each type, and those that the condition itself names."""
    written: dict[str, list[object]] = {}
    for name, literal in compared(condition):
        value = _value(literal)
        if name in types and _fits(value, types[name]):
            written.setdefault(name, []).append(value)
    choices = [[_sample(name, type_), *written.get(name, [])] for name, type_ in types.items()]
    for values in islice(product(*choices), MOST_TRIED):
        try:
            condition.holds(nested(dict(zip(types, values, strict=True))))
        except ValueError as error:
            return _message(str(error), types)
    return None


def _sample(name: str, type_: Type) -> object:
    return 0 if name == "call.tries" else SAMPLES[type_]


def _value(literal: str) -> object:
    if literal in ("true", "false"):
        return literal == "true"
    return literal[1:-1] if literal[0] in "\"'" else float(literal)


_FITS = {"digits": r"[0-9]+", "date": r"\d{4}-\d\d-\d\d", "time": r"\d\d:\d\d", "phone": r"\+[0-9]+", "moment": r"(?!)"}


def _fits(value: object, type_: Type) -> bool:
    """Whether a call can have the value under a name of the type."""
    return not isinstance(value, str) or re.fullmatch(_FITS.get(type_, ".*"), value) is not None


def _message(error: str, types: dict[str, Type]) -> str:
    """The library's words in ours, where a person can do something about it."""
    listed = all_of(f"{name} is of type {type_}" for name, type_ in types.items())
    if function := re.search(r"Undefined variable or function: '(\w+)'", error):
        if function[1] == "size":
            return f"size() takes text ({listed})"
        return f'there is no function "{function[1]}" for this ({listed})'
    if "float" in error and "int" in error:
        return f"to calculate with numbers, write them with a point, such as 1.0 ({listed})"
    if "overload" in error or "Unsupported operation" in error:
        return f"it compares or combines what does not fit together ({listed})"
    if error.startswith("it gives"):
        return f"{error}; compare it with something ({listed})" if types else error
    return f"this condition does not work: {shown(error.splitlines()[0], 120)}"
