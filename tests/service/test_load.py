"""`ivr load` against a real `ivr serve`, and as a command of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from serving import IVR, Serve, until

from ivr.store.log_queries import LogQueries
from ivr.store.sql import open_engine

pytestmark = pytest.mark.long


def test_a_load_on_a_real_service(serve: Callable[..., Serve]) -> None:
    """Dozens of mixed calls to a line found in the folder of menus: all finish, and the log has every one of them."""
    made = serve()
    scripts = ["1 1 1234 2 hangup", "1 3 speak:9", "early:2 silence silence", "1 2 busy speak", "hangup"]
    keys = [word for script in scripts for word in ("--keys", script)]
    url = f"http://127.0.0.1:{made.port}"
    done = made.run("load", url, "--calls-per-second", "20", "--for", "2s", *keys, "--format", "json")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert figures["url"] == f"{url}/voice"
    assert figures["to"] == "+15005550001"
    assert figures["calls"]["begun"] == figures["calls"]["finished"] == 40
    assert figures["failures"] == []
    assert len(figures["scripts"]) == len(scripts)
    assert figures["webhooks"]["answered"] > 120
    engine = open_engine(f"sqlite:///{made.folder / 'var' / 'touchtone.db'}")
    try:
        queries = LogQueries(engine)
        until(lambda: sum(call.how is not None for call in queries.newest()) == 40)
    finally:
        engine.dispose()


def run(*command: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """An `ivr load` on its own."""
    return subprocess.run(
        [*IVR, "load", *command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["http://192.0.2.1/voice", "--to", "+15005550006"], "192.0.2.1 is another machine"),
        (["http://127.0.0.1:1", "--to", "+15005550006", "--keys", "shout"], "nothing a caller can do"),
        (["http://127.0.0.1:1", "--to", "+15005550006", "--script", "no.call"], "no.call: No such file"),
        (["http://127.0.0.1:1", "--to", "+15005550006", "--for", "5x"], "no span such as 60s"),
        (["http://127.0.0.1:1"], "--to is missing"),
    ],
)
def test_a_load_that_cannot_run(options: list[str], message: str, tmp_path: Path) -> None:
    """One sentence that says why, and exit 2; nobody was called."""
    environment = Serve(tmp_path).environment
    done = run("--calls-per-second", "5", "--for", "1s", *options, environment=environment)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_failed_calls_are_exit_1(tmp_path: Path) -> None:
    """Text for people on standard output, nothing on standard error, not even progress, as it is a pipe."""
    script = tmp_path / "caller.call"
    script.write_text("line: a.yaml\nfrom: +15005550100\nto: +15005550006\nat: 2026-07-01T10:00\n\n> 1\n", "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        to = ["--to", "+15005550006", "--script", f"2x {script}"]
        done = run(url, *to, "--calls-per-second", "50", "--for", "1s", environment=Serve(tmp_path).environment)
    assert (done.returncode, done.stderr) == (1, "")
    assert "calls      50 begun, 0 finished, 50 failed" in done.stdout
    assert "failed     50 calls: connection refused; such as CA" in done.stdout


def test_ctrl_c_ends_it_with_the_figures_so_far(tmp_path: Path) -> None:
    """A load of an hour is over when somebody says so, and tells what it came to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        given = ["--to", "+15005550006", "--calls-per-second", "5", "--for", "1h", "--format", "json"]
        with subprocess.Popen(
            [*IVR, "load", url, *given], env=Serve(tmp_path).environment, stdout=subprocess.PIPE, text=True
        ) as process:
            listening.settimeout(30)
            listening.accept()[0].close()  # somebody has called
            process.send_signal(signal.SIGINT)
            text, _ = process.communicate(timeout=60)
    figures = json.loads(text)
    assert figures["stopped"] is True
    assert 1 <= figures["calls"]["begun"] < 18_000
