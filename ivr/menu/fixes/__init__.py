"""What `ivr check --fix` does: the rules whose findings can be mended without asking, each by lines of the file.

Lines are moved, added, or shortened at the place of the finding; all others stay as they are, byte by byte, so that
comments and layout are kept whatever they look like. A library that writes YAML anew keeps less: ruamel.yaml 0.19, with
quotes preserved, made the number `+15005550007` of a file `15005550007`, since to YAML it is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ivr.menu.fixes import hide_answer, key_in_words, options_in_order, remove_silence
from ivr.menu.problems import Problem
from ivr.menu.rules import key_order, names_key, sensitive_name, unused_silence
from ivr.menu.source import Node, parse

Fix = Callable[[list[str], Node, Problem], list[str] | None]
"""The rows of a file (with their breaks), its root, and a finding: the rows without it, None where that cannot be."""

FIXES: dict[str, Fix] = {
    key_order.ID: options_in_order.fix,
    names_key.ID: key_in_words.fix,
    sensitive_name.ID: hide_answer.fix,
    unused_silence.ID: remove_silence.fix,
}
"""By rule."""

MOST = 500
"""Fixes of one file in one run."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file after its fixes, and the findings that they mended, as they stood before each."""

    data: bytes
    mended: tuple[Problem, ...]


def fixed(file: str, data: bytes, check: Callable[[bytes], tuple[Problem, ...]]) -> Fixed:
    """Mends what can be mended. `check` says what is wrong with the file's bytes, in it and elsewhere.

    A file with an error stays as it is. Each fix is checked by itself: where it brings an error, or another finding of
    its rule, or does not take its own away, it is not made.
    """
    now = check(data)
    mended: list[Problem] = []
    tried: set[tuple[str, str, int]] = set()
    while len(mended) < MOST and not _errors(now):
        step = next(_steps(file, data, now, tried, check), None)
        if step is None:
            break
        problem, data, now = step
        mended.append(problem)
    return Fixed(data, tuple(mended))


def _steps(
    file: str,
    data: bytes,
    now: tuple[Problem, ...],
    tried: set[tuple[str, str, int]],
    check: Callable[[bytes], tuple[Problem, ...]],
) -> Iterator[tuple[Problem, bytes, tuple[Problem, ...]]]:
    """Each fix that is good: its finding, the bytes after it, and what is wrong with these."""
    findings = [it for it in now if it.file == file and it.rule in FIXES]
    if not findings or (rows := _rows(data)) is None:
        return
    root = parse(file, data).root
    for problem in findings if root is not None else ():
        key = (problem.rule, rows[problem.line - 1], _count(now, problem.rule))
        if key in tried:
            continue
        tried.add(key)
        assert root is not None  # noqa: S101 - there would be no findings
        new = FIXES[problem.rule](list(rows), root, problem)
        if new is None:
            continue
        changed = b"".join(row.encode() for row in new)
        changed = (_MARK if data.startswith(_MARK) else b"") + changed
        after = check(changed)
        if not _errors(after) and _count(after, problem.rule) < _count(now, problem.rule):
            yield problem, changed, after


_MARK = b"\xef\xbb\xbf"


def _rows(data: bytes) -> list[str] | None:
    """The rows with their line breaks; None where they are not what the checker counts, or no text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "\r" in text.replace("\r\n", ""):
        return None
    return [row + "\n" for row in text.split("\n")[:-1]] + ([last] if (last := text.rsplit("\n", 1)[-1]) else [])


def _errors(problems: tuple[Problem, ...]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _count(problems: tuple[Problem, ...], rule: str) -> int:
    return sum(problem.rule == rule for problem in problems)
