"""An `ivr serve` as a process of its own, started, asked and ended by tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
from running import FROM, TO

from ivr.store.client import connect
from ivr.store.embedded import attach

IVR = [sys.executable, "-c", "from ivr.cli import main; main()"]


def free_port() -> int:
    """A port that nobody has, nor the next one, at which the pages for people are."""
    while True:
        with socket.socket() as probe, socket.socket() as following:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            with suppress(OSError, OverflowError):
                following.bind(("127.0.0.1", port + 1))
                return port


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Waits until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)


class Serve:
    """An `ivr serve` on a folder, started and ended by the test."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.options = options
        self.log = folder / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the service and of the commands beside it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IVR_", "TWILIO_"))}
        for name in ("REDIS_URL", "DATABASE_URL", "PUBLIC_URL"):
            kept.pop(name, None)
        return kept | {"IVR_MENUS": str(self.folder / "menus"), "IVR_DATA": str(self.folder / "var")}

    def start(self) -> None:
        """Starts it, and waits until it says that it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*IVR, "serve", "--port", str(self.port), "--workers", "2", *self.options],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        before = self.text().count("ready:")
        until(lambda: self.text().count("ready:") > before or self.process.poll() is not None)  # type: ignore[union-attr]
        assert self.process.poll() is None, self.text()

    def text(self) -> str:
        """All that it has said so far."""
        return self.log.read_text("utf-8")

    def stop(self) -> int:
        """Ends it as a supervisor does; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Another `ivr` command on the same data."""
        return subprocess.run([*IVR, *command], env=self.environment, capture_output=True, text=True, timeout=60)

    def post(self, path: str, **form: str) -> httpx.Response:
        """A webhook; while workers come back up, the carrier tries again, as carriers do."""
        url = f"http://127.0.0.1:{self.port}{path}"
        end = time.monotonic() + 30
        while True:
            try:
                return httpx.post(url, data={"From": FROM, "To": TO, **form}, timeout=15)
            except httpx.TransportError:
                assert time.monotonic() < end
                time.sleep(0.1)

    def workers(self) -> list[int]:
        """The pids of the web workers: the children of the web process."""
        children = _children()
        return [pid for web in self.children(b"ivr.cli.web_server") for pid in children.get(web, [])]

    def children(self, module: bytes) -> list[int]:
        """The pids of the service's own children that run the module."""
        assert self.process is not None
        found = []
        for pid in _children().get(self.process.pid, []):
            try:
                if module in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
            except OSError:
                continue
        return found


def _children() -> dict[int, list[int]]:
    """The pids of all processes by their parent's."""
    found: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    return found


def end(made: Serve) -> None:
    """Ends what a test leaves running, and its Valkey."""
    if made.process is not None and made.process.poll() is None:
        made.stop()
    url = attach(made.folder / "var" / "valkey")
    if url:
        client = connect(url)
        pid = int(client.info("server")["process_id"])
        client.close()
        os.kill(pid, signal.SIGTERM)
