"""The examples of the documentation: how they are marked, found, and made into whole menu files.

A fenced block of one of these kinds is checked; any other is prose:

    ```yaml                   a whole menu file; it has no problem at all
    ```yaml fragment steps    steps of a line: put under `steps:` of a small one
    ```yaml fragment top      keys of the top of a line: put in the place of a small one's
    ```yaml piece NAME        a piece, which the other examples can run
    ```diff steps, diff top   the same, twice: with the lines that begin with "-", and with those with "+"
    ```diff team              a whole team.yaml, likewise

The small line speaks en-US and has the hours `office` and the look-up `booking`. A fragment's first step is its
start. Steps that a fragment names and does not have are there if they are called main, person, message or goodbye.
Where a rule asks what lies beside a line, that is `TEAM` and `TABLES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ivr.menu import Problem, load
from ivr.menu.team_lines import LINE_RULES
from ivr.menu.team_load import load_team

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOP = {
    "line": "line: Example\n",
    "numbers": 'numbers: ["+15005550090"]\n',
    "timezone": "timezone: America/Chicago\n",
    "country": "country: US\n",
    "languages": "languages: [en-US]\n",
    "start": "start: main\n",
}
USED = {
    "hours": "hours:\n  office: Mo-Fr 08:00-18:00; PH off\n",
    "lookups": "lookups:\n  booking:\n    table: bookings.csv\n    where: {booking: <call.from>}\n"
    "    gives: {status: text}\n",
}
STEPS = (
    "steps:\n  main:\n    ask: Enter a number.\n    digits: 4\n    save: number\n    go: goodbye\n"
    "  goodbye:\n    say: Goodbye.\n    go: hangup\n"
)
STUBS = {
    "main": "  main:\n    menu:\n      1 -> hangup: To end this call\n",
    "person": '  person:\n    dial: "+15005550100"\n    answered: hangup\n    busy: hangup\n'
    "    no_answer: hangup\n    failed: hangup\n",
    "message": "  message:\n    voicemail: office\n    go: hangup\n",
    "goodbye": "  goodbye:\n    say: Goodbye.\n    go: hangup\n",
}

TEAM = b"""\
desk: ["+15005550300"]
agents:
  ana: {name: Ana Ruiz, phone: "+15005550401", languages: [en-US], pin: "4821"}
queues:
  bookings: {agents: [ana]}
"""
TABLES = {"bookings.csv": b"booking,status\n1,open\n"}
CUT_OUT = {"unused", "unused-save"}
"""The rules that a fragment cannot heed: what uses its values, hours and look-ups is elsewhere in its line."""


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block: its page and line, the nearest heading above it, what its fence says, and its text."""

    page: str
    line: int
    heading: str
    info: str
    text: str

    def __str__(self) -> str:
        """Where it stands, as tests are named."""
        return f"{self.page}:{self.line}"


@cache
def examples() -> tuple[Example, ...]:
    """All fenced blocks of the documentation."""
    return tuple(example for page in PAGES for example in _of(page))


def _of(page: Path) -> Iterator[Example]:
    text = page.read_text("utf-8")
    for match in FENCE.finditer(text):
        before = text[: match.start()]
        headings = re.findall(r"^#+ (.*)$", before, re.MULTILINE)
        name = str(page.relative_to(ROOT))
        yield Example(name, before.count("\n") + 1, headings[-1] if headings else "", match[1].strip(), match[2])


def whole(part: str, text: str) -> str:
    """The fragment (`steps` or `top`) as a whole menu file."""
    if part == "steps":
        steps = re.findall(r"^([a-z_]\w*):", text, re.MULTILINE)
        named = {name for name in STUBS if name not in steps and re.search(rf"(: |-> ){name}\b", text)}
        top = TOP | USED | {"start": f"start: {steps[0]}\n"}
        indented = "".join(f"  {row}\n" for row in text.splitlines())
        return "".join(top.values()) + "steps:\n" + indented + "".join(STUBS[name] for name in sorted(named))
    own = set(re.findall(r"^([a-z_]+):", text, re.MULTILINE))
    rest = "" if "steps" in own else STEPS
    return "".join(row for name, row in TOP.items() if name not in own) + text + rest


def sides(diff: str) -> tuple[str, str]:
    """A diff's text with the lines that it takes away, and with those that it brings."""
    rows = diff.splitlines(keepends=True)
    return (
        "".join(row[1:] for row in rows if row[0] in " -"),
        "".join(row[1:] for row in rows if row[0] in " +"),
    )


def problems(text: str) -> tuple[Problem, ...]:
    """What the checker says of a whole file; of tables it knows nothing here."""
    return load({"example.yaml": text.encode()}, pieces=pieces()).problems


def told(part: str, text: str, rule: str) -> set[str]:
    """The rules of which a side of an example brings findings; of what it cannot heed, only the one that it is of."""
    if part == "team":
        return {problem.rule for problem in load_team("team.yaml", text.encode()).problems}
    beside = rule in {"number-taken", "table", *(it.ID for it in LINE_RULES)}
    team = load_team("team.yaml", TEAM).team if beside else None
    file = {"example.yaml": whole(part, text).encode()}
    found = load(file, TABLES if beside else None, team, pieces=pieces()).problems
    return {problem.rule for problem in found} - (CUT_OUT - {rule})


@cache
def pieces() -> dict[str, bytes]:
    """The pieces of the documentation, by file."""
    return {
        f"pieces/{example.info.split()[2]}.yaml": example.text.encode()
        for example in examples()
        if example.info.startswith("yaml piece ")
    }
