"""The views for those who read the log with SQL: as documented, in both databases, also for old logs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from log_by_chance import BEGAN, HASHES, raw_log, write
from sqlalchemy import Engine, MetaData, Table, insert, inspect, select, text

from ivr.reports import KPIS, views
from ivr.store.call_log import CallLog
from ivr.store.log_tables import calls, events, records
from ivr.store.queue_visits import queue_visits
from ivr.store.sql import migrate, open_engine
from ivr.store.waits_told import waits_told

PAGE = (Path(__file__).parents[2] / "docs" / "sql.md").read_text("utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
IN_ALL = {"line", "version", "language", "queue", "agent"}

VISIT = {"does": "visit", "queue": "bookings", "outcome": "connected", "waited": 12, "talked": 60, "agent": "ana"}
CALL = {
    "line": "meridian", "version": "aaaaaaaaaaaa", "caller": "+15005550101", "after": 0, "step": "", "ended": True,
}  # fmt: skip
LOG = [
    {**CALL, "does": [VISIT, {**VISIT, "queue": "refunds", "outcome": "abandoned", "waited": 40, "told": (10, 50)}]},
    {**CALL, "does": [{"does": "goal", "goal": "booked"}, {"does": "dial", "outcome": "answered", "seconds": 20}]},
    {**CALL, "does": [{"does": "goal", "goal": "booked"}], "caller": "anonymous"},
    {**CALL, "does": [], "line": "lakeside"},
    {**CALL, "does": [VISIT], "line": "service.desk"},
    {**CALL, "does": [VISIT], "step": "agents"},
]


def documented() -> dict[str, set[str]]:
    """The columns of each view, as the page has them."""
    rows = re.findall(r"^\| `(v_\w+)` \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    return {view: IN_ALL | set(re.findall(r"`(\w+)`", columns)) for view, columns in rows}


def test_the_page_has_every_view_with_every_column(engine: Engine) -> None:
    """As the database has them."""
    found = inspect(engine)
    assert {name: {it["name"] for it in found.get_columns(name)} for name in found.get_view_names()} == documented()


def test_the_figures_know_columns_that_are_there() -> None:
    """What is declared of a view is in it."""
    others = (views.SURVEYS_ASKED, views.AGENT_STATES, views.WRAP_UPS)
    tables = {kpi.view.name: kpi.view for kpi in KPIS} | {it.name: it for it in others}
    assert set(tables) == set(documented())
    for name, table in tables.items():
        assert {column.name for column in table.c} <= documented()[name]


def test_the_three_queries(engine: Engine) -> None:
    """They run, and say what they say they do."""
    write(CallLog(engine, HASHES), raw_log(LOG), 1)
    with engine.connect() as connection:
        waits, gave_up, satisfied = (connection.execute(text(query)).all() for query in QUERIES)
    day = BEGAN.date().isoformat()
    assert [tuple(row)[:4] for row in waits] == [("bookings", day, 1, 0), ("refunds", day, 0, 1)]
    assert float(waits[0].average_wait) == 12
    assert [tuple(row)[:3] for row in gave_up] == [("lakeside", "welcome", 1)]
    assert satisfied == []


def _stamped(engine: Engine, deed: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "ivr.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, deed)(config, revision)


def test_a_log_from_before_gets_it_all(database_url: str) -> None:
    """What the migrations make of old records is what the log writer makes of new ones."""
    engine = open_engine(database_url)
    migrate(engine)
    write(CallLog(engine, HASHES), raw_log(LOG), 0)

    def rows(table: Table) -> list[dict]:
        with engine.connect() as connection:
            found = connection.execute(select(table).order_by(*table.primary_key)).mappings()
            return [dict(row) for row in found]

    names, made = set(inspect(engine).get_view_names()), (calls, queue_visits, waits_told)
    before = {table.name: rows(table) for table in (records, events, *made)}
    assert all(before.values())
    known = MetaData()
    known.reflect(engine)
    with engine.begin() as connection:
        for name in names:
            connection.execute(text(f"DROP VIEW {name}"))
        known.drop_all(connection)
    _stamped(engine, "upgrade", "0005")
    columns = {it["name"] for it in inspect(engine).get_columns("calls")}
    with engine.begin() as connection:
        for table in (calls, records, events):
            kept = [{name: it for name, it in row.items() if name in columns} for row in before["calls"]]
            connection.execute(insert(table), kept if table is calls else before[table.name])
    _stamped(engine, "upgrade", "head")
    assert {table.name: rows(table) for table in (records, events, *made)} == before
    assert set(inspect(engine).get_view_names()) == names
    engine.dispose()


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_changes_nothing(engine: Engine, seed: int) -> None:
    """Visits are the same, in whatever order and however often their records come."""
    write(CallLog(engine, HASHES), raw_log(LOG), seed)
    with engine.connect() as connection:
        found = connection.execute(select(queue_visits).order_by(queue_visits.c.call_sid, queue_visits.c.seq)).all()
    assert [(it.call_sid, it.queue, it.outcome, it.waited, it.talked) for it in found] == [
        ("CA00", "bookings", "answered", 12, 60),
        ("CA00", "refunds", "abandoned", 40, None),
        ("CA04", "bookings", "answered", 12, 60),
        ("CA05", "bookings", "answered", 12, 60),
    ]
