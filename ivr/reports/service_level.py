"""The service level: how many of the callers of a queue were answered in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, RowMapping, Select, and_, case, func, literal, select

from ivr.reports.intervals import wilson
from ivr.reports.kpi import Figure, Kpi, Parameter, Scope, Setting
from ivr.store.log_tables import calls, events, records

SHORT = 5.0
"""Seconds: who hangs up before that gave nobody a chance to answer."""


def _query(scope: Scope, settings: Mapping[str, Setting]) -> Select[Any]:
    queue = events.c.data["queue"].as_string().label("of")
    waited = events.c.data["waited"].as_integer()
    connected, abandoned = events.c.kind == "connected", events.c.kind == "abandoned"
    short = and_(abandoned, waited < settings["short"])
    in_time = and_(connected, waited <= settings["seconds"])
    counts = connected if not settings["abandoned"] else connected | (abandoned & (waited >= settings["short"]))
    # By way of `calls`, whose last moments have an index: of a year only the calls of the day are looked at.
    since_then = calls.join(events, events.c.call_sid == calls.c.call_sid).join(
        records, and_(records.c.call_sid == events.c.call_sid, records.c.seq == events.c.seq)
    )
    query = (
        select(
            queue,
            _number(in_time).label("hits"),
            _number(counts).label("n"),
            _number(connected).label("connected"),
            _number(abandoned).label("abandoned"),
            _number(short).label("short"),
        )
        .select_from(since_then)
        .where(calls.c.last_at >= scope.since, events.c.kind.in_(("connected", "abandoned")))
        .where(records.c.at >= scope.since, records.c.at < scope.until)
        .group_by("of")  # by its name: to PostgreSQL the same expression with other parameters is another one
    )
    return query if scope.of is None else query.where(queue.element.in_(scope.of))


def _number(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, literal(1, Integer)), else_=literal(0, Integer)))


def _figure(row: RowMapping) -> Figure:
    hits, n = int(row["hits"]), int(row["n"])
    low, high = wilson(hits, n) or (None, None)
    counts = {name: int(row[name]) for name in ("connected", "abandoned", "short")}
    return Figure(str(row["of"]), hits / n if n else None, n, low, high, {"in_time": hits, **counts})


SERVICE_LEVEL = Kpi(
    name="service_level",
    title="Service level",
    formula=(
        "callers whom an agent answered within T seconds of joining the queue, of all who were answered or hung up "
        "while they waited; those who hung up within the first seconds count in neither"
    ),
    unit="share",
    of="queue",
    parameters=(
        Parameter("seconds", 20.0, "T: the longest wait that counts as in time, in seconds; a queue's service_level"),
        Parameter("short", SHORT, "who hangs up before so many seconds is left out"),
        Parameter("abandoned", True, "whether those who hung up later count as not answered in time, or are left out"),
    ),
    source=(
        "The ratio behind aims such as 80% in 20s. Practice differs in what becomes of callers who hang up; Cisco's "
        "ICM names three ways (they are ignored, count against it, or count in its favour). Here they count against "
        "it, but for the short ones. A caller counts in the queue, and on the day, in which the wait ended "
        "(CONNECT and ABANDON of Asterisk's queue log)."
    ),
    query=_query,
    figure=_figure,
)
