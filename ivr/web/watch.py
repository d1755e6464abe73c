"""What operators see of each webhook: counters for machines, and one line of JSON without the caller's data."""

from __future__ import annotations

import logging
import time

import orjson
from flask import Response, g, request
from prometheus_client import Counter, Histogram

from ivr.switchboard.answer import Reply

log = logging.getLogger("ivr.webhook")

WEBHOOKS = Counter("touchtone_webhooks", "Webhooks by route and outcome.", ["route", "outcome"])
SECONDS = Histogram(
    "touchtone_webhook_seconds",
    "How long webhooks took.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
)


def begin() -> None:
    """The webhook came in."""
    g.began = time.perf_counter()


def told(sid: str, outcome: str, reply: Reply | None = None) -> None:
    """What became of it: the outcome of the reply, or `noted`, `apologised`, `failed`."""
    g.told = (sid, outcome, reply)


def end(response: Response) -> Response:
    """Counts the webhook and writes its line. A form that was refused has neither a call nor a line of the menu."""
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    sid, outcome, reply = g.get("told", ("", "refused", None))
    route = (request.endpoint or "none").removeprefix("voice.")
    WEBHOOKS.labels(route, outcome).inc()
    SECONDS.labels(route).observe(seconds)
    if log.isEnabledFor(logging.INFO):
        line = {
            "route": route,
            "outcome": outcome,
            "status": response.status_code,
            "ms": round(seconds * 1000, 2),
            "call": sid,
            "line": reply.line if reply else "",
            "place": reply.place if reply else "",
        }
        log.info(orjson.dumps(line).decode())
    return response
