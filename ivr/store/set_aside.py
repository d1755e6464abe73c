"""What cannot be written, kept where a person can see it: in a table, or in files where SQL refuses even that."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from ivr.store.callers import mask_numbers, masked
from ivr.store.log_tables import set_aside


@dataclass(frozen=True, slots=True)
class Aside:
    """One entry of a stream that could not be written."""

    stream: str
    entry: str
    call_sid: str | None
    why: str
    data: bytes


class SetAside:
    """What was set aside, in one database and one folder (made when it is needed). Safe between threads."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def put(self, one: Aside, at: datetime) -> str:
        """Keep it, once, however often it comes; numbers in it are masked. Give where it is kept.

        Raises `sqlalchemy.exc.DBAPIError` where the database is away, `OSError` where it refuses it and the
        file cannot be written: then it is not kept.
        """
        data = without_numbers(one.data)
        row = {"stream": one.stream, "entry": one.entry, "at": at, "call_sid": one.call_sid, "why": one.why}
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(set_aside).values(row | {"data": data}).on_conflict_do_nothing())
        except (DataError, IntegrityError):
            return self._file(one, data)
        except DBAPIError:
            raise
        except ValueError:  # text that is none
            return self._file(one, data)
        return "the table set_aside"

    def count(self) -> int:
        """Tell how many are in the table. Raises `SQLAlchemyError` where the database is away."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(set_aside)) or 0

    def table(self, limit: int = 1000) -> Sequence[tuple[datetime, Aside]]:
        """Give those in the table with the moment of each, the newest last."""
        query = select(set_aside).order_by(set_aside.c.at.desc(), set_aside.c.entry.desc()).limit(limit)
        with self._engine.connect() as connection:
            found = connection.execute(query).all()
        return [(one.at, Aside(one.stream, one.entry, one.call_sid, one.why, one.data)) for one in reversed(found)]

    def remove(self, before: datetime) -> int:
        """Remove what was set aside before a moment, from the table and from the folder; how many."""
        with self._engine.begin() as connection:
            removed = connection.execute(delete(set_aside).where(set_aside.c.at < before)).rowcount
        for path in self._folder.glob("*"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _file(self, one: Aside, data: bytes) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = "".join(sign if sign.isalnum() or sign == "-" else "_" for sign in f"{one.stream}-{one.entry}")
        path = self._folder / f"{name}.txt"
        draft = path.with_suffix(f".{os.getpid()}")
        head = f"{one.why}\ncall {one.call_sid}\n".encode(errors="backslashreplace")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(head + data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return str(path)


def without_numbers(data: bytes) -> bytes:
    """Give the bytes with the caller's number masked, and whatever else looks like a number."""
    try:
        fields = orjson.loads(data)
        caller = fields["input"]["caller"]
        fields["input"]["caller"] = masked(caller)
        data = orjson.dumps(fields)
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    return mask_numbers(data)
