"""Worker processes that tests start, kill and wait for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from log_making import SECRET
from redis import Redis

from ivr.store.calls import log_key, partition


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Waits until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


def produce(redis: Redis, made: Iterable[tuple[str, bytes]]) -> None:
    """Puts records into the streams of their calls, in this order."""
    pipeline = redis.pipeline(transaction=False)
    for sid, data in made:
        pipeline.xadd(log_key(partition(sid)), {"sid": sid, "record": data})
    pipeline.execute()


class Workers:
    """Worker processes on one Redis and one database."""

    def __init__(self, folder: Path, redis_url: str, database_url: str, settings: Mapping[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IVR_", "TWILIO_"))}
        kept.pop("PUBLIC_URL", None)
        self._environment = kept | {
            "REDIS_URL": redis_url,
            "DATABASE_URL": database_url,
            "IVR_DATA": str(folder),
            "IVR_SECRET_KEY": SECRET,
            **settings,
        }
        self._log = folder / "worker.log"
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts one more; by other arguments of Python where some are given."""
        command = [sys.executable, *(arguments or ("-m", "ivr.cli.worker_process"))]
        with self._log.open("ab") as log:
            self.running.append(subprocess.Popen(command, env=self._environment, stdout=log, stderr=log))
        return self.running[-1]

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kills one, as a machine that loses its power does."""
        process.kill()
        process.wait()
        self.running.remove(process)

    def stop(self) -> list[int]:
        """Ends all as a supervisor does; their exit codes."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(30) for process in self.running]
        self.running.clear()
        return codes

    def text(self) -> str:
        """All that they have said so far."""
        return self._log.read_text("utf-8") if self._log.exists() else ""
