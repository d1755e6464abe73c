"""Golden pairs: what `ivr check` prints for each menu file of err/, word for word.

`err/NAME.yaml` is a menu file with one kind of mistake, `err/NAME.out` the lines that it gets (FILE is the bare
name). After a change of words: `IVR_REGENERATE=1 python -m pytest tests/menu/test_menu_golden.py`, and then read
every .out that changed as somebody who is no programmer: is it true, does it say where, and what to write instead?
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from snippets import TOP, line

import ivr.menu
from ivr.menu import load
from ivr.menu.rules import RULES
from ivr.menu.sections import MOST_STEPS
from ivr.menu.source import LARGEST

REGENERATE = bool(os.environ.get("IVR_REGENERATE"))
ERR = Path(__file__).parent / "err"

MADE: dict[str, Mapping[str, bytes]] = {
    "number_taken": {"first.yaml": line(), "number_taken.yaml": line()},
    "too_large": {"too_large.yaml": b"# " + b"x" * LARGEST},
    "too_many_steps": {
        "too_many_steps.yaml": (
            TOP + "steps:\n" + "".join(f"  s{number}: {{go: hangup}}\n" for number in range(MOST_STEPS + 1))
        ).encode()
    },
}
"""Mistakes that are too large for a file here, or that need two."""


def names() -> list[str]:
    """Every pair, by name."""
    return sorted([path.stem for path in ERR.glob("*.yaml")] + list(MADE))


def problems(name: str) -> str:
    """What is wrong with that file, as `ivr check` prints it."""
    files = MADE.get(name) or {f"{name}.yaml": (ERR / f"{name}.yaml").read_bytes()}
    tables = {table.name: table.read_bytes() for table in ERR.glob("*.csv")}
    return "".join(f"{problem}\n" for problem in load(files, tables).problems)


@pytest.mark.parametrize("name", names())
def test_a_mistake_gets_exactly_these_problems(name: str) -> None:
    """Each mistake is told once, where it stands, with what to write instead; nothing else is told."""
    golden = ERR / f"{name}.out"
    found = problems(name)
    if REGENERATE:
        golden.write_text(found, "utf-8")
    assert found, "a file with a mistake has a problem"
    assert found == golden.read_text("utf-8")


def test_no_out_is_without_its_file() -> None:
    """A pair is a pair."""
    assert {path.stem for path in ERR.glob("*.out")} == set(names())


def rules_in(path: Path) -> Iterator[str]:
    """The rules that a module of ivr/menu names: what stands where a rule stands in a call that tells a problem."""
    places = {"problem": 1, "_problem": 1, "WordsError": 0, "Problem": 3, "checked": 2, "pattern": 2, "_note": 2}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
        if name in places:
            named += node.args[places[name] :][:1]
        for value in named:
            for constant in ast.walk(value):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    yield constant.value


def test_every_rule_has_a_pair() -> None:
    """Each rule's ID, and each rule that reading a file can name, stands in some .out."""
    pairs = [*ERR.glob("*.out"), *ERR.with_name("err_team").glob("*.out")]
    pairs.append(ERR.with_name("err_pieces.out"))
    rows = (row for path in pairs for row in path.read_text("utf-8").splitlines())
    told = {row.split()[2] for row in rows if not row.startswith("##")}
    folder = Path(ivr.menu.__file__).parent
    named = {rule for path in folder.glob("*.py") for rule in rules_in(path)} | {rule.ID for rule in RULES}
    assert len(named) > 45
    assert named - told == set()


def test_every_rule_says_what_it_is_for() -> None:
    """A rule's docstring is its page of documentation; IDs are its own."""
    assert all(len(rule.__doc__ or "") > 20 for rule in RULES)
    assert len({rule.ID for rule in RULES}) >= len(RULES) - 1


def test_all_problems_of_a_file_are_told_at_once() -> None:
    """A dozen different mistakes, two of YAML's traps and a step that cannot be read among them: all are listed."""
    rows = problems("a_dozen").splitlines()
    rules = [row.split()[2] for row in rows]
    assert len(rows) == 16
    assert {
        "timezone", "hours", "colon-in-words", "bare-key", "missing-language", "duplicate-key", "unknown-key", "value",
        "swallowed", "phone-number", "missing-key", "unknown-hours", "yaml", "unreachable", "condition",
    } <= set(rules)  # fmt: skip
    assert [int(row.split(":")[1]) for row in rows] == sorted(int(row.split(":")[1]) for row in rows)
