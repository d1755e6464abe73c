"""Downloads from the reports: the file that was asked for, whole, to whom it is allowed, and written down."""

from __future__ import annotations

import csv
import io
import json
import socket
import sys
import time
from collections.abc import Callable, Iterator
from threading import Thread
from wsgiref.simple_server import make_server

import pytest
from api_log import BEGAN, NUMBER, SECRET, filled
from flask import Flask
from people_rooms import settings_in
from pyarrow import parquet
from sqlalchemy import text
from visitors import Visitor, welcomed

from ivr.reports.export_columns import EXPORTS
from ivr.reports.kpi import Scope
from ivr.store.embedded import Embedded
from ivr.web.people.office import Office
from ivr.web.reports import streamed
from ivr.web.reports.downloads import AT_ONCE
from ivr.web.reports.streamed import GivenUp, Streamed
from ivr.web.slots import Slots

DAY = "since=2026-07-01&until=2026-07-01&zone=UTC"


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """The application, of a log with five calls."""
    folder = tmp_path_factory.mktemp("downloads")
    with filled(settings_in(folder, valkey.url, menus=folder)) as app:
        yield app


@pytest.fixture(scope="module")
def people(people_app: Flask) -> dict[str, Visitor]:
    """Somebody of each role who matters here, signed in; and a stranger."""
    signed_in = {role: welcomed(people_app, f"an-{role}", role) for role in ("analyst", "agent")}
    return {"stranger": Visitor(people_app.test_client()), **signed_in}


@pytest.fixture
def analyst(people: dict[str, Visitor]) -> Visitor:
    """An analyst."""
    return people["analyst"]


ALL = Scope(BEGAN, BEGAN.replace(year=2027))


@pytest.mark.parametrize("what", list(EXPORTS))
def test_each_file_in_each_format(analyst: Visitor, what: str) -> None:
    """The same rows and columns; the name says of when they are; numbers are masked."""
    files = {it: analyst.client.get(f"/reports/downloads/{what}.{it}?{DAY}") for it in ("csv", "jsonl", "parquet")}
    for form, answer in files.items():
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{what}-2026-07-01.{form}"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert NUMBER.encode() not in answer.data
        assert SECRET.encode() not in answer.data
    rows = list(csv.DictReader(io.StringIO(files["csv"].get_data(as_text=True), newline="")))
    objects = [json.loads(line) for line in files["jsonl"].data.splitlines()]
    table = parquet.read_table(io.BytesIO(files["parquet"].data)).to_pylist()
    assert len(rows) == len(objects) == len(table) == {"calls": 5, "events": 25, "surveys": 5}[what]
    names = [column.name for column in EXPORTS[what].columns]
    assert list(rows[0]) == list(objects[0]) == list(table[0]) == names
    assert [it["call_sid"] for it in rows] == [it["call_sid"] for it in objects] == [it["call_sid"] for it in table]


def test_formulas_are_defused(analyst: Visitor) -> None:
    """A step that is called like a formula has an apostrophe before it."""
    rows = csv.DictReader(io.StringIO(analyst.get(f"/reports/downloads/events.csv?{DAY}").get_data(as_text=True)))
    assert {it["step"] for it in rows if "main" in it["step"]} == {"'=main"}


@pytest.mark.parametrize(
    ("query", "rows", "name"),
    [
        (f"{DAY}&line=meridian", 4, "calls-2026-07-01.csv"),
        (f"{DAY}&queue=-", 5, "calls-2026-07-01.csv"),
        ("since=2026-06-30&until=2026-07-02&zone=Asia/Kolkata", 5, "calls-2026-06-30-to-2026-07-02.csv"),
        ("since=2026-07-01T12:00Z&until=2026-07-01T14:30Z&zone=UTC", 3, "calls-2026-07-01T1200-to-2026-07-01T1430.csv"),
        (f"{DAY}&version=aaaaaaaaaaaa&line=lakeside&agent=-", 1, "calls-2026-07-01.csv"),
    ],
)
def test_the_filters_of_the_page(analyst: Visitor, query: str, rows: int, name: str) -> None:
    """They choose, and the file is called by its time."""
    answer = analyst.get(f"/reports/downloads/calls.csv?{query}")
    assert len(answer.data.splitlines()) == 1 + rows
    assert f'filename="{name}"' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("calls.csv?since=2026-07-02&until=2026-07-01", 400, "not before until"),
        ("calls.csv?nonsense=1", 400, "nonsense"),
        ("calls.csv?line=nobody", 400, "there is no line"),
        ("calls.xlsx", 404, "nothing here"),
        ("people.csv", 404, "nothing here"),
    ],
)
def test_what_makes_no_sense(analyst: Visitor, path: str, status: int, says: str) -> None:
    """A page that says so, and no file."""
    answer = analyst.get(f"/reports/downloads/{path}")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert says in answer.get_data(as_text=True)


def test_the_page_has_every_file(analyst: Visitor) -> None:
    """With the filters that are set; so a link can be sent to a colleague."""
    page = analyst.get(f"/reports/downloads?{DAY}&line=meridian").get_data(as_text=True)
    for what in EXPORTS:
        for form in ("csv", "jsonl", "parquet"):
            assert f"/reports/downloads/{what}.{form}?since=2026-07-01&amp;until=2026-07-01&amp;" in page
    assert "line=meridian" in page


