"""Scripted calls that begin while a notice is on, while the line or its queue is closed, and on special days."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import ivr

TEAM = """\
agents:
  ana: {name: Ana, phone: "+15005550401", languages: [en-US, es-MX]}
queues:
  sales: {agents: [ana]}
"""
LINE = (
    """\
line: Test
numbers: ["+15005550001"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: office
hours:
  office: Mo-Fr 08:00-18:00; PH off; Dec 25 off
steps:
  office:
    hours: office
    open: open
    closed: closed
  open:
    say: {en-US: "We are open.", es-MX: "Abierto."}
    queue: sales
    answered: hangup
    left: hangup
    callback_booked: hangup
    timed_out: hangup
    full: hangup
    nobody_in: nobody
    closed: closed
  nobody:
    say: {en-US: "Nobody is in.", es-MX: "No hay nadie."}
    go: hangup
  closed:
    say: {en-US: "We are closed.", es-MX: "Cerrado."}
    go: hangup
""".replace('{en-US: "', "\n      en-US: ")
    .replace('", es-MX: "', "\n      es-MX: ")
    .replace('"}\n', "\n")
)
NOON = "2026-07-01T12:00"
WORDS = ["notice en-US: Snow: we are late.", "notice es-MX: Nieve: hay retrasos."]

HEARD = {
    "plain": ([], ["We are open.", "Nobody is in."]),
    "words": (WORDS, ["Snow: we are late.", "We are open.", "Nobody is in."]),
    "closed": (["notice: closed"], ["We are closed."]),
    "closed_with_words": (["notice: closed", *WORDS], ["Snow: we are late.", "We are closed."]),
    "queue": (
        [row.replace("notice", "notice queue:sales") for row in WORDS],
        ["We are open.", "Snow: we are late.", "Nobody is in."],
    ),
    "queue_closed": (["notice queue:sales: closed"], ["We are open.", "We are closed."]),
    "special_day": (["special 2026-07-01: 08:00-11:00"], ["We are closed."]),
    "special_hours": (["special 2026-07-01 office: off"], ["We are closed."]),
    "special_queue": (["special 2026-07-01 queue:sales: off"], ["We are open.", "We are closed."]),
    "another_day": (["special 2026-07-02: off"], ["We are open.", "Nobody is in."]),
    "after_all": ([], ["We are open.", "Nobody is in."]),
}
"""Headers, and what is heard; in the order in which one service is called."""


def header(*rows: str, at: str = NOON) -> str:
    """The header of a script."""
    return "\n".join(["line: test.yaml", "from: +15005550100", "to: +15005550001", f"at: {at}", *rows, "", ""])


@pytest.fixture
def menus(tmp_path: Path) -> Path:
    """A folder with a line and its team."""
    (tmp_path / "test.yaml").write_text(LINE, "utf-8")
    (tmp_path / "team.yaml").write_text(TEAM, "utf-8")
    return tmp_path


def test_callers_hear_what_is_on(menus: Path) -> None:
    """Each script has its own, and leaves none of it to the next one, also where that calls at an earlier moment."""
    for number, (name, (rows, heard)) in enumerate(HEARD.items()):
        said = "".join(f"en-US  {words}\n" for words in heard)
        at = NOON if number % 2 else "2026-07-01T11:30"
        (menus / f"{number:02}_{name}.call").write_text(header(*rows, at=at) + said + "hangup by the line\n", "utf-8")
    done = CliRunner().invoke(ivr, ["test", str(menus)])
    assert done.output == f"{len(HEARD)} passed, 0 failed\n"


REFUSED = {
    "notice: we are late": "write notice LANGUAGE: WORDS, or notice: closed",
    "notice en-US:": "write notice LANGUAGE: WORDS",
    "notice en-US: Late.": "there are no words for es-MX",
    "notice de-DE: Zu.": "there are no words for en-US and es-MX",
    "notice queue:refunds: closed": 'there is no queue "refunds"',
    "special Christmas: off": "write special 2026-12-24: 08:00-12:00",
    "special 2026-02-30: off": "write special 2026-12-24: 08:00-12:00",
    "special 2026-12-24: mornings": "are no hours of a day",
    "special 2026-12-24 offfice: off": 'has no hours "offfice"',
    "special 2020-12-24: off": "is no day to come",
}


@pytest.mark.long
def test_what_cannot_be_is_told_with_its_line(menus: Path) -> None:
    """As the switch itself refuses it, or as what no header has."""
    for number, row in enumerate(REFUSED):
        (menus / f"{number}.call").write_text(header(row), "utf-8")
    (menus / "twice.call").write_text(header(WORDS[0], WORDS[0]), "utf-8")
    done = CliRunner().invoke(ivr, ["test", str(menus)])
    rows = done.output.splitlines()
    for number, why in enumerate(REFUSED.values()):
        told = next(row for row in rows if row.startswith(f"{menus / f'{number}.call'}:5: "))
        assert why in told
    assert f'{menus / "twice.call"}:6: "notice en-US" stands there already' in rows
    assert (rows[-1], done.exit_code) == (f"0 passed, {len(REFUSED) + 1} failed", 1)


@pytest.mark.long
def test_a_call_in_the_terminal_can_have_them_and_be_saved(menus: Path) -> None:
    """`ivr call` prints what `ivr test` runs."""
    words = ["call", str(menus / "test.yaml"), "--at", NOON, "--keys", ""]
    given = [
        "--notice",
        "en-US: Late.",
        "--notice",
        "es-MX: Tarde.",
        "--notice",
        "closed",
        "--special",
        "2026-07-01: off",
    ]
    called = CliRunner().invoke(ivr, [*words, *given])
    assert called.exit_code == 0, called.output
    assert "\nnotice: closed\nspecial 2026-07-01: off\n" in called.stdout
    assert "\nen-US  Late.\nen-US  We are closed.\n" in called.stdout
    (menus / "saved.call").write_text(called.stdout, "utf-8")
    assert "1 passed" in CliRunner().invoke(ivr, ["test", str(menus)]).output
    for option, text, why in (
        ("--notice", "en-US: Late.", "no words for es-MX"),
        ("--special", "soon", "write special"),
    ):
        refused = CliRunner().invoke(ivr, [*words, option, text])
        assert (refused.exit_code, option in refused.output, why in refused.output) == (2, True, True), refused.output
