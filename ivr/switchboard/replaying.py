"""The logged calls of a line over a new menu, in as many processes as there are processors.

Each process reads the records of some calls at a time, and folds them over the version that the call had and over the
new one (`ivr.call.comparison`). What the version makes of them must be the way that the log has: a call whose way this
release takes otherwise is left out and counted so, rather than compared with something that did not happen.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from multiprocessing import get_context
from typing import NamedTuple

from sqlalchemy import Engine, Text, cast, func, select

from ivr.call import Call
from ivr.call.comparison import Comparer
from ivr.call.inputs import Input, Started
from ivr.call.wire import load_input
from ivr.menu import Flow, load
from ivr.reports.replayed import LeftOut, Replay, Replayed
from ivr.store.call_rows import path_on
from ivr.store.log_tables import calls, records
from ivr.store.sql import open_engine
from ivr.store.versions import Versions, version_of

AT_ONCE = 200
"""Calls that are read at once."""

FEW = 2_000
"""Calls for which no process is started: that takes as long as replaying them."""


class Logged(NamedTuple):
    """A call that is to be replayed: its version, when it began, the hash of its way, whether it has ended."""

    sid: str
    version: str | None
    at: datetime
    path_hash: str
    ended: bool


@dataclass(slots=True)
class Part:
    """What came of some calls."""

    same: int
    differing: list[Replayed]
    left_out: Counter[LeftOut]


def replay_log(
    engine: Engine,
    files: Mapping[str, bytes],
    since: datetime,
    until: datetime,
    *,
    line: str | None = None,
    reworded: bool = False,
    workers: int | None = None,
    done: Callable[[int, int], None] = lambda _done, _of: None,
) -> Replay:
    """Replays the calls that began at or after `since` and before `until` (aware) over a menu.

    `files` are those of a version, `{name: text}` (`menu_folder.files_of_line`). The calls are those of the menu's own
    `line` where none is named. `reworded`: who hears the same prompts in other words is taken to do the same.
    `workers`: processes; as many as there are processors where nothing is said. `done` is told how many calls of how
    many. Raises ValueError where the files do not check, SQLAlchemyError where the database is away.
    """
    new = _flow(files)
    if new is None:
        raise ValueError("the menu does not check")
    line = line or new.name
    found = _logged(engine, line, since, until)
    parts = [found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE)]
    whole = Part(0, [], Counter())
    replayed = 0
    done(0, len(found))
    many = min(workers or len(os.sched_getaffinity(0)), len(parts))
    if len(found) <= FEW and workers is None:
        many = 1
    url = engine.url.render_as_string(hide_password=False)
    for asked, part in zip(parts, _parts(engine, url, dict(files), reworded, parts, many), strict=True):
        whole.same += part.same
        whole.differing += part.differing
        whole.left_out += part.left_out
        replayed += len(asked)
        done(replayed, len(found))
    whole.differing.sort(key=lambda it: (it.started_at, it.call_sid))
    return Replay(line, version_of(files), since, until, whole.same, tuple(whole.differing), dict(whole.left_out))


def _logged(engine: Engine, line: str, since: datetime, until: datetime) -> list[Logged]:
    """The calls, by sid, as their records lie."""
    began = func.coalesce(calls.c.started_at, calls.c.last_at)
    query = (
        select(calls.c.call_sid, calls.c.version, began, calls.c.path_hash, calls.c.ended_at.is_not(None))
        .where(calls.c.line == line, began >= since, began < until)
        .order_by(calls.c.call_sid)
    )
    with engine.connect() as connection:
        return [
            Logged(sid, version, _utc(at), path, bool(ended))
            for sid, version, at, path, ended in connection.execute(query)
        ]


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _parts(
    engine: Engine, url: str, files: dict[str, bytes], reworded: bool, parts: Sequence[list[Logged]], many: int
) -> Iterator[Part]:
    """What came of each part, in their order."""
    if many <= 1:
        replayer = Replayer(engine, files, reworded)
        yield from map(replayer.part, parts)
        return
    # Not forked: whoever asks may have threads.
    pool = ProcessPoolExecutor(many, get_context("spawn"), _begin, (url, files, reworded))
    try:
        yield from pool.map(_part, parts)
    finally:
        pool.shutdown(cancel_futures=True)


_replayer: Replayer | None = None
"""Of a process of the pool, its own."""


def _begin(url: str, files: dict[str, bytes], reworded: bool) -> None:
    global _replayer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked is interrupted, and ends the pool
    _replayer = Replayer(open_engine(url), files, reworded)


def _part(part: list[Logged]) -> Part:
    assert _replayer is not None, "the pool begins with _begin"  # noqa: S101
    return _replayer.part(part)


class Replayer:
    """Replays calls over one new menu; each version that they had is read and compiled once."""

    def __init__(self, engine: Engine, files: Mapping[str, bytes], reworded: bool) -> None:
        self._engine = engine
        self._versions = Versions(engine)
        self._new = _flow(files)
        self._version = version_of(files)
        self._reworded = reworded
        self._comparers: dict[str, Comparer | None] = {}

    def part(self, part: Sequence[Logged]) -> Part:
        """What came of these calls."""
        found = Part(0, [], Counter())
        inputs = self._inputs([it.sid for it in part if it.ended])
        for it in part:
            left_out = self._replay(it, inputs.get(it.sid, []), found)
            if left_out is not None:
                found.left_out[left_out] += 1
        return found

    def _replay(self, it: Logged, texts: list[str], found: Part) -> LeftOut | None:
        """Adds what came of one call; or says why it is left out."""
        if not it.ended:
            return "going_on"
        comparer = self._comparer(it.version)
        if comparer is None:
            return "no_version"
        try:
            inputs: list[Input] = [load_input(text) for text in texts]
        except ValueError:
            return "no_records"
        if not inputs or not isinstance(inputs[0], Started):
            return "no_records"
        begun = inputs[0]
        call = Call(it.sid, begun.version, begun.line, begun.caller, begun.to)
        compared = comparer.compare(call, inputs)
        path_hash = ""
        for name in compared.path:
            path_hash = path_on(path_hash, name)
        if path_hash != it.path_hash:
            return "other_way"
        if compared.verdict == "same":
            found.same += 1
        else:
            told = (compared.old, compared.new, compared.at, compared.instead, compared.key, compared.why)
            found.differing.append(Replayed(it.sid, begun.version, it.at, compared.verdict, *told))
        return None

    def _comparer(self, version: str | None) -> Comparer | None:
        """What compares calls of a version; None where the version cannot be had."""
        if version is None:
            return None
        if version not in self._comparers:
            files = self._versions.files(version)
            old = self._new if version == self._version else _flow(files) if files else None
            made = Comparer(old, self._new, reworded=self._reworded) if old and self._new else None
            self._comparers[version] = made
        return self._comparers[version]

    def _inputs(self, sids: list[str]) -> dict[str, list[str]]:
        """The inputs of these calls, in their order, as JSON."""
        query = (
            select(records.c.call_sid, cast(records.c.input, Text))
            .where(records.c.call_sid.in_(sids))
            .order_by(records.c.call_sid, records.c.seq)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return {sid: [text for _, text in ones] for sid, ones in groupby(rows, key=lambda row: row[0])}


def _flow(files: Mapping[str, bytes]) -> Flow | None:
    return next(iter(load(files).flows.values()), None)
