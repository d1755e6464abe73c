"""The spool: what webhooks would have written to Redis, on this machine's disk while Redis is away.

A file a call, a line an entry, in the order in which they came. An entry is on disk when `add` returns. Files
are replayed and removed by whoever takes a call's lock first; a line that cannot be read is set aside where a
person can see it, and never silently dropped.
"""

from __future__ import annotations

import fcntl
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from ivr.store.calls import Saved


@dataclass(frozen=True, slots=True)
class ClosedTurn:
    """All that a turn leaves behind: what is written to Redis, or waits here until it can be."""

    saved: Saved
    records: tuple[bytes, ...]
    expires: int  # seconds
    ended: bool


@dataclass(frozen=True, slots=True)
class SpooledFact:
    """An input without a turn that waits until the turns before it are written; the input as JSON."""

    fact: bytes


Entry = ClosedTurn | SpooledFact


class Spool:
    """The spool of one folder. Safe between threads and processes of one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "spool"
        self._aside = folder / "set-aside"

    def add(self, sid: str, entry: Entry) -> None:
        """Writes the entry to disk. Raises OSError where the disk takes nothing."""
        line = orjson.dumps({"sid": sid} | _written(entry)) + b"\n"
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(sid)
        while True:
            with path.open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not _is(file.fileno(), path):
                    continue  # replayed and removed between opening and locking
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
                return

    def holds(self, sid: str) -> bool:
        """Whether anything of the call waits here."""
        return self._path(sid).exists()

    def size(self) -> int:
        """How many calls have something waiting."""
        return sum(1 for _ in self.waiting())

    def waiting(self) -> Iterator[Path]:
        """The files that wait, the oldest first."""
        try:
            files = [(entry.stat().st_mtime, Path(entry.path)) for entry in os.scandir(self._folder)]
        except OSError:
            return iter(())
        return iter([path for _, path in sorted(files) if path.suffix == ".jsonl"])

    @contextmanager
    def taken(self, path: Path) -> Iterator[tuple[str, list[Entry]] | None]:
        """The sid and entries of a file, under its lock; the file is removed when the block ends well.

        None where there is nothing (any more). What cannot be read is set aside first.
        """
        try:
            file = path.open("rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _is(file.fileno(), path):
                yield None
                return
            sid, entries = self._read(path, file.read())
            yield (sid, entries) if sid else None
            path.unlink()

    def drop(self, sid: str) -> bool:
        """Removes what waits of a call, unread; whether anything did."""
        path = self._path(sid)
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                path.unlink()
        except FileNotFoundError:
            return False
        return True

    def put_aside(self, path: Path) -> None:
        """Moves a file that cannot be replayed to where a person can see it."""
        self._aside.mkdir(parents=True, exist_ok=True)
        path.replace(self._aside / f"spool-{path.name}")

    def path(self, sid: str) -> Path:
        """Where the call's entries wait."""
        return self._path(sid)

    def _path(self, sid: str) -> Path:
        return self._folder / f"{sha256(sid.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.jsonl"

    def _read(self, path: Path, content: bytes) -> tuple[str, list[Entry]]:
        sid, entries, bad = "", [], []
        for line in content.splitlines():
            try:
                fields = orjson.loads(line)
                entries.append(_entry(fields))
                sid = str(fields["sid"])
            except (ValueError, KeyError, TypeError):
                bad.append(line)
        if bad:
            self._aside.mkdir(parents=True, exist_ok=True)
            with (self._aside / f"spool-{path.name}").open("ab") as aside:
                aside.write(b"\n".join(bad) + b"\n")
        return sid, entries


def _is(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one at the path."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _written(entry: Entry) -> dict[str, object]:
    match entry:
        case SpooledFact(fact):
            return {"fact": b64encode(fact).decode()}
        case ClosedTurn(saved, records, expires, ended):
            return {
                "seq": saved.seq,
                "turn": saved.turn,
                "state": b64encode(saved.state).decode(),
                "reply": b64encode(saved.reply).decode(),
                "records": [b64encode(record).decode() for record in records],
                "expires": expires,
                "ended": ended,
            }


def _entry(fields: dict[str, Any]) -> Entry:
    if "fact" in fields:
        return SpooledFact(b64decode(fields["fact"]))
    saved = Saved(int(fields["seq"]), int(fields["turn"]), b64decode(fields["state"]), b64decode(fields["reply"]))
    records = tuple(b64decode(record) for record in fields["records"])
    return ClosedTurn(saved, records, int(fields["expires"]), bool(fields["ended"]))
