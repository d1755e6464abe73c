"""A caller on this machine's disk: in the spool, in the backlog, in what was set aside; and in any other file.

The spool and the backlog belong to their machine: what others hold of an erased call they may bring later, and it is
not written (`erased_calls`).
"""

from __future__ import annotations

import os
import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from ivr.store.backlog import Backlog
from ivr.store.call_log import Entry
from ivr.store.erasing.found import Counted, Found
from ivr.store.erasing.person import Person
from ivr.store.erasing.whose import caller_of_record, caller_of_state
from ivr.store.spool import Spool

_PIECE = 1 << 20
_OVERLAP = 256
"""Bytes of a piece that are read again with the next: what is looked for may lie across."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")

_PACKED = ("spool", "set-aside")
"""The folders whose files hold base64."""

_NOT_OURS = ("versions",)
"""The folder of published menus: a number in them is one that callers reach."""


def find_calls(data: Path, person: Person) -> None:
    """Adds the calls of the caller that wait in the spool, or whose beginning waits in the backlog."""
    spool = Spool(data)
    for path in spool.waiting():
        person.sids |= set(_of_spool(path, person))
    for entry in Backlog(data).entries():
        if person.named_in(caller_of_record(entry.record)):
            person.sids.add(entry.sid)
    person.sids -= person.going_on


def remove(data: Path, person: Person) -> dict[str, int]:
    """Removes what the spool, the backlog and the set-aside folder have of the caller; how many of each."""
    spool, removed = Spool(data), {"calls in the spool": 0, "records on disk": 0, "files set aside": 0}
    for sid in sorted(person.sids):
        removed["calls in the spool"] += spool.drop(sid)
    removed["records on disk"] = Backlog(data).change(lambda entry: _left_of(entry, person))
    for path in _files(data / "set-aside"):
        if _in_file(path, person, Counted(), packed=True):
            path.unlink(missing_ok=True)
            removed["files set aside"] += 1
    return {name: number for name, number in removed.items() if number}


def search(data: Path, others: Iterable[Path], person: Person, found: Found) -> None:
    """Looks into every byte of every file under IVR_DATA, and of others that belong to the service."""
    for path in _files(data):
        folder = path.relative_to(data).parts[0] if path.parent != data else ""
        if folder not in _NOT_OURS:
            place = found.at(f"IVR_DATA, {folder}/" if folder else "IVR_DATA", "files")
            place.found += _in_file(path, person, place, packed=folder in _PACKED)
    for path in others:
        if path.is_file() and not path.is_relative_to(data):
            place = found.at("the database", "files")
            place.found += _in_file(path, person, place)


def _in_file(path: Path, person: Person, place: Counted, *, packed: bool = False) -> bool:
    """Whether the file, or its name, has the caller."""
    if person.in_text(path.name):
        return True
    try:
        with path.open("rb") as file:
            place.looked(1, 0)
            kept = b""
            while piece := file.read(_PIECE):
                place.looked(0, len(piece))
                if person.traced_in(kept + piece):
                    return True
                if packed and any(person.in_bytes(one) for one in _unpacked(kept + piece)):
                    return True
                # A line of base64 is read whole: it means nothing from its middle.
                kept = (kept + piece).rpartition(b"\n")[2] if packed else piece[-_OVERLAP:]
    except FileNotFoundError:
        pass  # it went meanwhile
    return False


def _unpacked(data: bytes) -> Iterator[bytes]:
    for found in _BASE64.finditer(data):
        try:
            yield b64decode(found[0] + b"=" * (-len(found[0]) % 4))
        except NoBase64:
            continue


def _files(folder: Path) -> Iterator[Path]:
    for there, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(there, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _left_of(entry: Entry, person: Person) -> Entry | None:
    """What stays of a record: nothing of theirs, and what others said of them without the number."""
    if entry.sid in person.sids:
        return None
    if entry.sid in person.going_on or not person.in_bytes(entry.record):
        return entry
    return replace(entry, record=person.masked_in_bytes(entry.record))


def _of_spool(path: Path, person: Person) -> Iterator[str]:
    """The call of a file of the spool, if it is the caller's."""
    for line in path.read_bytes().splitlines():
        try:
            fields = orjson.loads(line)
            if person.named_in(caller_of_state(b64decode(fields.get("state", "")))):
                yield str(fields["sid"])
        except (ValueError, TypeError, KeyError):
            continue  # what cannot be read is set aside when it is replayed
