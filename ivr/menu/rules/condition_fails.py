"""A condition that fails, or that is neither true nor false, with values of the types that its names have."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.conditions import Condition, names_in
from ivr.menu.flow import Flow
from ivr.menu.names import BUILT_IN
from ivr.menu.problems import Severity
from ivr.menu.steps import If, Menu
from ivr.menu.values import SAMPLES

ID = "condition"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each condition whose names are all known is tried once."""
    known = {**BUILT_IN, **flow.types}
    for step in flow.steps.values():
        tries: list[tuple[str, Condition]] = []
        match step.act:
            case If(when=when):
                tries = [(f"{step.name}.if", when)]
            case Menu(options=options):
                tries = [(f"{option.prompt.address}.if", option.when) for option in options if option.when]
        for address, condition in tries:
            if any(name not in known for name in names_in(condition)):
                continue  # unknown-name says so
            try:
                condition.holds(sample_names(flow))
            except ValueError as error:
                yield address, f"this condition does not work: {error}"


def sample_names(flow: Flow) -> dict[str, object]:
    """A value of the right type for every name, as conditions see them: look-ups as maps of their fields."""
    names: dict[str, object] = {}
    for name, type_ in {**flow.types, **BUILT_IN}.items():
        value = _SAMPLE_CALL.get(name, SAMPLES[type_])
        root, _, field = name.partition(".")
        if not field:
            names.setdefault(name, value)
            continue
        fields = names.get(root)
        if not isinstance(fields, dict):
            fields = names[root] = {}
        fields[field] = value
    return names


_SAMPLE_CALL: dict[str, object] = {"call.tries": 0}
