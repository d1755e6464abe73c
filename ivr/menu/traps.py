"""What YAML makes of honest mistakes, told in words, and mended so that reading can go on.

Each trap is a thing that people who are no programmers write into prompts: a bare `*` or `#` as a key, a
tab, `: ` inside plain words. YAML's own messages about them name its insides; these name the cure.
"""

from __future__ import annotations

import re
from itertools import islice

import yaml

from ivr.menu.mended import Copy
from ivr.menu.problems import shown

# Traps that a line shows by itself

_BARE_KEY = re.compile(r"[ \t]*(\*(?=\s*->|\s*:)|#(?=\s*->|:\s*[a-z_]+\s*$))")
_QUOTED_KEY = re.compile(r"[ \t]*([\"'][0-9*#][\"'])(?=\s*->)")
_BARE_FLOW_KEY = re.compile(r"[{,]\s*([*#])\s*:")
KEYS = "0123456789*#"
_FLOW_MAP = re.compile(r"\s*[a-z_]+:\s*\{[^}]*")
_KEY_NAMES = {"*": ("star", "an alias"), "#": ("pound", "a comment")}


def line_traps(copy: Copy) -> None:
    """Tells and mends tabs that indent, and bare `*` and `#` as keys."""
    _tabs(copy)
    for number, row in enumerate(copy.rows):
        found = [bare.start(1)] if (bare := _BARE_KEY.match(row)) else []
        if flow := _FLOW_MAP.match(row):
            found += [key.start(1) for key in islice(_BARE_FLOW_KEY.finditer(flow[0]), len(KEYS))]
        if quoted := _QUOTED_KEY.match(row):
            name = _KEY_NAMES.get(quoted[1][1], (quoted[1][1],))[0]
            copy.tell(number, quoted.start(1), f"before an arrow no quotes can stand; write {name} ->", rule="bare-key")
            copy.splice(number, quoted.start(1), 3, name)
        for place in reversed(found):
            name, what = _KEY_NAMES[row[place]]
            copy.tell(
                number, place, f'a bare "{row[place]}" is {what} to YAML; write {name} for that key', rule="bare-key"
            )
            copy.splice(number, place, 1, name)


def _tabs(copy: Copy) -> None:
    run: list[int] = []
    above, width = "", 2
    for number, row in enumerate([*copy.rows, ""]):
        blank = not row.strip() or row.lstrip().startswith("#")
        indent = row[: len(row) - len(row.lstrip(" \t"))]
        if "\t" in indent:
            width = _tab_width(indent, above, width)
            copy.splice(number, 0, len(indent), indent.replace("\t", " " * width))
            if not blank:
                run.append(number)
        elif run:
            more = "" if len(run) == 1 else " and the next" if len(run) == 2 else f" and the {len(run) - 1} after it"
            copy.tell(run[0], 0, f"a tab indents this line{more}; YAML takes spaces only", rule="tab")
            run = []
        if not blank:
            above = copy.rows[number]


def _tab_width(indent: str, above: str, last: int) -> int:
    """How many spaces somebody most likely saw in place of a tab: so many that the line fits the one above."""
    for width in (last, 2, 4, 8):
        spaces = len(indent.replace("\t", " " * width))
        if spaces > _width(above) if above.rstrip().endswith(":") else spaces == _width(above):
            return width
    return last


# Traps that libyaml falls into

_STARTS = "words cannot begin with {} in YAML; put them in double quotes"


