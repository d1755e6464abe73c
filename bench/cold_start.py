"""From `ivr serve` on a fresh IVR_DATA to the first call answered."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx

from bench.figures import spread
from bench.serving import HOST, end, environment, free_port

TIMES = 5
ENOUGH = 40.0
"""Seconds after which no further one is begun: on a busy machine each takes its time."""
PATIENCE = 60.0
"""Seconds in which a service must answer."""


def run(folder: Path) -> list[str]:
    """Starts it several times; the line that tells how long it took."""
    began = time.perf_counter()
    found: list[tuple[float, float]] = []
    while len(found) < TIMES and time.perf_counter() - began < ENOUGH:
        found.append(_once(folder / str(len(found))))
    answered = spread([seconds for seconds, _ in found])
    ended = spread([seconds for _, seconds in found])
    return [
        f"`ivr serve` on a fresh IVR_DATA to the first call answered, {len(found)} times: {answered.show(2)} s",
        f"SIGTERM at that moment, until all of it has ended: {ended.show(2)} s",
    ]


def _once(data: Path) -> tuple[float, float]:
    """Seconds until a first call was answered, and until it had ended again."""
    data.mkdir()
    port = free_port()
    ivr = str(Path(sys.executable).with_name("ivr"))
    command = [ivr, "serve", "--menus", "menus", "--port", str(port)]
    began = time.perf_counter()
    with (data / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment(IVR_DATA=str(data)), stdout=log, stderr=log, start_new_session=True
        )
    try:
        _answered(process, port)
        answered = time.perf_counter() - began
    finally:
        began = time.perf_counter()
        end(process, 40)
    return answered, time.perf_counter() - began


def _answered(process: subprocess.Popen[bytes], port: int) -> None:
    """Calls until somebody answers."""
    form = {"CallSid": "CA" + "1" * 32, "From": "+15005550100", "To": "+15005550006", "CallStatus": "ringing"}
    until = time.monotonic() + PATIENCE
    with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
        while process.poll() is None and time.monotonic() < until:
            try:
                response = client.post(f"http://{HOST}:{port}/voice", data=form)
            except httpx.TransportError:
                time.sleep(0.01)
                continue
            if (response.status_code == 200 and "Meridian Coaches" in response.text) or "<Play>" in response.text:
                return
            time.sleep(0.01)
    raise RuntimeError("`ivr serve` did not answer a call")
