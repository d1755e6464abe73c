"""`ivr replay`: a log of real calls over the version that they had, over a changed one, and over what is none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from sqlalchemy import Engine, delete, select, update

from ivr.call import Call, step
from ivr.call.inputs import HungUp, Input, Pressed, Silent, Started
from ivr.call.wire import dump_record
from ivr.cli import ivr
from ivr.menu import load
from ivr.store.call_log import CallLog, Entry
from ivr.store.log_tables import calls, records
from ivr.store.versions import Versions, version_of
from ivr.switchboard.replaying import replay_log

BEGAN = datetime(2026, 7, 1, 15, tzinfo=UTC)
SINCE = ("--since", "2026-07-01T00:00")
MENU = """\
line: Meridian Coaches
numbers: ["+15005550006"]
timezone: America/Chicago
languages: [en-US]
start: main
operator: office
steps:
  main:
    menu:
      1 -> times: To hear when the next coach leaves
      2 -> lost: To report something you lost
      3 -> office: To talk to one of us
    give_up: office
  times:
    say: The next coach leaves at four.
    go: main
  lost:
    voicemail: lost
    go: hangup
  office:
    say: One moment.
    dial: "+15005550199"
    answered: hangup
    busy: lost
    no_answer: lost
    failed: lost
"""
FILES = {"meridian.yaml": MENU.encode()}
VERSION = version_of(FILES)
ELSEWHERE = MENU.replace("2 -> lost", "2 -> office")
"""On purpose: who pressed 2 comes to the office."""

Run = Callable[..., Result]


def lived(number: int) -> tuple[str, list[Input], bool]:
    """A call by chance: its sid, what came in, and whether a 2 was pressed in it."""
    chance, at = Random(number), BEGAN + timedelta(minutes=number)
    inputs: list[Input] = [Started(at, f"+1212555{number:04}", "+15005550006", "meridian", VERSION)]
    for _ in range(chance.randint(0, 3)):
        at += timedelta(seconds=9)
        inputs.append(Silent(at) if chance.random() < 0.2 else Pressed(at, chance.choice("117")))
    keys = chance.choice(["", "2", "3"])
    inputs += [Pressed(at, keys)] if keys else []
    return f"CA{chance.getrandbits(120):030x}{number:02x}", [*inputs, HungUp(at + timedelta(seconds=5))], keys == "2"


def fill(engine: Engine, log: CallLog, number: int) -> set[str]:
    """Publishes the version and writes calls as the engine makes them; the sids of those in which a 2 was taken."""
    Versions(engine).publish("meridian", VERSION, FILES, who="ops", why=None, at=BEGAN)
    flow = load(FILES).flows["meridian"]
    entries: list[Entry] = []
    chose: set[str] = set()
    for sid, inputs, _ in map(lived, range(number)):
        call = Call(sid, VERSION, "meridian", "+12125550142", "+15005550006")
        for input_ in inputs:
            turn = step(flow, call, input_)
            call = turn.call
            if any(event.kind == "chose" and event.key == "2" for event in turn.events):  # type: ignore[union-attr]
                chose.add(sid)
            entries.append(Entry(b"{p00}:log", b"%d-1" % len(entries), sid, dump_record(turn.record)))
    assert not log.write(entries).refused
    return chose


@pytest.fixture
def run(database_url: str, engine: Engine, log: CallLog, tmp_path: Path) -> Run:
    """Runs the command over a menu with this text, on that database."""
    settings = {"DATABASE_URL": database_url, "IVR_DATA": str(tmp_path), "REDIS_URL": None, "PUBLIC_URL": None}

    def command(text: str, *words: str) -> Result:
        path = tmp_path / "meridian.yaml"
        path.write_text(text, "utf-8")
        return CliRunner().invoke(ivr, ["replay", str(path), *words], env=settings)

    return command


def test_the_same_version_ends_the_same(run: Run, engine: Engine, log: CallLog) -> None:
    """No difference, in words, in JSON, as rows and as a picture."""
    fill(engine, log, 40)
    told = run(MENU, *SINCE)
    assert told.exit_code == 0
    assert told.stdout.splitlines()[1].split()[-3:] == ["40", "100.0", "%"]
    assert "End elsewhere" not in told.stdout
    found = json.loads(run(MENU, *SINCE, "--format", "json").stdout)
    assert found["verdicts"] == {"same": 40, "another_way": 0, "elsewhere": 0, "undecidable": 0}
    assert (found["left_out"], found["differing"]) == ({}, [])


def test_a_change_is_found_and_nothing_else(run: Run, engine: Engine, log: CallLog, tmp_path: Path) -> None:
    """Exactly the calls that took the option that leads elsewhere now; the picture has them, and is one whole file."""
    chose = fill(engine, log, 60)
    picture = tmp_path / "moved.svg"
    done = run(ELSEWHERE, *SINCE, "--format", "csv", "--picture", str(picture))
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["call_sid"] for row in rows} == chose
    assert {(row["verdict"], row["from_step"], row["to_step"], row["at"], row["key"]) for row in rows} == {
        ("elsewhere", "lost", "office", "main", "2")
    }
    assert f"{len(chose)} calls: lost (handed over) → office (handed over)" in picture.read_text("utf-8")
    tree = etree.fromstring(picture.read_bytes())
    assert not [value for it in tree.iter() for value in it.attrib.values() if "//" in value]
    words = run(ELSEWHERE, *SINCE).stdout
    assert f"{len(chose)}  lost (handed over)  office (handed over)  main, key 2" in words


def test_other_words_leave_calls_undecidable(run: Run, engine: Engine, log: CallLog) -> None:
    """From the first input on after them; unless those who ask say that they mean the same."""
    fill(engine, log, 30)
    new = MENU.replace("To talk to one of us", "To talk to somebody")
    found = json.loads(run(new, *SINCE, "--format", "json").stdout)
    assert found["verdicts"]["undecidable"] == 30
    assert found["undecidable"] == [{"at": "main", "instead": "main", "why": "heard", "calls": 30}]
    assert "other words before the next input" in run(new, *SINCE).stdout
    found = json.loads(run(new, *SINCE, "--format", "json", "--reworded").stdout)
    assert found["verdicts"]["same"] == 30


def test_what_cannot_be_replayed_is_counted(run: Run, engine: Engine, log: CallLog) -> None:
    """Calls that have not ended, whose version or records are gone, or whose way is another one in the log."""
    fill(engine, log, 10)
    with engine.begin() as connection:
        sids = list(connection.scalars(select(calls.c.call_sid).order_by(calls.c.call_sid)))
        connection.execute(update(calls).where(calls.c.call_sid == sids[0]).values(ended_at=None))
        connection.execute(update(calls).where(calls.c.call_sid == sids[1]).values(version="0" * 12))
        connection.execute(delete(records).where(records.c.call_sid == sids[2]))
        connection.execute(update(calls).where(calls.c.call_sid == sids[3]).values(path_hash="elsewhere"))
    found = json.loads(run(MENU, *SINCE, "--format", "json").stdout)
    assert found["left_out"] == {"going_on": 1, "no_version": 1, "no_records": 1, "other_way": 1}
    assert found["calls"] == 6


def test_bad_files_and_empty_logs_are_said_so(run: Run, tmp_path: Path) -> None:
    """Problems and exit 1; no calls is an answer; times the wrong way round are a usage error."""
    bad = run(MENU.replace("go: main", "go: mian"), *SINCE)
    assert bad.exit_code == 1
    assert 'there is no step "mian"' in bad.stdout
    assert "nothing was replayed" in bad.stderr
    assert run("", *SINCE).exit_code == 1
    none = run(MENU, *SINCE)
    assert (none.exit_code, none.stdout[:41]) == (0, "meridian: there are no calls to replay fr")
    assert run(MENU, "--since", "1h", "--until", "2h").exit_code == 2
    assert run(MENU, *SINCE, "--picture", str(tmp_path / "no" / "picture.svg")).exit_code == 2


@pytest.mark.long
def test_processes_find_what_one_finds(engine: Engine, log: CallLog) -> None:
    """Calls of one span, in parts, over several processes: all of them, once each, in the same order."""
    fill(engine, log, 450)
    files = {"meridian.yaml": ELSEWHERE.encode()}
    span = (BEGAN, BEGAN + timedelta(days=1))
    steps: list[tuple[int, int]] = []
    several = replay_log(engine, files, *span, workers=2, done=lambda done, of: steps.append((done, of)))
    assert several == replay_log(engine, files, *span, workers=1)
    assert steps == [(0, 450), (200, 450), (400, 450), (450, 450)]
    assert several.calls == 450