def test_who_took_what_is_written_down(analyst: Visitor, office: Office) -> None:
    """Who, what, in which format, of when and of what."""
    analyst.get(f"/reports/downloads/calls.csv?{DAY}&line=meridian")
    deed = office.audit.newest(did="data_taken")[0]
    since, until = "2026-07-01T00:00:00+00:00", "2026-07-02T00:00:00+00:00"
    about = {"what": "calls", "format": "csv", "since": since, "until": until, "line": "meridian"}
    assert (deed.who, deed.about) == ("an-analyst", about)


@pytest.mark.parametrize("path", ["/reports/downloads", "/reports/downloads/calls.csv"])
def test_who_may(people: dict[str, Visitor], office: Office, path: str) -> None:
    """Roles without reports get 403, strangers the sign-in; nothing of the log is in either, nor written down."""
    before = office.audit.newest(did="data_taken")
    refused = people["agent"].get(path)
    assert refused.status_code == 403
    assert b"CA00" not in refused.data
    assert people["stranger"].get(path).status_code == 302
    assert office.audit.newest(did="data_taken") == before


def test_without_parquet_the_page_says_what_to_install(analyst: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no link to it, and its address says so, too; the place among downloads is free again."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("ivr.web.reports.downloads.find_spec", lambda _: None)
    page = analyst.get(f"/reports/downloads?{DAY}").get_data(as_text=True)
    assert ".parquet" not in page
    assert "touchtone[parquet]" in page
    for _ in range(AT_ONCE + 1):
        refused = analyst.get(f"/reports/downloads/calls.parquet?{DAY}")
        assert refused.status_code == 501
    assert "touchtone[parquet]" in refused.get_data(as_text=True)
    assert analyst.get(f"/reports/downloads/calls.csv?{DAY}").status_code == 200


def test_so_many_at_a_time(analyst: Visitor) -> None:
    """One more is told to wait, in words; other pages go on, and a place is free when one is done."""
    path = f"/reports/downloads/calls.csv?{DAY}"
    running = [analyst.client.get(path, buffered=False) for _ in range(AT_ONCE)]
    refused = analyst.get(path)
    assert refused.status_code == 503
    assert "Try again when one of them is done" in refused.get_data(as_text=True)
    assert int(refused.headers["Retry-After"]) > 0
    assert analyst.get(f"/reports/downloads?{DAY}").status_code == 200
    running[0].close()
    assert analyst.get(path).status_code == 200
    for it in running[1:]:
        it.close()
    for _ in range(AT_ONCE):  # what was asked with HEAD holds no place
        head = analyst.client.head(path)
        assert head.status_code == 200
        head.close()
    for _ in range(AT_ONCE):
        assert analyst.get(path).status_code == 200


def test_sql_away_is_said(analyst: Visitor, office: Office) -> None:
    """A page and no half file; no place is lost."""
    with office.engine.begin() as connection:
        was = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'v_survey_answers'"))
        connection.execute(text("DROP VIEW v_survey_answers"))
    for _ in range(AT_ONCE + 1):
        assert analyst.get(f"/reports/downloads/surveys.csv?{DAY}").status_code == 503
    with office.engine.begin() as connection:
        connection.exec_driver_sql(str(was))
    assert analyst.get(f"/reports/downloads/surveys.csv?{DAY}").status_code == 200


def test_who_goes_away_ends_the_query(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a socket: the client hangs up in the middle, and connection and place are free again."""
    monkeypatch.setattr("ivr.reports.export.BATCH", 1)
    slots, endless = Slots(1), []

    class Padded(Streamed):
        def __next__(self) -> bytes:
            return super().__next__().ljust(1_000_000)

    def app(environ: dict, start_response: Callable) -> Iterator[bytes]:
        assert slots.take()
        endless.append(Padded(office.engine, EXPORTS["calls"], "csv", ALL, slots))
        start_response("200 OK", [])
        return endless[0]

    with make_server("127.0.0.1", 0, app) as server:
        server.RequestHandlerClass.log_message = lambda *_: None  # type: ignore[assignment]
        thread = Thread(target=server.handle_request)
        thread.start()
        with socket.create_connection(server.server_address) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert client.recv(100)
            assert not slots.take()
            assert office.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
        thread.join(30)
    assert slots.take()
    assert office.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_who_takes_nothing_for_long_gets_no_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database need not keep for them what they read; the file breaks off, which a browser shows."""
    monkeypatch.setattr("ivr.reports.export.BATCH", 1)
    monkeypatch.setattr(streamed, "PATIENCE", 0.05)
    slots = Slots(1)
    assert slots.take()
    it = Streamed(office.engine, EXPORTS["calls"], "csv", ALL, slots)
    assert next(it).startswith(b"call_sid")
    end = time.monotonic() + 30
    while office.engine.pool.checkedout() and time.monotonic() < end:  # type: ignore[attr-defined]
        time.sleep(0.01)
    assert office.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with pytest.raises(GivenUp):
        next(it)
    assert not slots.take()
    it.close()
    assert slots.take()
