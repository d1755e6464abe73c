"""For machines: whether this process lives, whether it can do all its work, and figures."""

from __future__ import annotations

import os
from collections.abc import Iterator

import orjson
from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ivr.switchboard.state import State, look
from ivr.web.door import parts
from ivr.web.gate import from_this_machine
from ivr.web.replies import plain

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """200 as long as the process answers, whatever else is away."""
    return plain("ok", 200)


@health.get("/readyz")
def readyz() -> Response:
    """200 while calls can be answered; that is so without Redis, too, and the body says what is away."""
    state = look(parts())
    body = {
        "ready": state.ready,
        "redis": state.redis,
        "sql": state.sql,
        "spool": state.spool,
        "waiting": state.lag,
        "on_disk": state.on_disk,
        "alarm": state.alarm,
    }
    return Response(orjson.dumps(body) + b"\n", status=200 if state.ready else 503, mimetype="application/json")


@health.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus, for whoever asks from this machine: the port is one that the world can reach."""
    if not from_this_machine(request):
        return plain("forbidden", 403)
    registry = CollectorRegistry()
    registry.register(_Now(look(parts())))
    own = generate_latest(registry)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    else:
        shared = REGISTRY
    return Response(generate_latest(shared) + own, content_type=CONTENT_TYPE_LATEST)


class _Now(Collector):
    """What is so at this moment, asked when somebody asks."""

    def __init__(self, state: State) -> None:
        self._state = state

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges."""
        state = self._state
        yield GaugeMetricFamily("touchtone_redis_up", "1 where Redis answers.", value=state.redis)
        yield GaugeMetricFamily("touchtone_sql_up", "1 where the database answers.", value=state.sql)
        yield GaugeMetricFamily(
            "touchtone_spool_calls", "Calls with records on this machine's disk.", value=state.spool
        )
        if state.lag is not None:
            name, text = "touchtone_log_records_waiting", "Records that are not in the database yet."
            yield GaugeMetricFamily(name, text, value=state.lag)
        yield GaugeMetricFamily(
            "touchtone_log_records_on_disk", "Those of them that are on this machine's disk.", value=state.on_disk
        )
        yield GaugeMetricFamily("touchtone_log_alarm", "1 where more records wait than should.", value=state.alarm)
        if state.live is not None:
            yield GaugeMetricFamily(
                "touchtone_live_calls", "Calls that Redis has and that have not ended.", value=state.live
            )
