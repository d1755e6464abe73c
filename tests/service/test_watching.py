"""What operators see: health, readiness, figures, and one line a webhook without the caller's data."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from running import LINE, Running, action, running
from serving import Serve

from ivr.store.embedded import Embedded


def figures(text: str) -> dict[tuple[str, ...], float]:
    """The samples by name and label values."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items(), reverse=True))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_readyz_says_what_is_away_and_stays_ready_without_redis(tmp_path: Path) -> None:
    """Ready with everything, ready without Redis (saying so), and what waits on disk is counted."""
    with Embedded(tmp_path / "valkey") as valkey, running(tmp_path, valkey.url, {"test.yaml": LINE}) as service:
        whole = httpx.get(f"{service.url}/readyz")
        assert (whole.status_code, whole.json()) == (
            200,
            {"ready": True, "redis": True, "sql": True, "spool": 0, "waiting": 0, "on_disk": 0, "alarm": False},
        )
        first = service.post("/voice", CallSid="CA1")
        valkey.stop()
        service.post(action(first), CallSid="CA1", Digits="1")
        part = httpx.get(f"{service.url}/readyz", timeout=30)
        assert (part.status_code, part.json()) == (
            200,
            {"ready": True, "redis": False, "sql": True, "spool": 1, "waiting": None, "on_disk": 0, "alarm": False},
        )
        there = figures(httpx.get(f"{service.url}/metrics", timeout=30).text)
        assert (there["touchtone_redis_up",], there["touchtone_spool_calls",]) == (0, 1)
        valkey.start()


def test_metrics_count_webhooks_calls_and_what_waits(service: Running) -> None:
    """Webhooks by route and outcome, their times, live calls, records that wait; for this machine alone."""
    before = figures(httpx.get(f"{service.url}/metrics").text)
    first = service.post("/voice", CallSid="CA1")
    service.post("/voice", CallSid="CA1")
    service.post("/voice", CallSid="CA2")
    service.post(action(first), CallSid="CA1", Digits="1")
    service.post("/voice", From="nobody")
    service.post("/voice/status", CallSid="CA2", CallStatus="completed")
    after = figures(httpx.get(f"{service.url}/metrics").text)

    def grown(*labels: str) -> float:
        key = ("touchtone_webhooks_total", *labels)
        return after.get(key, 0) - before.get(key, 0)

    assert grown("begin", "stepped") == 2
    assert grown("begin", "repeated") == 1
    assert grown("begin", "refused") == 1
    assert grown("act", "stepped") == 1
    assert grown("status", "noted") == 1
    assert after["touchtone_live_calls",] == 1
    assert after["touchtone_log_records_waiting",] == 4
    assert after["touchtone_webhook_seconds_count", "act"] >= 1
    forwarded = httpx.get(f"{service.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert (forwarded.status_code, forwarded.text) == (403, "forbidden\n")


def test_a_webhook_is_one_line_without_the_callers_data(
    service: Running, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Route, outcome, call, line, place and time; no number, no key, no address with its token."""
    caplog.set_level(logging.INFO, "ivr.webhook")
    first = service.post("/voice", CallSid="CA1")
    main = service.post(action(first), CallSid="CA1", Digits="1")
    number = service.post(action(main), CallSid="CA1", Digits="1")
    service.post(action(number), CallSid="CA1", Digits="4021")
    text = capsys.readouterr().err
    lines = [json.loads(row) for row in text.splitlines()]
    assert [(line["route"], line["outcome"], line["place"]) for line in lines] == [
        ("begin", "stepped", "welcome"),
        ("act", "stepped", "main"),
        ("act", "stepped", "number"),
        ("act", "stepped", "main"),
    ]
    assert {line["call"] for line in lines} == {"CA1"}
    assert {line["line"] for line in lines} == {"test"}
    assert not [secret for secret in ("4021", "1500555", "?s=") if secret in text + caplog.text]


@pytest.mark.long
def test_figures_of_all_workers_add_up(serve: Callable[..., Serve]) -> None:
    """Whichever worker is asked, the figures are those of the service."""
    service = serve()
    for number in range(20):
        service.post("/voice", CallSid=f"CA{number}")
    text = httpx.get(f"http://127.0.0.1:{service.port}/metrics", timeout=30).text
    assert figures(text)["touchtone_webhooks_total", "begin", "stepped"] == 20
    assert service.text().count('"route":"begin","outcome":"stepped"') == 20
