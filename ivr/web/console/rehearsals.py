"""The scripted calls of drafts: run beside the pages, one line at a time, and what came of them while it holds."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import current_app

from ivr.switchboard.menu_folder import home
from ivr.switchboard.rehearsal import Rehearsal, rehearse, scripts_of
from ivr.web.console.standing import LineNow

PATIENCE = 300.0
"""Seconds that the scripted calls of a line may take."""


@dataclass(frozen=True, slots=True)
class Run:
    """One running of a line's scripted calls: of which state of the folder. `result` is None while it goes on."""

    state: str
    result: Rehearsal | None = None


class Rehearsals:
    """What this process ran. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._runs: dict[str, Run] = {}

    def of(self, line: LineNow) -> Run | None:
        """The run of the line's draft as it is now, or the one that goes on; None where nothing ran since a change."""
        with self._lock:
            run = self._runs.get(line.name)
        if run is None or line.path is None:
            return None
        return run if run.result is None or run.state == state_of(line.path) else None

    def start(self, line: LineNow, *, update: bool = False) -> None:
        """Runs them, unless they are being run; with `update` what was heard is written into those that differ."""
        path = line.path
        if path is None:
            return
        run = Run(state_of(path))
        with self._lock:
            if self._runs.get(line.name) == run:  # which has no result yet
                return
            self._runs[line.name] = run
        threading.Thread(target=self._run, args=(line.name, path, run, update), name="rehearsal", daemon=True).start()

    def _run(self, name: str, path: Path, run: Run, update: bool) -> None:
        result = None
        try:
            with self._turn:  # two lines at once would take twice as long each
                result = rehearse(path, update=update, timeout=PATIENCE)
        except Exception as error:
            scripts = max(1, len(scripts_of(path)))
            result = Rehearsal("", scripts, scripts, f"they could not be run: {error}")
        finally:
            with self._lock:
                if self._runs.get(name) == run:
                    # What was written into the scripts is how they are now.
                    self._runs[name] = Run(state_of(path) if update else run.state, result)


def state_of(path: Path) -> str:
    """A mark of all files of the folder on which scripted calls depend: menus, pieces, team, tables, scripts."""
    folder, digest = home(path), sha256()
    for pattern in ("*.yaml", "pieces/*.yaml", "*.csv", "**/*.call"):
        for file in sorted(folder.glob(pattern)):
            try:
                digest.update(f"{file}\0".encode() + sha256(file.read_bytes()).digest())
            except OSError:
                continue
    return digest.hexdigest()[:16]


def rehearsals() -> Rehearsals:
    """Those of this application."""
    made = current_app.extensions.setdefault("ivr_rehearsals", Rehearsals())
    assert isinstance(made, Rehearsals)  # noqa: S101 - nobody else puts anything there
    return made
