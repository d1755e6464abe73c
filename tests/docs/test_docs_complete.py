"""Nothing that is there is undocumented, and no page points to what is not."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import click
import pytest
from examples import DOCS, PAGES, ROOT
from flask import Flask

from ivr.call.events import Event
from ivr.call.inputs import Input
from ivr.cli import ivr
from ivr.config import LOOKUP_PREFIX, NAMES
from ivr.menu.flow import Limits, Request, Table
from ivr.menu.load import SECTIONS, Header
from ivr.menu.names import BUILT_IN, RESERVED_ROOTS
from ivr.menu.phrases import KNOWN
from ivr.menu.reader import keys_of
from ivr.menu.rules import MANNERS, MANNERS_OF_WAYS, RULES, WITH_MORE
from ivr.menu.steps import ANSWER_TYPES, KINDS, RESERVED, Common, Extension, Say
from ivr.menu.team_lines import LINE_RULES
from ivr.menu.team_rules import RULES as TEAM_RULES
from ivr.menu.values import FORMATS, GIVEN
from ivr.phone.acts import read_act
from ivr.web.clock import NOW_HEADER
from ivr.web.dev import dev
from ivr.web.drafts import VERSION_HEADER

MENUS = (DOCS / "menus.md").read_text("utf-8")
OPERATIONS = (DOCS / "operations.md").read_text("utf-8")
ARCHITECTURE = (DOCS / "architecture.md").read_text("utf-8")
PHONE = (DOCS / "phone.md").read_text("utf-8")
LOAD = (DOCS / "load.md").read_text("utf-8")
VERSIONS = (DOCS / "versions.md").read_text("utf-8")
RULE_PAGE = (DOCS / "rules.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def section(page: str, heading: str) -> str:
    """The text under a heading, up to the next one of its own level or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*)", page, re.MULTILINE | re.DOTALL)
    assert found, f"there is no heading {heading!r}"
    level = len(found[1])
    return re.split(rf"^#{{1,{level}}} ", found[2], maxsplit=1, flags=re.MULTILINE)[0]


def keys(cls: type) -> list[str]:
    """The keys that a dataclass of `ivr.menu` reads."""
    return list(keys_of(cls))


def coded(word: str, text: str) -> bool:
    """Whether the word stands in the text as code."""
    return re.search(rf"`[^`\n]*(?<![\w-]){re.escape(word)}(?![\w-])[^`\n]*`", text) is not None


# The menu language


def test_every_key_of_the_top_is_documented() -> None:
    """Whoever opens a menu file finds each key of its top on the page about menus."""
    text = section(MENUS, "The top of the file")
    assert [word for word in [*keys(Header), *SECTIONS] if f"| `{word}` |" not in text] == []


@pytest.mark.parametrize(("kind", "cls"), [*KINDS.items(), ("say", Say)])
def test_every_key_of_every_kind_of_step_is_documented(kind: str, cls: type) -> None:
    """Each kind of step has a section, which names each of its keys."""
    text = section(MENUS, f"`{kind}`")
    assert [word for word in keys(cls) if not coded(word, text)] == []


@pytest.mark.parametrize(
    ("heading", "cls"),
    [("Steps", Common), ("`menu`", Extension), ("Tables", Table), ("Servers", Request), ("Limits", Limits)],
)
def test_every_other_key_is_documented(heading: str, cls: type) -> None:
    """What steps have in common, extensions, look-ups and limits: each key stands in its section."""
    text = section(MENUS, heading)
    assert [word for word in keys(cls) if not coded(word, text)] == []


@pytest.mark.parametrize(("kind", "cls"), [*KINDS.items(), ("Limits", Limits)])
def test_defaults_are_the_documented_ones(kind: str, cls: type) -> None:
    """Where a table of keys names a default that is a number or a span of time, the code has the same."""
    text = section(MENUS, kind if kind == "Limits" else f"`{kind}`")
    for word, spec in keys_of(cls).items():
        row = re.search(rf"^\| `{word}` \| `?(\d+)s?`? \|", text, re.MULTILINE)
        if row:
            assert float(row[1]) == spec.default, spec.name
        elif isinstance(spec.default, int | float) and not isinstance(spec.default, bool):
            pytest.fail(f"{kind}: the default of {spec.name}, {spec.default}, is not in its table")


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Destinations", RESERVED),
        ("`ask`", ANSWER_TYPES),
        ("Words", FORMATS),
        ("Names and types", (*BUILT_IN, *GIVEN, *RESERVED_ROOTS)),
    ],
)
def test_every_word_of_the_language_is_documented(heading: str, words: tuple[str, ...]) -> None:
    """Reserved destinations, types of answers, formats, built-in names and types."""
    text = section(MENUS, heading)
    assert [word for word in words if not coded(word, text)] == []


