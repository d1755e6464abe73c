"""`ivr export`: each thing in each format, whole, masked, harmless to spreadsheets, and in a little memory."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from log_by_chance import BEGAN, raw_log, write
from pyarrow import parquet
from sqlalchemy import Engine, text
from test_sql_views import CALL, LOG
from test_survey_figures import asked

from ivr.cli import ivr
from ivr.reports import export
from ivr.reports.export_columns import EXPORTS
from ivr.reports.export_formats import defused
from ivr.reports.kpi import Scope
from ivr.store.call_log import CallLog
from ivr.store.sql import migrate, open_engine

Run = Callable[..., Result]
CALLS = [sid for sid, call in zip(raw_log(LOG), LOG, strict=True) if call["line"] != "service.desk"]


@pytest.fixture
def run(database_url: str, engine: Engine, tmp_path: Path) -> Run:
    """Runs the command on that database."""
    settings = {"DATABASE_URL": database_url, "IVR_DATA": str(tmp_path), "REDIS_URL": None, "PUBLIC_URL": None}
    return lambda *words: CliRunner().invoke(ivr, ["export", *words], env=settings)


def rows_of_csv(data: str) -> list[dict[str, str]]:
    """The rows, by the names in the first line."""
    return list(csv.DictReader(io.StringIO(data, newline="")))


@pytest.mark.parametrize("what", list(EXPORTS))
def test_all_formats_say_the_same(run: Run, log: CallLog, tmp_path: Path, what: str) -> None:
    """Each row and each column, in the same order, as the kind of thing that it is."""
    write(log, raw_log(LOG), 1)
    asked(log, "CAa", ("csat", 5), ("nps", 9), agent="ana")
    columns = EXPORTS[what].columns
    plain = rows_of_csv(run(what).stdout)
    objects = [json.loads(line) for line in run(what, "--format", "jsonl").stdout.splitlines()]
    out = tmp_path / "it.parquet"
    assert run(what, "--format", "parquet", "--out", str(out)).exit_code == 0
    table = parquet.read_table(out).to_pylist()
    assert len(plain) == len(objects) == len(table) > 1
    for row, it, cells in zip(plain, objects, table, strict=True):
        assert list(row) == list(it) == list(cells) == [column.name for column in columns]
        for column in columns:
            value, cell = it[column.name], row[column.name]
            match column.kind:
                case _ if value is None:
                    assert (cell, cells[column.name]) == ("", None)
                case "moment":
                    assert cell == value
                    assert cells[column.name] == datetime.fromisoformat(value)
                case "flag":
                    assert cell == {True: "true", False: "false"}[value]
                    assert cells[column.name] is value
                case "names":
                    assert cell == " ".join(value)
                    assert cells[column.name] == value
                case "fields":
                    assert json.loads(cell) == value == json.loads(cells[column.name])
                case "number":
                    assert int(cell) == value == cells[column.name]
                case _:
                    assert cell == defused(value)
                    assert cells[column.name] == value


def test_calls_are_masked_and_those_of_the_desk_left_out(run: Run, log: CallLog) -> None:
    """No whole number of a caller is in any of it."""
    write(log, raw_log(LOG), 1)
    calls = rows_of_csv(run("calls").stdout)
    assert sorted(it["call_sid"] for it in calls) == CALLS
    assert {it["caller_last4"] for it in calls} == {"0101", ""}
    for what in EXPORTS:
        for format_ in ("csv", "jsonl"):
            assert CALL["caller"] not in run(what, "--format", format_).stdout


def test_events_are_those_of_the_log_in_their_order(run: Run, log: CallLog) -> None:
    """Call by call, each event at its place."""
    write(log, raw_log(LOG), 1)
    found = [json.loads(line) for line in run("events", "--format", "jsonl").stdout.splitlines()]
    assert [(it["call_sid"], it["seq"], it["n"]) for it in found] == [
        (sid, record["seq"], n)
        for sid, records in raw_log(LOG).items()
        if sid in CALLS
        for record in records
        for n, _ in enumerate(record["events"])
    ]


def test_a_span_and_a_line(run: Run, log: CallLog) -> None:
    """Calls that began then, and of this line alone."""
    write(log, raw_log([{**CALL, "does": [], "after": hours * 3600} for hours in range(5)]), 1)
    assert len(rows_of_csv(run("calls", "--since", "2026-07-01T13:00", "--until", "2026-07-01T15:00").stdout)) == 2
    assert len(rows_of_csv(run("calls", "--line", "meridian").stdout)) == 5
    assert rows_of_csv(run("calls", "--line", "lakeside").stdout) == []
    assert len(rows_of_csv(run("events", "--until", "2026-07-01T13:00").stdout)) == 2


def test_nothing(run: Run, tmp_path: Path) -> None:
    """Is a file with the names of the columns alone."""
    assert run("surveys").stdout.strip() == ",".join(it.name for it in EXPORTS["surveys"].columns)
    assert run("surveys", "--format", "jsonl").stdout == ""
    assert run("surveys", "--format", "parquet", "--out", str(tmp_path / "it")).exit_code == 0
    assert parquet.read_table(tmp_path / "it").num_rows == 0


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x","y")'])
def test_formulas_are_defused(run: Run, log: CallLog, cell: str) -> None:
    """Whatever a caller or a carrier put there: the cell begins with an apostrophe, and nothing else is changed."""
    call = raw_log([{**CALL, "line": cell, "does": [{"does": "goal", "goal": cell}]}])
    for record in call["CA00"]:
        for event in record["events"]:
            event["step"] = cell
    write(log, call, 0)
    (row,) = rows_of_csv(run("calls").stdout)
    assert (row["line"], row["step"], row["goals"]) == (f"'{cell}",) * 3
    for event in rows_of_csv(run("events").stdout):
        assert event["step"] == f"'{cell}"
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for value in event.values())
    assert json.loads(run("calls", "--format", "jsonl").stdout)["line"] == cell


def test_a_file_is_whole_or_not_there(run: Run, log: CallLog, tmp_path: Path, engine: Engine) -> None:
    """One that was there stays until the new one is whole; nothing else is left lying."""
    write(log, raw_log(LOG), 1)
    out = tmp_path / "out" / "calls.csv"
    assert run("calls", "--out", str(out)).exit_code == 2
    out.parent.mkdir()
    out.write_text("what was there", "utf-8")
    assert run("calls", "--out", str(out)).exit_code == 0
    assert len(rows_of_csv(out.read_text("utf-8"))) == len(CALLS)
    assert list(out.parent.iterdir()) == [out]
    with engine.begin() as connection:
        connection.execute(text("DROP VIEW v_survey_answers"))
    out.write_text("what was there", "utf-8")
    result = run("surveys", "--out", str(out))
    assert (result.exit_code, out.read_text("utf-8")) == (2, "what was there")
    assert list(out.parent.iterdir()) == [out]


def test_rows_come_in_batches(log: CallLog, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is larger than a batch, and together they are all."""
    monkeypatch.setattr(export, "BATCH", 3)
    write(log, raw_log([{**CALL, "does": [], "after": number} for number in range(8)]), 1)
    scope = Scope(BEGAN, BEGAN.replace(year=2027))
    found = [len(batch) for batch in export.batches(engine, EXPORTS["calls"], scope)]
    assert found == [3, 3, 2]
    assert export.count(engine, EXPORTS["calls"], scope) == 8
    assert export.count(engine, EXPORTS["events"], scope) == 16


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """Parquet says what to install; the file is not there."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run("calls", "--format", "parquet", "--out", str(tmp_path / "it.parquet"))
    assert result.exit_code == 2
    assert "it needs pyarrow: pip install 'touchtone[parquet]'" in result.output
    assert not (tmp_path / "it.parquet").exists()


MANY = """
    WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {n})
