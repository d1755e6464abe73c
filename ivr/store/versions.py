"""Versions: the text of every line that was ever published, by whom, when and why.

A version is a line's file and the pieces that it runs, named by a hash of their contents. What was done with one is
a row, its `deed`:

    published    to all callers                 tried        to a share of them, beside the live version
    rolled_back  an earlier one, to all again   withdrawn    a trial ended, and the live version has all callers
    promoted     a trial's, to all              retired      the line has no version any more

A line's newest row of these on the left, or `retired`, says what is live; a trial is on while `tried` is the newest of
all. Rows never change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from ivr.store.live import Live, Trial
from ivr.store.sql import Moment, for_writing, metadata

Deed = Literal["published", "rolled_back", "promoted", "tried", "withdrawn", "retired"]

TO_ALL: tuple[Deed, ...] = ("published", "rolled_back", "promoted", "retired")
"""The deeds that say what all callers get."""

FEWEST_DIGITS = 4
"""Of a version's hash, to name it."""

_PUBLISHING = 0x49565222
"""The key of PostgreSQL's advisory lock: one publishes at a time. SQLite has one writer anyway."""

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
    Column("deed", String(12), nullable=False, server_default="published"),
    Column("share", Float, nullable=True),
    Column("git", String(41), nullable=True),
    Column("forced", Text, nullable=True),
    Column("follows", Integer, nullable=True),
    Index("ix_versions_line_id", "line", "id"),
    Index("ix_versions_version", "version"),
    Index("uq_versions_line_follows", "line", "follows", unique=True),
    sqlite_autoincrement=True,  # an id is never given again: the highest is the newest
)
"""One row a deed. `files` maps each file's name to its text, `follows` is the line's row before it (0 for none)."""


@dataclass(frozen=True, slots=True)
class Published:
    """One deed: who did what with which version of a line, when and why."""

    id: int
    """Grows with every publishing of any line: the order of those that happened at once."""
    line: str
    version: str
    published_at: datetime
    """Aware, in UTC."""
    who: str
    why: str | None
    deed: Deed = "published"
    share: float | None = None
    """Of callers, where it is a trial."""
    git: str | None = None
    """The commit, 40 hex digits, with a "+" behind them where the files differed from it."""
    forced: str | None = None
    """What failed and was overridden."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line stands: the number of its newest row, what is live (None: retired), and the trial, where one is on."""

    id: int
    live: Published | None
    trial: Published | None


