"""`ivr demo-data`: calls that nobody made are as real ones are, the same every time, and gone again at a word."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, MetaData, inspect, select, text

from ivr.call import Call
from ivr.call.replay import replay
from ivr.call.wire import dump_record, load_record
from ivr.cli import ivr
from ivr.menu import load
from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash
from ivr.store.demo_calls import PREFIX, DemoCalls
from ivr.store.rollups.settling import rebuild_all
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions, version_of
from ivr.switchboard.demo.apart import batches_apart
from ivr.switchboard.demo.making import batches
from ivr.switchboard.demo.plan import Plan
from ivr.switchboard.demo.rows import COLUMNS

ROOT = Path(__file__).resolve().parents[2]
UNTIL = "2026-11-22T02:00"
KEY = "k" * 40
CALLS = 250


def settings(data: Path) -> dict[str, str | None]:
    """An environment with a folder of its own."""
    return {
        "IVR_DATA": str(data), "IVR_MENUS": str(ROOT / "menus"), "IVR_SECRET_KEY": KEY, "DATABASE_URL": None,
        "REDIS_URL": None, "PUBLIC_URL": None,
    }  # fmt: skip


def demo(data: Path, *words: str) -> Result:
    """Runs the command."""
    return CliRunner().invoke(ivr, ["demo-data", *words], env=settings(data))


def opened(data: Path) -> Engine:
    """The database of a folder."""
    return open_engine(f"sqlite:///{data / 'touchtone.db'}")


def rows_of(engine: Engine, tables: list[str] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of these tables, in an order of their own."""
    found = MetaData()
    found.reflect(engine)
    names = tables or sorted(found.tables)
    with engine.connect() as connection:
        return {name: sorted(map(tuple, connection.execute(select(found.tables[name]))), key=repr) for name in names}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a log of some days."""
    data = tmp_path_factory.mktemp("made")
    result = demo(data, "--calls", str(CALLS), "--days", "2", "--until", UNTIL, "--seed", "7")
    assert result.exit_code == 0, result.output
    return data


def test_so_many_calls_came_in(made: Path) -> None:
    """As many as were asked for, with those by which others were called back; all within the time, and all over."""
    engine = opened(made)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT call_sid, started_at, ended_at FROM calls")).all()
    assert len(rows) == CALLS
    assert all(row.call_sid.startswith(PREFIX) and len(row.call_sid) == 34 for row in rows)
    assert min(row.started_at for row in rows) >= "2026-11-20 06:00"
    assert max(row.ended_at for row in rows) < "2026-11-22 08:00"
    engine.dispose()


def test_the_rows_are_those_of_the_log_writer(made: Path, tmp_path: Path) -> None:
    """All that is in SQL of a call follows from its records, as the log writer makes it of them."""
    source, engine = opened(made), opened(tmp_path)
    migrate(engine)
    log = CallLog(engine, CallerHash(KEY))
    entries = []
    for sid, its in records_of(source).items():
        its[0]["input"]["caller"] = its[0]["input"]["caller"].replace("…", "+1312555")
        entries += [Entry(b"s", b"0", sid, orjson.dumps(record)) for record in its]
    written = log.write(entries)
    assert written.refused == ()
    assert written.new == len(entries)
    unlike = {  # the number is not in the log, and of a message more happens later
        "calls": ("caller_hash",), "surveys_asked": ("caller_hash",),
        "messages": ("id", "audio", "tries", "next_at", "file", "removed_at", "resolved_at", "resolved_by"),
    }  # fmt: skip
    for name in (
        "calls",
        "records",
        "events",
        "queue_visits",
        "surveys_asked",
        "survey_answers",
        "messages",
        "waits_told",
    ):
        assert compared(source, name, unlike.get(name, ())) == compared(engine, name, unlike.get(name, ())), name
    source.dispose()
    engine.dispose()


def records_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """The records of each call, in the order of `seq`."""
    found: dict[str, list[dict[str, Any]]] = {}
    with engine.connect() as connection:
        events: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for sid, seq, kind, step, data in connection.execute(
            text("SELECT call_sid, seq, kind, step, data FROM events ORDER BY call_sid, seq, n")
        ):
            event = {"kind": kind} | ({} if step is None else {"step": step}) | orjson.loads(data)
            events.setdefault((sid, seq), []).append(event)
        for sid, seq, input_ in connection.execute(
            text("SELECT call_sid, seq, input FROM records ORDER BY call_sid, seq")
        ):
            record = {"seq": seq, "input": orjson.loads(input_), "events": events.get((sid, seq), [])}
            found.setdefault(sid, []).append(record)
    return found


def compared(engine: Engine, table: str, unlike: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The rows of calls that were not lost, but for some columns."""
    found = MetaData()
    found.reflect(engine, only=[table, "calls"])
    its, calls = found.tables[table], found.tables["calls"]
    kept = select(calls.c.call_sid).where(calls.c.how != "lost")
    query = select(*(column for column in its.c if column.name not in unlike)).where(its.c.call_sid.in_(kept))
    with engine.connect() as connection:
        return sorted(map(tuple, connection.execute(query)), key=repr)


