"""Versions: the text of every line that was ever published, by whom, when and why.

A version is a line's file and the pieces that it runs, named by a hash of their contents. A publishing is a
row; the newest row of a line says which version is live. Going back is a new row with an old hash. Rows never
change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import JSON, Column, Engine, Index, Integer, String, Table, Text, func, insert, select

from ivr.store.sql import Moment, metadata

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("line", Text, nullable=False),
    Column("version", String(12), nullable=False),
    Column("files", JSON, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=True),
    Index("ix_versions_line_id", "line", "id"),
    Index("ix_versions_version", "version"),
    sqlite_autoincrement=True,  # an id is never given again: the highest is the newest
)
"""One row a publishing. `files` maps each file's name to its text."""


@dataclass(frozen=True, slots=True)
class Published:
    """One publishing of a line."""

    id: int
    """Grows with every publishing of any line: the order of those that happened at once."""
    line: str
    version: str
    published_at: datetime
    """Aware, in UTC."""
    who: str
    why: str | None


def version_of(files: Mapping[str, bytes]) -> str:
    """Name a version by its contents: 12 hex digits of SHA-256 over names and contents, in any order."""
    digest = sha256()
    for name in sorted(files):
        # Lengths first: where a name or a content ends must not depend on what it holds.
        for part in (name.encode(), files[name]):
            digest.update(b"%d:" % len(part))
            digest.update(part)
    return digest.hexdigest()[:12]


class Versions:
    """The versions in one database, which `sql.migrate` has brought up to date.

    Every method raises `sqlalchemy.exc.SQLAlchemyError` where the database is away.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(
        self, line: str, version: str, files: Mapping[str, bytes], *, who: str, why: str | None, at: datetime
    ) -> int:
        """Make a version the live one of its line; give the id of the publishing.

        `at` is aware. Raises `ValueError` where `version` is not the hash of `files` or a file is not UTF-8.
        """
        if version != version_of(files):
            raise ValueError(f"version {version} is not the hash of its files, {version_of(files)}")
        texts = {name: content.decode("utf-8") for name, content in files.items()}
        row = {"line": line, "version": version, "files": texts, "published_at": at, "who": who, "why": why}
        with self._engine.begin() as connection:
            row_id = connection.execute(insert(versions).values(row).returning(versions.c.id)).scalar_one()
        return int(row_id)

    def live(self) -> dict[str, str]:
        """Give the live version of each line, `{line: version}`."""
        newest = select(func.max(versions.c.id)).group_by(versions.c.line)
        query = select(versions.c.line, versions.c.version).where(versions.c.id.in_(newest))
        with self._engine.connect() as connection:
            return {row.line: row.version for row in connection.execute(query)}

    def files(self, version: str) -> dict[str, bytes] | None:
        """Give the files of a version as they were published, byte for byte, or None where it never was."""
        query = select(versions.c.files).where(versions.c.version == version).limit(1)
        with self._engine.connect() as connection:
            texts = connection.execute(query).scalar_one_or_none()
        return None if texts is None else {name: text.encode() for name, text in texts.items()}

    def history(self, line: str) -> list[Published]:
        """Give all publishings of a line, the newest (the live one) first; none where it has none."""
        columns = [versions.c[name] for name in Published.__slots__]
        query = select(*columns).where(versions.c.line == line).order_by(versions.c.id.desc())
        with self._engine.connect() as connection:
            return [Published(**row) for row in connection.execute(query).mappings()]
