"""A process that `ivr serve` keeps running."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence

import click

_LONGEST = 10.0
"""Seconds of the longest pause before it is started again."""

_STEADY = 30.0
"""Seconds after which a process counts as running well, and the pauses begin anew."""


class Child:
    """One process: started at once, started again when it ends, and ended with whoever started it."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._name = name
        self._command = command
        self._environment = environment
        self._pause = 1.0
        self._again: float | None = None
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        # A session of its own: the terminal's Ctrl-C comes to `ivr serve` alone, which stops the others in order.
        return subprocess.Popen(  # noqa: S603 - our own modules
            self._command, env=self._environment, start_new_session=True
        )

    def ensure(self) -> None:
        """Starts it again if it has ended, after a pause that grows; says so. Returns at once."""
        if self._process.poll() is None:
            return
        now = time.monotonic()
        if self._again is None:
            if now - self._started > _STEADY:
                self._pause = 1.0
            self._again = now + self._pause
            self._pause = min(_LONGEST, self._pause * 2)
            click.echo(f"{self._name} ended with {self._process.returncode}; it is started again", err=True)
        elif now >= self._again:
            self._again = None
            self._process = self._start()

    def stop(self, patience: float) -> None:
        """Ends it, by SIGKILL where SIGTERM did not do it within `patience` seconds."""
        self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