def syntax_trap(copy: Copy, error: yaml.MarkedYAMLError, last: yaml.Event | None) -> bool:
    """Tells what a syntax error means for the person who wrote it, and mends the copy, each time a little more.

    `last` is what libyaml read before it. False where nothing more can be mended.
    """
    problem, context = str(error.problem or error), str(error.context or "")
    row, place = _where(copy, error.problem_mark or error.context_mark)
    start, opens = _where(copy, error.context_mark or error.problem_mark)
    before = copy.rows[row][:place]
    if "tab character" in problem or (
        "cannot start any token" in problem and copy.rows[row][place : place + 1] == "\t"
    ):
        place = copy.rows[row].find("\t")
        if place >= 0:
            copy.tell(row, place, "a tab stands here; YAML takes spaces only", rule="tab")
            copy.splice(row, place, 1, " ")
            return True
    elif "mapping values are not allowed" in problem:
        return _colon(copy, row, place)
    elif "could not find expected ':'" in problem:
        return _no_colon(copy, start)
    elif "cannot start any token" in problem or "not allowed in this context" in problem or "node content" in problem:
        return _special(copy, row, place)
    elif any(word in context for word in ("block scalar", "scanning an alias", "scanning an anchor", "a tag")):
        return _special(copy, start, opens)
    elif "unknown escape" in problem or "hexdecimal" in problem or "invalid Unicode" in problem:
        back = copy.rows[row].rfind("\\", 0, place + 1)
        if back >= 0:
            copy.tell(row, back, 'a backslash means something else in double quotes; write "\\\\" for one', rule="yaml")
            copy.sign(row, back, "/")
            return True
    elif "quoted scalar" in context:
        return _open_quote(copy, start, opens)
    elif "flow sequence" in context or "flow mapping" in context:
        return _open_bracket(copy, start, opens)
    elif "expected '-'" in problem:
        message = 'this line stands among the items of a list, and does not begin with "- "; indent it less, or more'
        return _drop(copy, row, place, message, rule="yaml")
    elif "did not find expected key" in problem:
        if isinstance(last, yaml.ScalarEvent) and last.style in ("'", '"') and last.start_mark and before.strip():
            if last.start_mark.line < row:
                return _open_quote(copy, last.start_mark.line, last.start_mark.column)
            message = "words go on after their closing quote; put all of them into one pair of double quotes"
            copy.tell(row, place, message, rule="open-quote")
            copy.sign(row, last.start_mark.column)
            return True
        if before.strip():
            return _brackets(copy, row)
        return _indent(copy, row, place, opens)
    elif "directive" in context:
        return _drop(copy, row, 0, 'a line that begins with "%" is for YAML itself; remove it', rule="yaml")
    elif "document start" in problem:
        ends = [number for number in range(row) if copy.rows[number].startswith("...")]
        if ends:
            return _drop(copy, ends[-1], 0, 'to YAML "..." is the end of the file; remove it', rule="several-documents")
    return _drop(copy, row, place, f"this is not YAML: {context}{': ' if context else ''}{problem}", rule="yaml")


def _where(copy: Copy, mark: yaml.Mark | None) -> tuple[int, int]:
    """The row and the place of a mark; at the end of the file, the last row that has anything."""
    row = min(mark.line if mark else 0, len(copy.rows) - 1)
    place = mark.column if mark else 0
    while row > 0 and not copy.rows[row].strip():
        row, place = row - 1, len(copy.rows[row - 1])
    return row, min(place, len(copy.rows[row]))


def _drop(copy: Copy, row: int, place: int, message: str, *, rule: str) -> bool:
    if not copy.rows[row].strip():
        return False
    copy.tell(row, place, message, rule=rule)
    copy.drop(row)
    return True


def _above(copy: Copy, row: int) -> int | None:
    """The row above that says anything."""
    for number in range(row - 1, -1, -1):
        text = copy.rows[number].strip()
        if text and not text.startswith("#"):
            return number
    return None