class Overtaken(Exception):  # noqa: N818 - it is an answer, not a fault
    """The line is not any more as whoever publishes saw it; `newest` is what was done meanwhile."""

    def __init__(self, line: str, newest: Published | None) -> None:
        by = f"{newest.who} has {newest.deed.replace('_', ' ')} {newest.version} meanwhile" if newest else "it is new"
        super().__init__(f"{line} is not any more as you saw it: {by}; nothing was changed")
        self.newest = newest


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
        self,
        line: str,
        version: str,
        files: Mapping[str, bytes],
        *,
        who: str,
        why: str | None,
        at: datetime,
        deed: Deed = "published",
        share: float | None = None,
        git: str | None = None,
        forced: str | None = None,
        follows: int | None = None,
        beside: Mapping[str, str] | None = None,
    ) -> int | None:
        """Do something with a version of a line, to all callers or as `deed` says; give the id of the row.

        `at` is aware. Where `follows` is given (0: nothing), the line's newest row must have that id: of two who
        publish at once one wins, and the other gets `Overtaken`. Where `beside` is given, what `live` said of the other
        lines, and that is not so any more, nothing is done, and None is given: they may have its numbers now. Raises
        `ValueError` where `version` is not the hash of `files` or a file is not UTF-8.
        """
        if version != version_of(files):
            raise ValueError(f"version {version} is not the hash of its files, {version_of(files)}")
        texts = {name: content.decode("utf-8") for name, content in files.items()}
        row = {"line": line, "version": version, "files": texts, "published_at": at, "who": who, "why": why}
        row |= {"deed": deed, "share": share, "git": git, "forced": forced, "follows": follows}
        try:
            with for_writing(self._engine).begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(_PUBLISHING)))
                newest = select(func.max(versions.c.id)).where(versions.c.line == line)
                if follows is None or (connection.scalar(newest) or 0) == follows:
                    if beside is not None and _besides(_live(connection), line) != _besides(beside, line):
                        return None
                    return int(connection.scalar(insert(versions).values(row).returning(versions.c.id)) or 0)
        except IntegrityError:
            if follows is None:
                raise
        raise Overtaken(line, next(iter(self.history(line)), None))

    def live(self) -> dict[str, str]:
        """Give the live version of each line, `{line: version}`."""
        with self._engine.connect() as connection:
            return _live(connection)

    def trials(self) -> dict[str, Trial]:
        """Give the trials that are on, by line."""
        newest = select(func.max(versions.c.id)).group_by(versions.c.line)
        query = select(versions.c.line, versions.c.version, versions.c.share).where(
            versions.c.id.in_(newest), versions.c.deed == "tried"
        )
        with self._engine.connect() as connection:
            return {row.line: Trial(row.version, row.share or 0.0) for row in connection.execute(query)}

    def now_live(self) -> Live:
        """Give both, as running processes are told."""
        return Live(self.live(), self.trials())

    def lines(self) -> set[str]:
        """Give the names of all lines that ever had a version, the retired ones with them."""
        with self._engine.connect() as connection:
            return set(connection.scalars(select(versions.c.line).distinct()))

    def standing(self, line: str) -> Standing | None:
        """Tell how a line stands; None where it never had a version."""
        history = self.history(line)
        if not history:
            return None
        last = next((it for it in history if it.deed in TO_ALL), None)
        live = last if last is not None and last.deed != "retired" else None
        return Standing(history[0].id, live, history[0] if history[0].deed == "tried" else None)

    def find(self, text: str, line: str | None = None) -> str:
        """Give the version, of any line or of this one, whose hash begins so. Raises `ValueError` that says why not."""
        if len(text) < FEWEST_DIGITS or set(text) - set("0123456789abcdef"):
            raise ValueError(f'"{text}" is no version: write the first {FEWEST_DIGITS} or more of its 12 hex digits')
        query = select(versions.c.version).where(versions.c.version.startswith(text)).distinct()
        with self._engine.connect() as connection:
            found = sorted(connection.scalars(query if line is None else query.where(versions.c.line == line)))
        of = f"{line} has" if line is not None else "there is"
        if not found:
            raise ValueError(f"{of} no version {text}")
        if len(found) > 1:
            raise ValueError(f"{text} may be {' or '.join(found[:5])}: write more of it")
        return str(found[0])

    def files(self, version: str) -> dict[str, bytes] | None:
        """Give the files of a version as they were published, byte for byte, or None where it never was."""
        query = select(versions.c.files).where(versions.c.version == version).limit(1)
        with self._engine.connect() as connection:
            texts = connection.execute(query).scalar_one_or_none()
        return None if texts is None else {name: text.encode() for name, text in texts.items()}

    def history(self, line: str) -> list[Published]:
        """Give all that was done with a line's versions, the newest first; none where it has none."""
        columns = [versions.c[name] for name in Published.__slots__]
        query = select(*columns).where(versions.c.line == line).order_by(versions.c.id.desc())
        with self._engine.connect() as connection:
            return [Published(**row) for row in connection.execute(query).mappings()]


def _live(connection: Connection) -> dict[str, str]:
    newest = select(func.max(versions.c.id)).where(versions.c.deed.in_(TO_ALL)).group_by(versions.c.line)
    query = select(versions.c.line, versions.c.version).where(versions.c.id.in_(newest), versions.c.deed != "retired")
    return {row.line: row.version for row in connection.execute(query)}


def _besides(live: Mapping[str, str], line: str) -> dict[str, str]:
    """The live versions of all other lines."""
    return {name: version for name, version in live.items() if name != line}