def test_replaying_the_inputs_gives_the_events(made: Path) -> None:
    """Each call may be replayed on the version that it had."""
    source = opened(made)
    versions, flows, seen = Versions(source), {}, Counter()
    for sid, records in records_of(source).items():
        began = records[0]["input"]
        version, line = began["version"], began["line"]
        if version not in flows:
            flows[version] = load(versions.files(version) or {}).flows[line]
        call = Call(sid, version, line, began["caller"], began["to"])
        told = [load_record(orjson.dumps(record)) for record in records]
        assert [record.seq for record in told] == list(range(1, len(told) + 1))
        assert all(one.input.at <= other.input.at for one, other in pairwise(told))
        turns = list(replay(flows[version], call, told))
        assert [dump_record(turn.record) for turn in turns] == [dump_record(record) for record in told], sid
        seen[version] += 1
    assert len(seen) > 4
    source.dispose()


def test_the_same_seed_makes_the_same_rows(tmp_path: Path) -> None:
    """And another one others. No dice are thrown but those of the seed."""
    until = datetime(2026, 11, 18, tzinfo=UTC)
    hashes = []
    for seed in (3, 3, 4):
        plan = Plan(60, seed, until - timedelta(days=1), until, ROOT / "menus", KEY)
        rows = [(batch.rows, batch.visits) for batch in batches(plan)]
        hashes.append(sha256(repr(rows).encode()).hexdigest())
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.long
def test_the_same_seed_makes_the_same_tables(tmp_path: Path) -> None:
    """Also where another process makes the calls, and whatever its hashes of text are."""
    hashes = []
    for turn in range(2):
        words = ["--calls", "6000", "--days", "20", "--until", UNTIL]
        environ = os.environ | {name: value or "" for name, value in settings(tmp_path / str(turn)).items()}
        command = [sys.executable, "-c", "from ivr.cli import main; main()", "demo-data", *words]
        done = subprocess.run(command, env=environ | {"PYTHONHASHSEED": str(turn)}, check=True, capture_output=True)
        assert b"6,000 calls to meridian, press-one" in done.stdout
        source = opened(tmp_path / str(turn))
        tables = [name for name in inspect(source).get_table_names() if name not in MADE_ANEW]
        hashes.append({name: sha256(repr(rows).encode()).hexdigest() for name, rows in rows_of(source, tables).items()})
        source.dispose()
    assert hashes[0] == hashes[1]


def test_real_calls_are_left_alone(made: Path, tmp_path: Path) -> None:
    """A log that has such calls, or real ones, is refused; --force puts them beside real ones, --remove takes out all
    of them and nothing else, and what was live is live.
    """
    again = demo(made, "--calls", "10")
    assert again.exit_code == 1
    assert "250 such calls already" in again.stderr
    source = opened(tmp_path)
    migrate(source)
    line = {"meridian.yaml": (ROOT / "menus" / "meridian.yaml").read_bytes()}
    versions = Versions(source)
    versions.publish("meridian", version_of(line), line, who="ana", why=None, at=datetime(2026, 1, 1, tzinfo=UTC))
    CallLog(source, CallerHash(KEY)).write([Entry(b"s", b"0", "CAreal", record) for record in REAL])
    before = rows_of(source)
    words = ("--calls", "40", "--days", "1", "--until", UNTIL)
    refused = demo(tmp_path, *words)
    assert refused.exit_code == 1
    assert "1 calls of real callers; add --force" in refused.stderr
    assert rows_of(source) == before
    forced = demo(tmp_path, *words, "--force")
    assert forced.exit_code == 0, forced.output
    assert "40 calls to meridian, press-one" in forced.stdout
    assert versions.live()["meridian"] == version_of(line)
    assert len(rows_of(source, ["calls"])["calls"]) == 41
    assert "40 calls that nobody made are taken out" in demo(tmp_path, "--remove").stdout
    after = rows_of(source)
    assert versions.live()["meridian"] == version_of(line)
    for name in before:
        if name not in MADE_ANEW:
            assert after[name] == before[name], name
    assert not any(PREFIX in repr(row) for its in after.values() for row in its)
    assert not (tmp_path / "messages" / "demo-data.wav").exists()
    assert "there are no such calls" in demo(tmp_path, "--remove").stdout
    source.dispose()