"""


def _filled(url: str, n: int) -> None:
    """A log of n calls with four events each, put there by SQL alone."""
    engine = open_engine(url)
    migrate(engine)
    many = MANY.format(n=n)
    with engine.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO calls (call_sid, line, goals, path_hash, last_seq, last_at, records, started_at) {many}"
                " SELECT 'CA' || i, 'meridian', '[]', 'abcdefabcdef', 1, '2026-07-01 12:00:00.000000', 1,"
                " '2026-07-01 12:00:00.000000' FROM numbers"
            )
        )
        connection.execute(
            text(
                f"INSERT INTO records (call_sid, seq, input, at) {many}"
                " SELECT 'CA' || i, 1, '{}', '2026-07-01 12:00:00.000000' FROM numbers"
            )
        )
        connection.execute(
            text(
                f"INSERT INTO events (call_sid, seq, n, kind, step, data) {many}"
                " SELECT 'CA' || i, 1, m.n, 'chose', 'main', '{\"key\": \"1\"}' FROM numbers,"
                " (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3) AS m"
            )
        )
    engine.dispose()


def _peak(url: str, out: Path, format_: str) -> int:
    """The most memory that an export of all events takes, in bytes."""
    command = [sys.executable, "-m", "ivr.cli", "export", "events", "--format", format_, "--out", str(out)]
    code = "from ivr.cli import main; main()"
    command[1:3] = ["-c", code]
    settings = {**os.environ, "DATABASE_URL": url, "IVR_DATA": str(out.parent)}
    process = subprocess.Popen(command, env=settings)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024


@pytest.mark.long
@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_memory_does_not_grow_with_the_log(tmp_path: Path, format_: str) -> None:
    """Forty times the rows take hardly more than few of them: less than a tenth of what all would."""
    small, large = (f"sqlite:///{tmp_path}/{name}.db" for name in ("small", "large"))
    _filled(small, 1_000)
    _filled(large, 40_000)
    few, many = (_peak(url, tmp_path / f"{format_}.out", format_) for url in (small, large))
    # 160,000 rows as Python objects are more than 100 MB.
    assert many - few < 25_000_000, (few, many)


def test_a_device_stays_what_it_is(run: Run, log: CallLog, tmp_path: Path) -> None:
    """What is no file is written into, and nothing takes its place."""
    write(log, raw_log(LOG), 1)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    assert run("calls", "--out", str(pipe)).exit_code == 0
    data, _ = reader.communicate(timeout=30)
    assert len(rows_of_csv(data.decode())) == len(CALLS)
    assert pipe.is_fifo()
    assert not list(tmp_path.glob("pipe?*"))


def test_a_span_that_ends_before_it_begins(run: Run) -> None:
    """Is said, and nothing is written."""
    result = run("calls", "--since", "2026-07-02T00:00", "--until", "2026-07-01T00:00")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--since is not before --until" in result.stderr


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_where_recordings_are_is_in_no_export(run: Run, log: CallLog, form: str) -> None:
    """Who has the address may be able to hear it; that there is one, and how long, is said."""
    call = raw_log([{**CALL, "does": []}])
    left = {"kind": "message_left", "step": "box", "box": "general", "url": "https://api.example.com/RE7", "seconds": 9}
    call["CA00"][0]["events"].append(left)
    write(log, call, 0)
    said = run("events", "--format", form).stdout
    assert "general" in said
    assert "RE7" not in said
    assert "url" not in said


def test_a_line_that_the_log_has_not_is_said(run: Run, log: CallLog) -> None:
    """On standard error, since a typing error would look like a quiet day; of a line that is there nothing is said."""
    write(log, raw_log([{**CALL, "does": []}]), 0)
    result = run("calls", "--line", "meridain")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert "the log has no line meridain" in result.stderr
    assert run("surveys", "--line", "meridian").stderr == ""
