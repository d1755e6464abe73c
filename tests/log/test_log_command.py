"""`ivr calls`: the list, and the story of one call."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from log_making import BEGAN, CALLER, entry, record
from sqlalchemy import Engine, delete

from ivr.call import Call, step
from ivr.call.inputs import HungUp, Pressed, Silent, Started, Told
from ivr.call.wire import dump_record
from ivr.cli import ivr
from ivr.cli.moments import read_moment
from ivr.menu import load
from ivr.store.call_log import CallLog
from ivr.store.claims import Claims
from ivr.store.log_tables import records
from ivr.store.set_aside import Aside, SetAside
from ivr.store.versions import Versions, version_of, versions

LINE = b"""\
line: Test
numbers: ["+15005550006"]
timezone: America/Chicago
country: US
languages: [en-US]
start: main
lookups:
  member:
    table: members.csv
    where: {pin: <pin>}
    gives: {name: text}
steps:
  main:
    menu:
      1 -> pin: To hear your name
  pin:
    ask: Enter your PIN.
    type: pin
    digits: 4
    secret: yes
    save: pin
    go: find
  find:
    lookup: member
    found: told
    not_found: pin
    failed: main
  told:
    say: Hello, <member.name>.
    goal: greeted
    go: hangup
"""
FILES = {"test.yaml": LINE}
VERSION = version_of(FILES)

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, engine: Engine, tmp_path: Path) -> Run:
    """Runs the command on that database."""
    settings = {"DATABASE_URL": database_url, "IVR_DATA": str(tmp_path), "REDIS_URL": None, "PUBLIC_URL": None}
    return lambda *words: CliRunner().invoke(ivr, ["calls", *words], env=settings)


@pytest.fixture
def told(engine: Engine, log: CallLog) -> None:
    """A call in the log, as the engine made it."""
    Versions(engine).publish("test", VERSION, FILES, who="a test", why=None, at=BEGAN)
    flow = load(FILES).flows["test"]
    call = Call("CA1", VERSION, "test", CALLER, "+15005550006")
    at = [BEGAN + timedelta(seconds=7 * n) for n in range(7)]
    inputs = [
        Started(at[0], CALLER, "+15005550006", "test", VERSION),
        Silent(at[1]),
        Pressed(at[2], "1"),
        Pressed(at[3], "4711"),
        Told(at[4], "found", {"name": "Ana"}),
        HungUp(at[6]),
    ]
    for input_ in inputs:
        turn = step(flow, call, input_)
        log.write([entry("CA1", dump_record(turn.record))])
        call = turn.call


def test_a_call_is_told(run: Run, told: None, engine: Engine) -> None:
    """What was heard, pressed and decided, and when, in the line's zone; secret keys are dots, numbers masked."""
    Claims(engine).settle("e1", "unknown", sid="CA1", kind="send_message", at=BEGAN, why="500")
    done = run("CA1")
    assert done.exit_code == 0
    assert done.stderr == ""
    assert done.stdout.startswith(
        f"call: CA1\nline: test, version {VERSION}\nfrom: …0123\nto: +15005550006\nat: 2026-07-01T10:00:00-05:00\n\n"
    )
    lines = done.stdout.splitlines()
    assert lines[6:9] == ["10:00:00  started", "          -> main", "          “To hear your name, press 1.”"]
    assert "10:00:07  silence" in lines
    assert "10:00:14  pressed 1" in lines
    assert "          chose 1, which leads to pin" in lines
    assert "10:00:21  pressed •••• (valid)" in lines
    assert "          answered pin, a secret" in lines
    assert "10:00:28  looked up: found" in lines
    assert "          goal: greeted" in lines
    assert "          “Hello, Ana.”" in lines
    assert "10:00:00  asked of the carrier: send_message, unknown (500)" in lines
    assert lines[-1] == "ended by the line after 28 s, at told"
    assert "4711" not in done.stdout
    assert CALLER not in done.stdout


@pytest.mark.parametrize("gone", ["version", "record"])
def test_what_cannot_be_replayed_is_told_by_its_events(run: Run, told: None, engine: Engine, gone: str) -> None:
    """Without its version, or with a record missing, there are no words, and the story says why."""
    with engine.begin() as connection:
        if gone == "version":
            connection.execute(delete(versions))
        else:
            connection.execute(delete(records).where(records.c.seq == 3))
    lines = run("CA1").stdout.splitlines()
    why = {"version": f"version {VERSION} of its menu cannot be had", "record": "some of its records are missing"}
    assert f"words: none, as {why[gone]}" in lines
    assert not any("“" in line for line in lines)
    assert any(line.endswith("-> told") for line in lines)


def test_another_story_is_not_told(run: Run, told: None, engine: Engine, log: CallLog) -> None:
    """Where the events of the log are others than those of a replay, the words end there."""
    log.write([entry("CA1", record(7, "pressed", {"kind": "entered", "step": "elsewhere"}, keys="1"))])
    lines = run("CA1").stdout.splitlines()
    assert "words: not all, as from 7 on it went another way than its version goes by itself" in lines
    assert "          “Hello, Ana.”" in lines


