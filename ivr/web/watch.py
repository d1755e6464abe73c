"""What operators see of each webhook: counters for machines, and one line of JSON without the caller's data."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from functools import cache

import orjson
from flask import Response
from prometheus_client import Counter, Histogram

log = logging.getLogger("ivr.webhook")
"""Says whether the lines are wanted: from the level INFO on."""

WEBHOOKS = Counter("touchtone_webhooks", "Webhooks by route and outcome.", ["route", "outcome"])
SECONDS = Histogram(
    "touchtone_webhook_seconds",
    "How long webhooks took.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a webhook got; and for those who watch, what was done, in which call, on which line, at which place."""

    response: Response
    outcome: str = "refused"
    sid: str = ""
    line: str = ""
    place: str = ""


def note(route: str, answered: Answered, seconds: float) -> None:
    """Counts a webhook and writes its line. A form that was refused has neither a call nor a line of the menu."""
    _count(route, answered.outcome).inc()
    _time(route).observe(seconds)
    if log.isEnabledFor(logging.INFO):
        line = {
            "route": route,
            "outcome": answered.outcome,
            "status": answered.response.status_code,
            "ms": round(seconds * 1000, 2),
            "call": answered.sid,
            "line": answered.line,
            "place": answered.place,
        }
        # Straight to where the log goes: a record for each would cost a tenth of what the webhook costs.
        sys.stderr.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE).decode())


@cache
def _count(route: str, outcome: str) -> Counter:
    return WEBHOOKS.labels(route, outcome)


@cache
def _time(route: str) -> Histogram:
    return SECONDS.labels(route)