def test_the_languages_that_the_service_knows_are_named() -> None:
    """A line can speak these, and the page says so."""
    names = {"en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese"}
    text = section(MENUS, "What the service says by itself")
    assert [code for code in KNOWN if names[code] not in text] == []
    assert set(names) == set(KNOWN)


# The rules of the checker

RULE_AT = {
    "problem": 1,
    "_problem": 1,
    "Problem": 3,
    "Trap": 2,
    "WordsError": 0,
    "checked": 2,
    "pattern": 2,
    "_note": 2,
}
"""Which argument of these calls in `ivr.menu` names a rule."""


def rules_in_code() -> Iterator[str]:
    """Every rule that `ivr.menu` can name in a problem."""
    yield from (rule.ID for rule in (*RULES, *WITH_MORE, *TEAM_RULES, *LINE_RULES))
    yield "value"  # what `pattern` names by default
    for path in sorted((ROOT / "ivr" / "menu").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            place = RULE_AT.get(name)
            named = [keyword.value for keyword in call.keywords if keyword.arg == "rule"]
            if place is not None and place < len(call.args):
                named.append(call.args[place])
            for word in named:
                if isinstance(word, ast.Constant) and re.fullmatch(r"[a-z-]+", str(word.value)):
                    yield str(word.value)


def test_every_rule_is_documented_and_no_other() -> None:
    """Each rule that a problem can name has a heading of its own, and each such heading is a rule."""
    documented = re.findall(r"^### `([a-z-]+)`(?: \(warning\))?$", RULE_PAGE, re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert set(documented) == set(rules_in_code())


def test_warnings_are_marked() -> None:
    """Which rules are warnings alone is what the code says."""
    marked = set(re.findall(r"^### `([a-z-]+)` \(warning\)$", RULE_PAGE, re.MULTILINE))
    assert marked == {rule.ID for rule in (*RULES, *WITH_MORE, *TEAM_RULES, *LINE_RULES) if rule.SEVERITY == "warning"}


@pytest.mark.parametrize("rule", [*MANNERS, *MANNERS_OF_WAYS, *WITH_MORE], ids=lambda rule: rule.ID)
def test_the_docstring_of_a_rule_of_manners_is_its_page(rule: ModuleType) -> None:
    """What, why, a bad and a good example: written once, beside the code that judges."""
    assert section(RULE_PAGE, f"`{rule.ID}` (warning)").strip() == inspect.getdoc(rule)


# Running it


def test_every_setting_is_documented() -> None:
    """Each name that the environment may have stands in the table of settings."""
    text = section(OPERATIONS, "Settings")
    assert [name for name in NAMES if f"`{name}`" not in text] == []
    assert f"`{LOOKUP_PREFIX}…`" in text


def test_every_command_and_flag_is_documented() -> None:
    """Each command stands on the page about running it, each of its flags there or on a page of its own."""
    context = click.Context(ivr)
    missing = []
    for name in ivr.list_commands(context):
        command = ivr.get_command(context, name)
        assert command is not None
        if not coded(f"ivr {name}", OPERATIONS):
            missing.append(name)
        pages = {"serve": section(OPERATIONS, "`ivr serve`"), "call": PHONE, "load": LOAD}
        pages |= dict.fromkeys(("publish", "versions", "rollback", "promote", "retire", "diff"), VERSIONS)
        text = pages.get(name, OPERATIONS)
        flags = [flag for option in command.params if isinstance(option, click.Option) for flag in option.opts]
        missing += [f"{name} {flag}" for flag in flags if flag not in text]
    assert missing == []


def test_every_target_of_make_is_documented() -> None:
    """Each target that bare `make` lists stands on the page about running it, and no other."""
    listed = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"^\| `make ([a-z-]+)` \|", OPERATIONS, re.MULTILINE)
    assert set(named) == set(listed) - {"help"}


def test_every_word_of_a_script_works() -> None:
    """What the page of `ivr call` says that a caller can do, the phone reads."""
    rows = re.findall(r"^\| (`.*?`) \| ", section(PHONE, "Keys"), re.MULTILINE)
    words = [word for row in rows for word in re.findall(r"`([^`]+)`", row)]
    assert len(words) > 12
    for word in words:
        read_act(word)


def test_every_address_of_development_is_documented() -> None:
    """What the service tells in development, and the header of its clock, stand on the page of the browser phone."""
    page = (DOCS / "browser-phone.md").read_text("utf-8")
    app = Flask("ivr.web")
    app.register_blueprint(dev)
    rules = [str(rule).replace("path:", "") for rule in app.url_map.iter_rules() if str(rule).startswith("/dev/")]
    assert len(rules) == 3
    assert [rule for rule in rules if f"| `GET {rule}` |" not in page] == []
    assert f"`{NOW_HEADER}: " in page
    assert f"`{VERSION_HEADER}: " in page


def test_no_setting_or_command_is_invented() -> None:
    """What pages call a setting or a command of ours is one."""
    commands = set(ivr.list_commands(click.Context(ivr)))
    for page in PAGES:
        text = page.read_text("utf-8")
        for name in re.findall(r"\bIVR_[A-Z_]+\b", text):
            assert name in NAMES or name.startswith(LOOKUP_PREFIX), f"{page.name}: {name}"
        for block in re.findall(r"`(ivr [^`]+)`|^    (?:[A-Z_]+=\S+ )*(ivr .*)$", text, re.MULTILINE):
            word = (block[0] or block[1]).split()[1]
            assert word in commands or word.startswith("-"), f"{page.name}: ivr {word}"


# How it is built


@pytest.mark.parametrize("cls", [*get_args(Input), *get_args(Event)], ids=lambda cls: cls.__name__)
def test_every_input_and_event_is_documented(cls: type) -> None:
    """Whoever reads a record finds each kind on the page about how it is built."""
    kind = getattr(cls, "kind", "")
    assert f"| `{kind}` | `{cls.__name__}` |" in section(ARCHITECTURE, "Inputs and events")


def test_the_layers_are_those_of_the_contract() -> None:
    """The table of rooms is the contract that import-linter checks."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    rooms = [re.findall(r"(?<!\()\b[a-z]+\b(?!\))", layer) for layer in layers]
    rows = re.findall(r"^\| \d \| (.*?) \|", section(ARCHITECTURE, "The rooms"), re.MULTILINE)
    assert [re.findall(r"`([a-z]+)`", row) for row in rows] == [layer for layer in rooms if layer]
    for room in (word for layer in rooms for word in layer):
        assert (ROOT / "ivr" / room).is_dir() or (ROOT / "ivr" / f"{room}.py").is_file()
        assert f"`ivr/{room}" in README


def test_every_decision_is_listed() -> None:
    """Each record is numbered, has its three parts, and stands in the list."""
    records = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    listed = (DOCS / "decisions" / "README.md").read_text("utf-8")
    for path in records:
        text = path.read_text("utf-8")
        assert f"({path.name})" in listed
        assert [part for part in ("**Context.**", "**Decision.**", "**Consequences.**") if part not in text] == []


# Every page


def test_every_page_is_on_the_map() -> None:
    """From the README one comes to each page of the documentation."""
    pages = [str(path.relative_to(ROOT)) for path in DOCS.glob("*.md")]
    assert [page for page in pages if f"]({page})" not in README] == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made on the web."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link and picture is a file of the repository, and each anchor a heading of it."""
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for link in links:
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_no_package_index(page: Path) -> None:
    """Where packages come from is each machine's own affair: no page names a host."""
    assert not re.search(r"pypi|pythonhosted|index-url|devpi|artifactory|nexus", page.read_text("utf-8").lower())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_are_clean_text(page: Path) -> None:
    """Lines that editors do not complain about: no tabs, no trailing blanks, one line end at the end."""
    text = page.read_text("utf-8")
    assert "\t" not in text
    assert not re.search(r"[ ]+$", text, re.MULTILINE)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
