"""Publishing: the one way by which a menu goes live.

Checked as a whole, kept in SQL with who, when and why, told to running processes through Redis. Calls in
progress keep their version. What does not check changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from redis import Redis, RedisError

from ivr.menu import Flow, Problem, load
from ivr.menu.load import stem
from ivr.store.live import tell_newest
from ivr.store.versions import Versions, version_of
from ivr.switchboard.apology import static_document
from ivr.switchboard.menu_folder import check_files, files_of_line, is_piece, menu_files, unreadable


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """The file does not check: nothing was published."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: the line, its version, whether it was live already, and what to mind."""

    line: str
    version: str
    changed: bool
    warnings: tuple[Problem, ...]


def _no_line(path: Path) -> Problem:
    lines = [line.name for line in menu_files(path.parent.parent) if f"pieces/{path.name}" in files_of_line(line)]
    by = f"; publish the lines that run it: {', '.join(lines)}" if lines else "; no line runs it yet"
    return Problem(str(path), 1, 1, "piece", f"this is a piece, and goes live with the lines that run it{by}")


class Publisher:
    """Publishes into one database, and tells one Redis where there is one.

    `fallbacks` is the folder of the lines' static documents.
    """

    def __init__(
        self, versions: Versions, redis: Redis | None, now: Callable[[], datetime], *, fallbacks: Path | None = None
    ) -> None:
        self._fallbacks = fallbacks
        self._versions = versions
        self._numbers: dict[str, frozenset[str]] = {}
        self._redis = redis
        self._now = now

    def publish(self, path: Path, *, who: str, why: str | None = None) -> Publication:
        """Makes the file the live version of its line. Raises Refused where it does not check, OSError, and the
        database's errors; RedisError is none of them: SQL decides, and Redis is told again at the next start.
        """
        menus = check_files([path])
        line = stem(path.name)
        if is_piece(path) and not menus.errors:
            raise Refused((_no_line(path), *menus.problems))
        if menus.errors or line not in menus.flows:
            raise Refused(menus.problems)
        taken = self._taken(line, menus.flows[line].numbers)
        if taken:
            place = menus.flows[line].marks[".numbers"]
            raise Refused((Problem(str(path), *place, "number-taken", taken), *menus.problems))
        files = files_of_line(path)
        version = version_of(files)
        changed = self._versions.live().get(line) != version
        if changed:
            self._versions.publish(line, version, files, who=who, why=why, at=self._now())
        self._write_fallback(menus.flows[line])
        self.tell()
        return Publication(line, version, changed, menus.problems)

    def _write_fallback(self, flow: Flow) -> None:
        """Writes the line's static document, to be hosted elsewhere for the day when nothing here answers."""
        if self._fallbacks is None:
            return
        self._fallbacks.mkdir(parents=True, exist_ok=True)
        draft = self._fallbacks / f".{flow.name}.xml"
        draft.write_text(static_document(flow), "utf-8")
        draft.replace(self._fallbacks / f"{flow.name}.xml")

    def _taken(self, line: str, numbers: tuple[str, ...]) -> str | None:
        """Which of the numbers another live line answers, as a message."""
        for other, version in self._versions.live().items():
            if other != line:
                for number in numbers:
                    if number in self._numbers_of(version):
                        return f"{number} is answered by the line {other} already; a number has one line"
        return None

    def _numbers_of(self, version: str) -> frozenset[str]:
        """The numbers of a version. They never change, so its file is read once."""
        if version not in self._numbers:
            flows = load(self._versions.files(version) or {}).flows.values()
            self._numbers[version] = frozenset(number for flow in flows for number in flow.numbers)
        return self._numbers[version]

    def live_line(self, path: Path) -> str | None:
        """The line that the file is or was, if it is live."""
        line = stem(path.name)
        return line if path.suffix == ".yaml" and line in self._versions.live() else None

    def changed(self, folder: Path) -> list[Path]:
        """The files of the folder that differ from the live version of their line."""
        live = self._versions.live()
        changed = []
        for path in menu_files(folder):
            with suppress(OSError):  # what cannot be read is told where it is to be published
                if live.get(stem(path.name), "") not in ("", version_of(files_of_line(path))):
                    changed.append(path)
        return changed

    def publish_new(self, folder: Path, *, who: str) -> Iterator[Publication | Refused]:
        """Publishes each line of the folder that has no version yet, one at a time; what does not check says so."""
        self.tell()
        live = self._versions.live()
        for path in menu_files(folder):
            if stem(path.name) not in live:
                try:
                    yield self.publish(path, who=who, why="first start")
                except Refused as refused:
                    yield refused
                except OSError as error:
                    yield Refused((unreadable(path, error),))

    def tell(self) -> None:
        """Tells running processes what SQL says is live."""
        if self._redis is not None:
            try:
                tell_newest(self._redis, self._versions.now_live)
            except RedisError:
                return  # the next start, or a process that finds Redis empty, reads SQL
