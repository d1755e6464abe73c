"""The backlog: records that are too many for Redis, on this machine's disk until the database takes them.

A file a batch, a line a record: `["{p07}:log", "1700000000000-0", "CA1", "{…}"]`, each byte a character of that
code, so that any bytes go in and a person can read them. A file is whole when it is there: it is written as a
draft and then named, and may be removed from its stream after that. Killed in between, a record is in both, which
harms nothing: the call log takes each (sid, seq) once.

Files belong to the machine. Any worker on it writes them, whoever holds the partition by now.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from secrets import token_hex
from shutil import disk_usage

import orjson

from ivr.store.call_log import Entry, Refused
from ivr.store.lock import FileLock

RESERVE = 1 << 30
"""Bytes of the disk that are not used, or a twentieth of a small one: Redis, the spool and SQL may write there too."""

_BROKEN = "it is no line of the backlog"


@dataclass(frozen=True, slots=True)
class Kept:
    """What one file holds."""

    name: str
    entries: tuple[Entry, ...]
    broken: tuple[Refused, ...]
    """Lines that cannot be read; their stream is `backlog`, their id the file's name and the number of the line."""


class Backlog:
    """The backlog of one machine, in a folder of IVR_DATA. Safe between processes; `oldest` is for one thread."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "backlog"
        self._passed: set[str] = set()

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep entries of a stream, on disk when this returns. Raises `OSError` where the disk takes nothing."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk = disk_usage(self.folder)
        if disk.free < min(RESERVE, disk.total // 20):
            raise OSError(ENOSPC, "the disk is nearly full, and the rest is left to the others on it")
        name = f"{entries[0].id.decode()}.{token_hex(4)}.{len(entries)}.jsonl"
        with self._writing():
            try:
                descriptor = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(b"".join(map(_line, entries)))
                    file.flush()
                    os.fsync(file.fileno())
                self._draft.rename(self.folder / name)
            except OSError:
                self._draft.unlink(missing_ok=True)  # a full disk needs its room
                raise
        for folder in (self.folder, self.folder.parent):  # or a power cut may take the name away again
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def records(self) -> int:
        """Tell how many records wait here: the files' names say so."""
        counts = (name.split(".")[-2] for name in self._names())
        return sum(int(count) for count in counts if count.isdecimal())

    def tidy(self) -> None:
        """Remove what somebody who was killed had begun to write: its records are in their stream. Raises `OSError`."""
        if self._draft.exists():
            with self._writing():
                self._draft.unlink(missing_ok=True)

    @contextmanager
    def oldest(self) -> Iterator[Kept | None]:
        """Give the oldest file that nobody else is writing to the database now, as ours while the block lasts.

        None where there is none. Raises `OSError` where it cannot be read; it is passed over from then on.
        """
        for name in self._names():
            if name in self._passed:
                continue
            try:
                file = (self.folder / name).open("rb")
            except FileNotFoundError:
                continue
            except OSError:
                self.pass_over(name)
                raise
            with file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    kept = _read(name, file.read())
                except BlockingIOError:
                    continue
                except OSError:
                    self.pass_over(name)
                    raise
                yield kept
                return
        yield None

    def remove(self, name: str) -> None:
        """Forget a file that is in the database. Raises `OSError` where it stays; it is passed over from then on."""
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError:
            self.pass_over(name)
            raise

    def entries(self) -> Iterator[Entry]:
        """Give all that waits here; it may go meanwhile."""
        for name in self._names():
            try:
                content = (self.folder / name).read_bytes()
            except FileNotFoundError:
                continue
            yield from _read(name, content).entries

    def change(self, changed: Callable[[Entry], Entry | None]) -> int:
        """Give each entry as it is to be from now on, none where it is to go; how many are others than before.

        Whoever writes a file to the database at this moment may still write it as it was. Raises `OSError`.
        """
        number = 0
        for name in self._names():
            try:
                file = (self.folder / name).open("rb")
            except FileNotFoundError:
                continue
            with file:
                fcntl.flock(file, fcntl.LOCK_EX)
                kept = _read(name, file.read())
                left = [changed(entry) for entry in kept.entries]
                others = sum(new != old for new, old in zip(left, kept.entries, strict=True))
                if others and (self.folder / name).exists():
                    self._replace(name, [entry for entry in left if entry is not None], kept.broken)
                number += others
        return number

    def _replace(self, name: str, entries: Sequence[Entry], broken: Sequence[Refused]) -> None:
        """Write a file's entries anew; what could not be read of it stays."""
        lines = [*map(_line, entries), *(one.entry.record + b"\n" for one in broken)]
        if lines:
            first, token, _, end = name.split(".")
            with self._writing():
                descriptor = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(b"".join(lines))
                    file.flush()
                    os.fsync(file.fileno())
                self._draft.rename(self.folder / f"{first}.{token}{token_hex(1)}.{len(lines)}.{end}")
        (self.folder / name).unlink(missing_ok=True)

    def pass_over(self, name: str) -> None:
        """Leave a file alone for as long as this process runs: it cannot be dealt with, and others can."""
        self._passed.add(name)

    @property
    def _draft(self) -> Path:
        return self.folder / "draft"

    def _writing(self) -> FileLock:
        return FileLock(self.folder / "lock")

    def _names(self) -> list[str]:
        """The files, the oldest first: a name begins with the milliseconds of its first record."""
        try:
            return sorted(name for name in os.listdir(self.folder) if name.endswith(".jsonl"))
        except OSError:
            return []


def _line(entry: Entry) -> bytes:
    fields = (entry.stream, entry.id, entry.sid.encode(errors="surrogateescape"), entry.record)
    return orjson.dumps([field.decode("latin-1") for field in fields]) + b"\n"


def _read(name: str, content: bytes) -> Kept:
    entries, broken = [], []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            stream, id_, sid, record = (field.encode("latin-1") for field in orjson.loads(line))
            entries.append(Entry(stream, id_, sid.decode(errors="surrogateescape"), record))
        except (ValueError, TypeError, AttributeError):
            broken.append(Refused(Entry(b"backlog", f"{name}:{number}".encode(), "", line), _BROKEN))
    return Kept(name, tuple(entries), tuple(broken))
