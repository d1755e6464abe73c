"""What YAML makes of honest mistakes, told in words, and mended so that reading can go on.

Each trap is a thing that people who are no programmers write into prompts: a bare `*` or `#` as a key, a
tab, `: ` inside plain words. YAML's own messages about them name its insides; these name the cure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True)
class Trap:
    """One trap somebody stepped into. Line and column from 1."""

    line: int
    column: int
    rule: str
    message: str


_BARE_KEY = re.compile(r"^(\s*)([*#])(\s*(?:->|:))")
_BARE_FLOW_KEY = re.compile(r"([{,]\s*)([*#])(\s*:)")
_TAB = re.compile(r"^( *)(\t[\t ]*)")
_PLAIN_VALUE = re.compile(r"^(\s*(?:- +)?(?:[^\s:'\"][^:'\"]*: +)?)(?=[^\s'\"|>\[{&*!#])(.*?: .*|.*:)$")
_SPECIAL_START = re.compile(r"^(\s*(?:- +)?(?:[^\s:'\"][^:'\"]*: +)?)([@`%*&!|>\[{].*)$")


def line_traps(text: str) -> tuple[list[Trap], str]:
    """The traps that a line shows by itself, and the text with each of them mended."""
    traps: list[Trap] = []
    if not any(character in text for character in "\t*#"):
        return traps, text
    rows = text.split("\n")
    for number, row in enumerate(rows, 1):
        if tab := _TAB.match(row):
            if row.strip():
                column = len(tab[1]) + 1
                traps.append(Trap(number, column, "tab", "a tab indents this line; YAML takes spaces only"))
            row = tab[1] + "  " * tab[2].count("\t") + tab[2].replace("\t", "") + row[tab.end() :]
        if bare := _BARE_KEY.match(row):
            name = _KEY_NAMES[bare[2]]
            if bare[2] == "*" or "->" in bare[3]:  # "# note: text" is a comment like any other
                traps.append(Trap(number, len(bare[1]) + 1, "bare-key", _bare(bare[2], name)))
                row = bare[1] + name + row[bare.end(2) :]
        for flow in reversed(list(_BARE_FLOW_KEY.finditer(row))):
            if "#" not in row[: flow.start()] and not row.lstrip().startswith(("'", '"')):
                name = _KEY_NAMES[flow[2]]
                traps.append(Trap(number, flow.start(2) + 1, "bare-key", _bare(flow[2], name)))
                row = row[: flow.start(2)] + name + row[flow.end(2) :]
        rows[number - 1] = row
    return traps, "\n".join(rows)


_KEY_NAMES = {"*": "star", "#": "pound"}


def _bare(sign: str, name: str) -> str:
    what = "an alias" if sign == "*" else "a comment"
    return f'a bare "{sign}" is {what} to YAML; write {name} for that key'


def syntax_trap(text: str, error: yaml.MarkedYAMLError) -> tuple[Trap, str | None]:
    """What a syntax error of libyaml means for the person who wrote it, and the text mended, if that can be."""
    mark = error.problem_mark or error.context_mark
    rows = text.split("\n")
    index = min(mark.line if mark else 0, len(rows) - 1)
    column = (mark.column if mark else 0) + 1
    problem = str(error.problem or error)
    row = rows[index]
    if "mapping values are not allowed" in problem:
        message = 'the ": " inside these words makes YAML take them for a key; put the words in double quotes'
        return Trap(index + 1, column, "colon-in-words", message), _quoted(rows, index, _PLAIN_VALUE)
    if "cannot start any token" in problem and "\t" in row:
        trap = Trap(index + 1, row.index("\t") + 1, "tab", "a tab indents this line; YAML takes spaces only")
        return trap, "\n".join([*rows[:index], row.replace("\t", "  "), *rows[index + 1 :]])
    if "cannot start any token" in problem:
        sign = row[column - 1 : column]
        message = f'words cannot begin with "{sign}" in YAML; put them in double quotes'
        return Trap(index + 1, column, "special-start", message), _quoted(rows, index, _SPECIAL_START)
    if "block scalar" in str(error.context):
        message = 'words cannot begin with "|" or ">" in YAML; put them in double quotes'
        return Trap(index + 1, column, "special-start", message), _quoted(rows, index, _SPECIAL_START)
    if "alias" in str(error.context) or "anchor" in str(error.context):
        message = 'words cannot begin with "*" or "&" in YAML; put them in double quotes'
        return Trap(index + 1, column, "special-start", message), _quoted(rows, index, _SPECIAL_START)
    start = error.context_mark.line if error.context_mark else index
    for number in (index, index - 1, start):
        if 0 <= number < len(rows) and re.search(r":\s+[\[{].*[\]}]\s*\S", rows[number]):
            column = re.search(r"[\[{]", rows[number]).start() + 1  # type: ignore[union-attr]
            message = "brackets or braces around words make a list or map of them; put the words in double quotes"
            return Trap(number + 1, column, "flow-words", message), _quoted(rows, number, _SPECIAL_START)
    if "quoted scalar" in str(error.context):
        at = error.context_mark or mark
        message = "a quote opens here and never closes; close it"
        return Trap((at.line if at else index) + 1, (at.column if at else 0) + 1, "open-quote", message), None
    context = f"{error.context}: " if error.context else ""
    return Trap(index + 1, column, "yaml", f"this is not YAML: {context}{problem}"), None


def _quoted(rows: list[str], index: int, pattern: re.Pattern[str]) -> str | None:
    match = pattern.match(rows[index].rstrip())
    if not match or not match[2]:
        return None
    words = match[2].replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join([*rows[:index], f'{match[1]}"{words}"', *rows[index + 1 :]])
