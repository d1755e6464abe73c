"""A WSGI application under the server that `ivr serve` runs, with the same threads, in processes of its own.

python -m bench.serving TARGET PORT WORKERS
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from granian.constants import Interfaces
from granian.server import Server

from ivr.cli.web_server import THREADS
from ivr.config import LOOKUP_PREFIX, NAMES

HOST = "127.0.0.1"
TOKEN = "0123456789abcdef0123456789abcdef"  # what the carrier signs with; it opens nothing
KEY = "a key of the benchmarks, which is long enough"


@dataclass(frozen=True, slots=True)
class Served:
    """An application that is being served."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        """What its URLs begin with."""
        return f"http://{HOST}:{self.port}"

    def workers(self) -> list[int]:
        """The web processes, without the one that supervises them."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        # The supervisor also has multiprocessing's resource tracker for a child, which serves nothing.
        return [int(pid) for pid in children.split() if "resource_tracker" not in _command(int(pid))]

    def cpu(self) -> float:
        """Seconds of processor time that the web processes have used so far."""
        ticks = 0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def free_port() -> int:
    """A port of the loopback interface that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**settings: str) -> dict[str, str]:
    """This process's environment, with these settings of the service and no others."""
    kept = {
        name: value for name, value in os.environ.items() if name not in NAMES and not name.startswith(LOOKUP_PREFIX)
    }
    return kept | settings


@contextmanager
def served(settings: Mapping[str, str], log: Path, target: str = "", workers: int = 1) -> Iterator[Served]:
    """Serves an application factory, `package.module:function`, from when it answers until the end of the block.

    Without a target it is the service, by the very module that `ivr serve` starts. `log` is the file that takes
    what it writes to standard error: the service writes a line for each webhook.
    """
    port = free_port()
    arguments = ["bench.serving", target] if target else ["ivr.cli.web_server", HOST]
    command = [sys.executable, "-m", *arguments, str(port), str(workers)]
    own = {"PUBLIC_URL": f"http://{HOST}:{port}", "TWILIO_AUTH_TOKEN": TOKEN}
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, env=environment(**settings, **own), stdout=file, stderr=file, start_new_session=True
        )
    try:
        _wait(process, port)
        yield Served(port, process.pid)
    finally:
        end(process)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection((HOST, port), timeout=5) as connection:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                if connection.recv(16).startswith(b"HTTP/1.1 "):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError("a server that was to be measured did not start")


def end(process: subprocess.Popen[bytes], patience: float = 25) -> None:
    """Ends a process and its own children: by SIGTERM, and where that takes too long, by force."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main(target: str, port: int, workers: int) -> None:
    """Serves until SIGTERM, or until the benchmark is gone. The settings are those of `ivr.cli.web_server`."""
    parent = os.getppid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    Server(
        target,
        factory=True,
        interface=Interfaces.WSGI,
        address=HOST,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        workers_kill_timeout=15,
        websockets=False,
        log_level="error",  # type: ignore[arg-type]
    ).serve()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
