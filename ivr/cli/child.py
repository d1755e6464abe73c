"""A process that `ivr serve` keeps running."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

import click

_LONGEST = 10.0
"""Seconds of the longest pause before it is started again."""

_STEADY = 30.0
"""Seconds after which a process counts as running well, and the pauses begin anew."""


class Child:
    """One process: started at once, started again when it ends, and ended with whoever started it.

    With `held_back` it imports what it needs and then waits for a line on its standard input, which `let_go` writes:
    the settings, in JSON, that were not known before. `ensure` is for afterwards.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, held_back: bool = False
    ) -> None:
        self._name = name
        self._command = command
        self._environment = dict(environment)
        self._known_later: dict[str, str] = {}
        self._pause = 1.0
        self._again: float | None = None
        self._held_back = held_back
        self._process = self._start()

    def let_go(self, settings: Mapping[str, str]) -> None:
        """Lets it do its work with these settings, now and whenever it is started again."""
        self._held_back = False
        self._known_later |= settings
        self._write_line(self._process)

    def _start(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        # A session of its own: the terminal's Ctrl-C comes to `ivr serve` alone, which stops the others in order.
        process = subprocess.Popen(  # noqa: S603 - our own modules
            self._command, env=self._environment, start_new_session=True, stdin=subprocess.PIPE
        )
        if not self._held_back:
            self._write_line(process)
        return process

    def _write_line(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is not None:
            with suppress(OSError):  # it has ended, which `ensure` will see
                process.stdin.write(json.dumps(self._known_later).encode() + b"\n")
                process.stdin.close()

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
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