MADE_ANEW = ("versions", "rollups", "rollup_names", "rollup_marks", "step_tallies", "sqlite_stat1", "call_terms")
"""Tables that follow from others; and versions, to which a line of the folder was added that had none."""

REAL = (
    b'{"seq":1,"input":{"kind":"started","at":"2026-07-01T15:00:00+00:00","caller":"+15005550101",'
    b'"to":"+15005550006","line":"meridian","version":"aaaaaaaaaaaa","step":"","language":""},"events":'
    b'[{"kind":"entered","step":"main"}]}',
    b'{"seq":2,"input":{"kind":"hung_up","at":"2026-07-01T15:01:00+00:00","status":"completed"},"events":'
    b'[{"kind":"ended","step":"main","how":"completed"}]}',
)
"""The records of a call that somebody made."""


def test_what_makes_no_sense(tmp_path: Path) -> None:
    """Says what: a folder without lines, too many calls a day, a span."""
    (tmp_path / "menus").mkdir()
    without = demo(tmp_path / "data", "--menus", str(tmp_path / "menus"))
    assert (without.exit_code, "has no menu file that checks" in without.stderr) == (1, True)
    crowded = demo(tmp_path / "data", "--calls", "100000", "--days", "1")
    assert (crowded.exit_code, "more than 50,000 calls a day" in crowded.stderr) == (2, True)
    assert demo(tmp_path / "data", "--calls", "0").exit_code == 2
    assert demo(tmp_path / "data", "--until", "soon").exit_code == 2


@pytest.mark.long
def test_it_looks_like_a_phone_line(engine: Engine) -> None:
    """Rushes and quiet nights, waits of load, scores of waits; and what is read in the log adds up."""
    zone = ZoneInfo("America/Chicago")
    until = datetime(2026, 11, 20, tzinfo=zone).astimezone(UTC)
    plan = Plan(6000, 5, until - timedelta(days=20), until, ROOT / "menus", KEY)
    log = DemoCalls(engine)
    for batch in batches_apart(plan):
        log.write(COLUMNS, batch.rows, batch.visits)
    rebuild_all(engine)
    log.analyze()
    found = MetaData()
    found.reflect(engine)
    tables = {
        name: found.tables[name] for name in ("calls", "queue_visits", "survey_answers", "agent_states", "callbacks")
    }
    with engine.connect() as connection:
        rows = {name: connection.execute(select(it)).mappings().all() for name, it in tables.items()}
    assert len(rows["calls"]) == 6000
    hours = Counter(moment(row["started_at"]).astimezone(zone).hour for row in rows["calls"])
    assert min(hours[9], hours[14]) > 2 * hours[19] > 4 * hours[3]
    assert {row["how"] for row in rows["calls"]} == {"line", "completed", "lost"}
    assert {row["language"] for row in rows["calls"]} == {"en-US", "es-MX", None}
    outcomes = Counter(row["outcome"] for row in rows["queue_visits"])
    assert set(outcomes) >= {"answered", "abandoned", "callback_booked", "timed_out", "nobody_in"}
    assert 0.6 < outcomes["answered"] / outcomes.total() < 0.97
    assert Counter(row["state"] for row in rows["callbacks"]).keys() <= {"done", "failed", "cancelled"}
    # Who waits in the rush waits longer, and who waited long is less pleased.
    waits = {row["call_sid"]: row["waited"] for row in rows["queue_visits"] if row["outcome"] == "answered"}
    scores = [(waits[row["call_sid"]], row["value"]) for row in rows["survey_answers"] if row["kind"] == "csat"]
    short, long = ([score for waited, score in scores if (waited > 60) is late] for late in (False, True))
    assert len(scores) > 100
    assert sum(short) / len(short) > sum(long) / len(long)
    # An agent is one thing at a time, from one moment to the next.
    states = sorted(
        (row["agent"], row["id"], row["began_at"], row["ended_at"], row["state"]) for row in rows["agent_states"]
    )
    for one, other in pairwise(states):
        if one[0] == other[0]:
            assert one[3] == other[2]
    talks = [row for row in rows["agent_states"] if row["state"] == "talking"]
    assert len(talks) == outcomes["answered"]
    assert log.remove() == 6000
    assert log.counted() == (0, 0)


def moment(value: datetime) -> datetime:
    """A moment of a row; SQLite gives it without its zone."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)
