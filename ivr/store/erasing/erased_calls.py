"""Which calls were erased. Of a sid its SHA-256 is kept: it tells a record that comes late, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Column, Connection, String, Table, insert, select

from ivr.store.sql import Moment, metadata

erased_calls = Table(
    "erased_calls",
    metadata,
    Column("sid_hash", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)
"""One row a call that was erased. Another machine's disk may bring records of it years later: nothing expires."""


def erased_of(connection: Connection, sids: Iterable[str]) -> set[str]:
    """Give those of these calls that were erased."""
    if connection.scalar(select(erased_calls.c.sid_hash).limit(1)) is None:
        return set()  # nearly always: the log writer asks this for every batch
    hashes = {_hash(sid): sid for sid in sids}
    found = connection.scalars(select(erased_calls.c.sid_hash).where(erased_calls.c.sid_hash.in_(list(hashes))))
    return {hashes[one] for one in found}


def note_erased(connection: Connection, sids: Iterable[str], at: datetime) -> None:
    """Note calls as erased from now on; those that are noted already stay as they are."""
    sids = set(sids)
    rows = [{"sid_hash": _hash(sid), "at": at} for sid in sorted(sids - erased_of(connection, sids))]
    if rows:
        connection.execute(insert(erased_calls), rows)


def _hash(sid: str) -> str:
    return sha256(sid.encode("utf-8", "surrogatepass")).hexdigest()
