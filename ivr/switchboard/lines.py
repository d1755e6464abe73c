"""The lines as this process knows them: each version compiled once, the live ones found by number."""

from __future__ import annotations

import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from ivr.carrier.twiml import Renderer
from ivr.menu import Flow, load
from ivr.store.live import Live
from ivr.store.versions import Versions, version_of
from ivr.switchboard.desk_line import LINE as DESK
from ivr.switchboard.desk_line import DeskLine
from ivr.switchboard.draw import Draw
from ivr.switchboard.prompts.current import Recordings, Stamp

MOST_KEPT = 500
"""Versions kept compiled in a process; the one used longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One version of a line, compiled: what a call on it needs."""

    version: str
    flow: Flow
    renderer: Renderer = field(repr=False)
    recorded: Stamp = None  # the manifest of the recordings that it plays


class UnknownVersion(LookupError):  # noqa: N818 - it is the name of what is unknown
    """A version that neither SQL nor this machine's copies have."""


class Lines:
    """Compiled versions. Safe between threads."""

    def __init__(
        self,
        versions: Versions,
        *,
        recordings: Path,
        copies: Path,
        desk: DeskLine | None = None,
        draw: Draw | None = None,
    ) -> None:
        self._draw = draw
        self._versions = versions
        self._recordings = Recordings(recordings)
        self._copies = copies
        self._desk = desk
        self._made: dict[str, Mapping[str, bytes]] = {}  # the files of the desk's line, by version
        self._lock = threading.Lock()
        self._compiling = threading.Lock()  # one at a time: nobody compiles what somebody else is compiling
        self._compiled: OrderedDict[str, Line] = OrderedDict()
        self._live = Live()
        self._numbers: Mapping[str, Line] = {}
        self._missing: UnknownVersion | SQLAlchemyError | None = None

    def of(self, version: str) -> Line:
        """The version, compiled. Raises UnknownVersion."""
        if line := self._kept(version):
            return line
        with self._compiling:
            if line := self._kept(version):
                return line
            line = self._compile(version)
            with self._lock:
                self._compiled[version] = line
                while len(self._compiled) > MOST_KEPT:
                    self._compiled.popitem(last=False)
        return line

    def _kept(self, version: str) -> Line | None:
        with self._lock:
            line = self._compiled.get(version)
            if line is None:
                return None
            self._compiled.move_to_end(version)
        return self._as_recorded(line)

    def _as_recorded(self, line: Line) -> Line:
        """The line as it is played with the recordings that there are now."""
        stamp = self._recordings.stamp()
        if line.recorded == stamp:
            return line
        line = replace(line, renderer=self._renderer(line.flow), recorded=stamp)
        with self._lock:
            if line.version in self._compiled:
                self._compiled[line.version] = line
        return line

    def answering(self, number: str, live: Live, caller: str = "", sid: str = "") -> Line | None:
        """The line of a number, as Redis (or, where it knows none, SQL) says what is live; where a version of it is
        tried out and the `caller` of the call `sid` is drawn, that version of it.

        The desk's number has the desk's line, in the language of the agent who is the `caller`. Raises what a version
        that cannot be had raised, where there is none, and it may be that of this version.
        """
        files = self._desk.files(number, caller) if self._desk else None
        if files is not None:
            return self._of_the_desk(files)
        line = self._numbers.get(number)
        if line is not None and live.versions.get(line.flow.name) == line.version:
            # A caller of this line does not wait for what was published of others.
            return self._drawn(line, live, caller, sid)
        self.prepare(live or self._versions.now_live())
        line = self._numbers.get(number)
        if line is None and self._missing:
            raise self._missing
        return line and self._drawn(line, live, caller, sid)

    def _drawn(self, line: Line, live: Live, caller: str, sid: str) -> Line:
        """The line, or what is tried out of it, for whom that is; one that cannot be had is tried out on nobody."""
        trial = live.trials.get(line.flow.name)
        if trial is not None and self._draw is not None and self._draw.takes(line.flow.name, trial, caller, sid):
            with suppress(UnknownVersion, SQLAlchemyError):
                return self.of(trial.version)
        return self._kept(line.version) or self._as_recorded(line)

    def _of_the_desk(self, files: Mapping[str, bytes]) -> Line:
        """The desk's line, which no database has: a call on it that goes on elsewhere, or later, finds the copy."""
        version = version_of(files)
        if version not in self._made:
            self._made[version] = files
            keep_copy(self._copies, files)
        return self.of(version)

    def prepare(self, live: Live, stop: Callable[[], bool] = lambda: False) -> None:
        """Compiles what of these versions is not compiled yet; until `stop` says so.

        One that cannot be had must not keep the other lines from answering.
        """
        if live == self._live:
            return
        lines: list[Line] = []
        missing: UnknownVersion | SQLAlchemyError | None = None
        for trial in live.trials.values():
            if stop():
                return
            with suppress(UnknownVersion, SQLAlchemyError):  # it is tried out on nobody
                self.of(trial.version)
        for version in live.versions.values():
            if stop():
                return
            try:
                lines.append(self.of(version))
            except (UnknownVersion, SQLAlchemyError) as error:
                missing = error
        self._numbers = {number: line for line in lines for number in line.flow.numbers}
        self._missing = missing
        # What the database could not give now it may give the next time.
        self._live = Live() if isinstance(missing, SQLAlchemyError) else live

    def last_known(self, number: str) -> Line | None:
        """The line that answered the number when that was last known: for days when nothing can be asked."""
        return self._numbers.get(number)

    def _compile(self, version: str) -> Line:
        files = self._files(version)
        flows = load(files).flows
        if not flows:
            raise UnknownVersion(f"version {version} does not check with this release of the service")
        flow = next(iter(flows.values()))
        stamp = self._recordings.stamp()  # before they are read: what changes meanwhile is read again
        return Line(version, flow, self._renderer(flow), stamp)

    def _renderer(self, flow: Flow) -> Renderer:
        audio = self._desk.audio if self._desk and flow.name == DESK else None
        return Renderer(flow, self._recordings.of(flow), audio=audio)

    def _files(self, version: str) -> Mapping[str, bytes]:
        """The version's files from SQL, or from this machine's copy where SQL is away, or has not got the desk's."""
        if version in self._made:
            return self._made[version]
        copy = self._copies / f"{version}.json"
        try:
            files = self._versions.files(version)
        except SQLAlchemyError:
            files = _read_copy(copy, version)
            if files is None:
                raise
            return files
        if files is None:
            files = _read_copy(copy, version)
        if files is None:
            raise UnknownVersion(f"there is no version {version}")
        keep_copy(self._copies, files)
        return files


def _read_copy(path: Path, version: str) -> dict[str, bytes] | None:
    try:
        files = {name: text.encode() for name, text in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return None
    return files if version_of(files) == version else None


def keep_copy(folder: Path, files: Mapping[str, bytes]) -> str:
    """Keeps a copy of a version on disk, whole or not at all; its hash. Calls that begin with a version that is in no
    database (the desk's line, a draft) find it here. Without one, only a day without SQL is worse.
    """
    version = version_of(files)
    path = folder / f"{version}.json"
    if path.exists():
        return version
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps({name: data.decode() for name, data in files.items()}), "utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
    return version
