"""Conditions: CEL (Common Expression Language), compiled once when a menu file is loaded.

The library is Rust. Its parser refuses deep nesting and its regular expressions take linear time
(measured); what is left to bound is length, nesting by our own words, and loops, which menus have no use for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import cel

from ivr.menu.problems import shown

LONGEST = 1_000
DEEPEST = 20


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
            raise ValueError(f"it gives a {_TYPES.get(type(value), type(value).__name__)}, and not true or false")
        return value


_TYPES = {str: "text", int: "number", float: "number", list: "list", dict: "map"}


def compile_condition(source: str) -> Condition:
    """The condition. Raises ValueError that says what is wrong, and where."""
    if len(source) > LONGEST:
        raise ValueError(f"a condition has at most {LONGEST:,} characters, and this one {len(source):,}")
    bare = _without_text(source)
    if _depth(bare) > DEEPEST:
        raise ValueError(f"a condition is nested at most {DEEPEST} deep; split it into several steps")
    if loop := _LOOP.search(bare):
        raise ValueError(f'"{loop[1]}" goes through lists, and menus have none')
    try:
        return Condition(source, cel.compile(source))
    except Exception as error:  # its parse errors are ValueError
        raise ValueError(f"this condition does not compile{_reason(source, bare, str(error))}") from None


_LOOP = re.compile(r"\.\s*(all|exists|exists_one|map|filter)\s*\(")


def _depth(bare: str) -> int:
    depth = deepest = 0
    for sign in bare:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(depth, deepest)
    return deepest


_HINTS = (
    (re.compile(r"(?<![=!<>])=(?!=)"), 'write "==" to compare'),
    (re.compile(r"\b(and|AND)\b|(?<!&)&(?!&)"), 'write "&&" for and'),
    (re.compile(r"\b(or|OR)\b|(?<!\|)\|(?!\|)"), 'write "||" for or'),
    (re.compile(r"\b(not|NOT)\b"), 'write "!" for not'),
    (re.compile(r"<>"), 'write "!=" for not equal'),
    (re.compile("[\u201c\u201d\u201e\u2018\u2019]"), "write straight quotes"),
    (re.compile(r"<[a-z_.]+>"), "names stand without < > here"),
)


def _reason(source: str, bare: str, error: str) -> str:
    """Where CEL stopped, and what is most likely meant."""
    reserved = re.search(r"reserved identifier: (\w+)", error)
    if reserved:
        return f': "{reserved[1]}" is a word of the language of conditions; give that name another name'
    place = re.search(r"ERROR: <input>:\d+:(\d+): ", error)
    at = f" at character {place[1]}, {shown(source[int(place[1]) - 1 :], 20)}" if place else ""
    if place and int(place[1]) > len(source):
        at = ": it breaks off at its end"
    hints = [hint for wrong, hint in _HINTS if wrong.search(bare)]
    return at + (f"; {hints[0]}" if hints else '; write such as booking.status == "open" && call.tries < 3')


_STRING = re.compile(
    r"""r?("""
    r'"""(?:.|\n)*?"""|'
    r'"(?:\\.|[^"\\])*"|'
    r"'(?:\\.|[^'\\])*')"
)
_PARTS = re.compile(f"({_STRING.pattern.replace('(', '(?:', 1)})")
_PATH = re.compile(r"(?<![\w.])([A-Za-z_]\w*)((?:\s*\.\s*[A-Za-z_]\w*(?!\s*\()(?!\w))*)")
_WORDS = {"true", "false", "null", "in"}


def _without_text(source: str) -> str:
    """The source with nothing between its quotes."""
    return _STRING.sub('""', source)


def names_in(condition: Condition) -> list[str]:
    """The dotted names that it uses: `call.tries`, `booking.status`; no functions, no text in quotes."""
    bare = _without_text(condition.source)
    variables = set(condition.program.references()["variables"])
    found = []
    for match in _PATH.finditer(bare):
        root, rest = match[1], re.sub(r"\s", "", match[2])
        if root in variables and root not in _WORDS and root + rest not in found:
            found.append(root + rest)
    return found


def renamed_condition(condition: Condition, renamed: Callable[[str], str]) -> Condition:
    """The same condition of other names: each dotted name that it uses is what `renamed` makes of it."""
    used = set(names_in(condition))

    def moved(match: re.Match[str]) -> str:
        path = re.sub(r"\s", "", match[0])
        return renamed(path) if path in used else match[0]

    source = "".join(
        part if _STRING.fullmatch(part) else _PATH.sub(moved, part) for part in _PARTS.split(condition.source) if part
    )
    return Condition(source, cel.compile(source))


def nested(values: Mapping[str, object]) -> dict[str, object]:
    """Values by dotted names as conditions see them: `{"booking.status": 1}` is `{"booking": {"status": 1}}`.

    Of a name that is both a value and a map, as no file that checks has it, the first counts.
    """
    names: dict[str, object] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        fields: object = names
        for root in above:
            fields = fields.setdefault(root, {}) if isinstance(fields, dict) else None
        if isinstance(fields, dict):
            fields.setdefault(last, value)
    return names


_LITERAL = r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|-?[0-9]+(?:\.[0-9]+)?|true\b|false\b)"""
_DOTTED = r"((?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
_COMPARED = re.compile(rf"{_DOTTED}\s*([=!<>]=|[<>])\s*{_LITERAL}|{_LITERAL}\s*([=!<>]=|[<>])\s*{_DOTTED}(?!\s*[.(])")


def compared(condition: Condition) -> list[tuple[str, str]]:
    """Each name that it compares with something written out, and that: `("booking.status", '"open"')`."""
    return [(match[1] or match[6], match[3] or match[4]) for match in _COMPARED.finditer(condition.source)]


_NAMES = re.compile(rf"{_DOTTED}\s*([=!<>]=|[<>])\s*{_DOTTED}(?!\s*[.(\[])")


def compared_names(condition: Condition) -> list[tuple[str, str]]:
    """Each two names that it compares with one another: `("booking.due", "amount")`."""
    bare = _without_text(condition.source)
    return [(match[1], match[3]) for match in _NAMES.finditer(bare) if not {match[1], match[3]} & _WORDS]
