"""The team as it is now: `menus/team.yaml`, read anew when it changes. It is live, and no part of a version."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from ivr.menu.team import Team
from ivr.menu.team_load import FILE, load_team

LOOK_EVERY = 0.5
"""Seconds between two looks at the file: a look costs a system call, and callers ask every moment."""

log = logging.getLogger("ivr.staff")


class Staff:
    """The team of one folder of menus. Safe between threads."""

    def __init__(self, menus: Path) -> None:
        self._path = menus / FILE
        self._lock = threading.Lock()
        self._looked = -LOOK_EVERY
        self._stamp: tuple[int, int] | None = None
        self._team = Team()

    def now(self) -> Team:
        """The team; one without agents and queues where there is no file.

        A file with errors, or that cannot be read, is named in the log once, and the last good team stays.
        """
        if time.monotonic() - self._looked < LOOK_EVERY:
            return self._team
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_EVERY:
                self._look()
                self._looked = time.monotonic()  # not before: whoever asks at the first look waits for it
        return self._team

    def _look(self) -> None:
        try:
            about = self._path.stat()
            stamp = (about.st_mtime_ns, about.st_size)
            if stamp != self._stamp:
                self._read(self._path.read_bytes())
                self._stamp = stamp
        except FileNotFoundError:
            self._stamp, self._team = None, Team()
        except OSError as error:
            log.error("%s cannot be read (%s); the team stays what it was", self._path, error.strerror)

    def _read(self, data: bytes) -> None:
        found = load_team(str(self._path), data)
        if found.team is not None:
            self._team = found.team
            return
        errors = [str(problem) for problem in found.problems if problem.severity == "error"]
        log.error("%s has errors; the team stays what it was: %s", self._path, "; ".join(errors[:3]))