def test_records_that_this_release_does_not_know_are_told(run: Run, log: CallLog) -> None:
    """Kinds of inputs and events of another release are named, not refused."""
    log.write([entry("CA1", record(1, "teleported", {"kind": "beamed_up", "step": "main", "by": "Scotty"}))])
    lines = run("CA1").stdout.splitlines()
    assert "15:00:00  teleported" in lines
    assert "          beamed up: by Scotty" in lines


def test_the_list_is_aligned_and_the_newest_is_last(run: Run, told: None, log: CallLog) -> None:
    """A line a call, in columns; times in the line's zone, UTC where the line is not known."""
    first = record(1, "started", at=BEGAN + timedelta(hours=1), caller="anonymous", to="+15005550007", line="other")
    log.write([entry("CALONGER", first)])
    assert run().stdout.splitlines() == [
        "2026-07-01T10:00:00-05:00  CA1       test   …0123  28s  line      told  greeted",
        "2026-07-01T16:00:00+00:00  CALONGER  other  -      -    going-on  -     -",
    ]
    assert [line.split()[1] for line in run("--limit", "1").stdout.splitlines()] == ["CALONGER"]
    assert [line.split()[1] for line in run("--line", "test").stdout.splitlines()] == ["CA1"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--since", "2026-07-01T10:00"), ["CA1", "CA2"]),
        (("--since", "2026-07-01 10:00:01"), ["CA2"]),
        (("--until", "2026-07-01T10:00"), []),
        (("--until", "2026-07-01T16:30:00+00:00"), ["CA1"]),
        (("--since", "2026-07-01T15:00:00Z", "--until", "2026-07-01T11:29"), ["CA1"]),
        (("--since", "24h"), []),
        (("--since", "400000d"), ["CA1", "CA2"]),
    ],
)
def test_from_when_to_when(run: Run, told: None, log: CallLog, words: tuple[str, ...], found: list[str]) -> None:
    """From `since` on, before `until`; without a zone, by the clock of the line."""
    at = BEGAN + timedelta(minutes=90)
    log.write([entry("CA2", record(1, "started", at=at, line="test", version=VERSION))])
    done = run(*words)
    assert [line.split()[1] for line in done.stdout.splitlines()] == found
    assert ("there are no such calls" in done.stderr) == (not found)


@pytest.mark.parametrize("text", ["yesterday", "24", "7w", "", "10:00", "0001-01-01", "-5m"])
def test_what_is_no_moment_is_said(run: Run, text: str) -> None:
    """Exit 2, and what one may write."""
    done = run("--since", text)
    assert done.exit_code == 2
    assert "7d" in done.stderr or "no year" in done.stderr


def test_spans_and_moments() -> None:
    """Spans go back from now; moments may have a T or a space, and a zone or none."""
    now = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert [now - read_moment(text, now).at for text in ("15m", "24h", "7d")] == [
        timedelta(minutes=15),
        timedelta(hours=24),
        timedelta(days=7),
    ]
    assert read_moment("2026-07-01T10:00", now) == read_moment("2026-07-01 10:00", now)


def test_a_date_as_an_end_counts_whole() -> None:
    """As on the pages; as a beginning it is its first moment, and a moment is exact."""
    now = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert read_moment("2026-06-30", now).of(UTC) == datetime(2026, 6, 30, tzinfo=UTC)
    assert read_moment("2026-06-30", now, last=True).of(UTC) == datetime(2026, 7, 1, tzinfo=UTC)
    assert read_moment("2026-06-30T00:00", now, last=True).of(UTC) == datetime(2026, 6, 30, tzinfo=UTC)


def test_a_call_that_is_not_there(run: Run) -> None:
    """Exit 1, in a line."""
    done = run("CAnone")
    assert (done.exit_code, done.stderr) == (1, "ivr calls: the log has no call CAnone\n")


def test_what_was_set_aside_is_seen(run: Run, engine: Engine, tmp_path: Path) -> None:
    """The list says how many there are, and the flag lists them."""
    SetAside(engine, tmp_path).put(Aside("{p01}:log", "7-0", "CA1", "it is no JSON", b"+15005550123 {\n"), BEGAN)
    assert "set aside, as they could not be written: 1; ivr calls --set-aside" in run().stderr
    assert run("--set-aside").stdout == "2026-07-01T15:00:00+00:00  {p01}:log 7-0  CA1  it is no JSON  …0123 {\\n\n"


def test_no_database_is_one_line(tmp_path: Path) -> None:
    """Exit 2, and no trace."""
    (tmp_path / "file").write_text("no database" * 1000)
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/file", "IVR_DATA": str(tmp_path)}
    done = CliRunner().invoke(ivr, ["calls"], env=settings)
    assert done.exit_code == 2
    assert re.fullmatch(r"ivr calls: DATABASE_URL: .*\n", done.stderr)