def _width(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _is_key(words: str) -> bool:
    """Whether somebody who wrote these words before a colon most likely meant a key, and no words to say."""
    left, arrow, right = words.removeprefix("- ").partition("->")
    return not re.search(r"\s", left.strip()) and (not arrow or not re.search(r"\s", right.strip()))


def _colon(copy: Copy, row: int, place: int) -> bool:
    """A colon where no key can be: inside words, or because something is wrong in the line above."""
    text = copy.rows[row]
    before = text[:place].strip()
    above = _above(copy, row)
    if above is not None and ": " not in before:
        if _width(text) > _width(copy.rows[above]) and re.fullmatch(r"\s*[a-z_][a-z0-9_]*\s*", copy.rows[above]):
            return _no_colon(copy, above)  # most likely the name of a step
        if _width(text) == _width(copy.rows[above]) and not re.search(r":(\s|$)", copy.rows[above]):
            return _no_colon(copy, above)
        if _width(text) > _width(copy.rows[above]) and _is_key(before):
            message = f"{shown(before + ':')} is indented deeper than the line above, as if it were part of that"
            copy.tell(row, _width(text), f"{message}; line it up with its neighbours", rule="yaml")
            copy.splice(row, 0, _width(text), " " * _width(copy.rows[above]))
            return True
    message = 'to YAML the ": " in these words makes them a key; put the words in double quotes'
    copy.tell(row, place, message, rule="colon-in-words")
    copy.guessed.add(row + 1)
    copy.rows[row] = text[:place] + re.sub(r":(?=\s|$)", ";", text[place:])
    return copy.rows[row] != text


def _no_colon(copy: Copy, row: int) -> bool:
    """A line between keys that is none."""
    text = copy.rows[row].rstrip()
    place = _width(text)
    words = text.strip()
    if close := re.match(r"([a-z_]+):(\S)", words):
        copy.tell(row, place + close.start(2), "a space is missing after the colon", rule="yaml")
        copy.splice(row, place + close.start(2), 0, " ")
        return True
    deeper = row + 1 < len(copy.rows) and _width(copy.rows[row + 1]) > place and copy.rows[row + 1].strip()
    if _is_key(words) and deeper:
        copy.tell(row, len(text), f"a colon is missing here: {words}:", rule="yaml")
        copy.splice(row, len(text), 0, ":")
        return True
    if " #" in words:
        message = 'to YAML everything from " #" on is a comment, and so this line has no colon; use double quotes'
        return _drop(copy, row, text.find(" #") + 1, message, rule="swallowed")
    message = 'this line has no colon; write "key: value", or, if it goes on with the words above, indent it deeper'
    return _drop(copy, row, place, message, rule="yaml")


def _special(copy: Copy, row: int, place: int) -> bool:
    """Words that begin with a sign of YAML's own."""
    sign = copy.rows[row][place : place + 1]
    if not sign.strip() or sign == "_":
        return _drop(copy, row, place, "this is not YAML: something is missing here", rule="yaml")
    copy.tell(row, place, _STARTS.format(f'"{sign}"'), rule="special-start")
    copy.sign(row, place)
    return True


def _open_quote(copy: Copy, row: int, place: int) -> bool:
    if copy.rows[row][place : place + 1] not in ("'", '"'):
        return False
    message = "a quote opens here and does not close in this line; close it, or put the words in double quotes"
    copy.tell(row, place, message, rule="open-quote")
    copy.sign(row, place)
    return True


def _open_bracket(copy: Copy, row: int, place: int) -> bool:
    sign = copy.rows[row][place : place + 1]
    if sign not in ("[", "{"):
        return False
    message = f'a "{sign}" opens here and does not close as it should; close it, or put words in double quotes'
    copy.tell(row, place, message, rule="yaml")
    copy.sign(row, place, "(")
    return True


def _brackets(copy: Copy, row: int) -> bool:
    """Something follows a value that was over: after a bracket, or after what YAML took for an alias."""
    text = copy.rows[row]
    if found := re.search(r"(?::|-|^)\s+([\[{])", text):
        message = "brackets or braces around words make a list or map of them; put the words in double quotes"
        copy.tell(row, found.start(1), message, rule="flow-words")
        copy.guessed.add(row + 1)
        copy.rows[row] = text[: found.start(1)] + text[found.start(1) :].translate(str.maketrans("[]{}", "()()"))
        return True
    if found := re.search(r"(?::|-|^)\s+([*&!])", text):
        return _special(copy, row, found.start(1))
    return _drop(copy, row, _width(text), "this is not YAML: the line goes on after its value", rule="yaml")


def _indent(copy: Copy, row: int, place: int, width: int) -> bool:
    """A line that lines up with nothing."""
    if copy.rows[row].startswith("- ", place):
        message = 'an item of a list ("- ") cannot stand here; a key above it has a value already'
        return _drop(copy, row, place, message, rule="yaml")
    if place == width:
        return _drop(copy, row, place, "this is not YAML: a key is expected here", rule="yaml")
    above = _above(copy, row)
    if above is not None and not copy.rows[row].rstrip().endswith(":"):
        width = _width(copy.rows[above])  # a key with its value is a neighbour of what stands above
    message = f"{place} spaces indent this line, and {width} its neighbours; line it up with them"
    copy.tell(row, place, message, rule="yaml")
    copy.splice(row, 0, place, " " * width)
    return True
