"""Conditions: CEL (Common Expression Language), compiled once when a menu file is loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import cel


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that is true or false for a call, such as `booking.status == "open"`."""

    source: str
    program: cel.Program = field(repr=False, compare=False)

    def holds(self, names: Mapping[str, object]) -> bool:
        """Its value for these names. Raises ValueError where it has none: the text says why."""
        try:
            value = self.program.execute(dict(names))
        except Exception as error:  # the library raises whatever fits: TypeError, RuntimeError, ValueError
            raise ValueError(str(error)) from None
        if not isinstance(value, bool):
            raise ValueError(f"it gives a {type(value).__name__}, and not true or false")
        return value


def compile_condition(source: str) -> Condition:
    """The condition. Raises ValueError with CEL's own words on what is wrong."""
    try:
        return Condition(source, cel.compile(source))
    except Exception as error:  # the library's parse errors are ValueError, but a panic is a BaseException's child
        text = str(error).split("\n")[0]
        text = re.sub(r"^Failed to parse expression '.*': ERROR: <input>:\d+:(\d+): ", r"at character \1: ", text)
        raise ValueError(f"this condition does not compile: {text}") from None


_STRING = re.compile(
    r"""r?("""
    r'"""(?:.|\n)*?"""|'
    r'"(?:\\.|[^"\\])*"|'
    r"'(?:\\.|[^'\\])*')"
)
_PATH = re.compile(r"(?<![\w.])([A-Za-z_]\w*)((?:\s*\.\s*[A-Za-z_]\w*(?!\s*\()(?!\w))*)")
_WORDS = {"true", "false", "null", "in"}


def names_in(condition: Condition) -> list[str]:
    """The dotted names that it uses: `call.tries`, `booking.status`; no functions, no text in quotes."""
    bare = _STRING.sub('""', condition.source)
    variables = set(condition.program.references()["variables"])
    found = []
    for match in _PATH.finditer(bare):
        root, rest = match[1], re.sub(r"\s", "", match[2])
        if root in variables and root not in _WORDS and root + rest not in found:
            found.append(root + rest)
    return found
