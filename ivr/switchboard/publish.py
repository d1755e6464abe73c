"""Publishing: the one way by which a menu goes live.

Checked as a whole, kept in SQL with who, when and why, told to running processes through Redis. Calls in
progress keep their version. What does not check changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from redis import Redis, RedisError

from ivr.menu import Flow, Menus, Problem, load
from ivr.menu.load import stem
from ivr.store.live import tell_newest
from ivr.store.versions import Versions, version_of
from ivr.switchboard.apology import static_document

NOT_LINES = ("team.yaml",)
"""Files beside the menus that are no lines."""


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


def menu_files(folder: Path) -> list[Path]:
    """The menu files of a folder, by name: what an editor hides there (`.#name.yaml`) is none."""
    return sorted(path for path in folder.glob("*.yaml") if is_menu(path))


def is_menu(path: Path) -> bool:
    """Whether the path is a menu file: a regular one with the ending `.yaml`, and not hidden."""
    return path.suffix == ".yaml" and not path.name.startswith(".") and path.name not in NOT_LINES and path.is_file()


def unreadable(path: Path, error: OSError) -> Problem:
    """A file that cannot be read, as a problem."""
    return Problem(str(path), 1, 1, "unreadable", f"this file cannot be read: {error.strerror or error}")


def check_files(paths: Iterable[Path]) -> Menus:
    """Checks files as they are on disk, each with the tables beside it; one that cannot be read is a problem."""
    flows: dict[str, Flow] = {}
    problems: list[Problem] = []
    groups: dict[Path, dict[str, bytes]] = {}
    for path in paths:
        try:
            groups.setdefault(path.parent, {})[str(path)] = path.read_bytes()
        except OSError as error:
            problems.append(unreadable(path, error))
    for folder, files in groups.items():
        tables = {table.name: table.read_bytes() for table in folder.glob("*.csv") if table.is_file()}
        menus = load(files, tables)
        flows |= menus.flows
        problems += menus.problems
    return Menus(flows, tuple(problems))


class Publisher:
    """Publishes into one database, and tells one Redis where there is one.

    `fallbacks` is the folder of the lines' static documents.
    """

    def __init__(
        self, versions: Versions, redis: Redis | None, now: Callable[[], datetime], *, fallbacks: Path | None = None
    ) -> None:
        self._fallbacks = fallbacks
        self._versions = versions
        self._redis = redis
        self._now = now

    def publish(self, path: Path, *, who: str, why: str | None = None) -> Publication:
        """Makes the file the live version of its line. Raises Refused where it does not check, OSError, and the
        database's errors; RedisError is none of them: SQL decides, and Redis is told again at the next start.
        """
        menus = check_files([path])
        line = stem(path.name)
        if menus.errors or line not in menus.flows:
            raise Refused(menus.problems)
        taken = self._taken(line, menus.flows[line].numbers)
        if taken:
            place = menus.flows[line].marks[".numbers"]
            raise Refused((Problem(str(path), *place, "number-taken", taken), *menus.problems))
        files = {path.name: path.read_bytes()}
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
            files = self._versions.files(version) if other != line else None
            for flow in load(files or {}).flows.values():
                for number in numbers:
                    if number in flow.numbers:
                        return f"{number} is answered by the line {other} already; a number has one line"
        return None

    def changed(self, folder: Path) -> list[Path]:
        """The files of the folder that differ from the live version of their line."""
        live = self._versions.live()
        changed = []
        for path in menu_files(folder):
            with suppress(OSError):  # what cannot be read is told where it is to be published
                if live.get(stem(path.name), "") not in ("", version_of({path.name: path.read_bytes()})):
                    changed.append(path)
        return changed

    def publish_new(self, folder: Path, *, who: str) -> list[Publication | Refused]:
        """Publishes each line of the folder that has no version yet; what does not check says so."""
        live = self._versions.live()
        results: list[Publication | Refused] = []
        for path in menu_files(folder):
            if stem(path.name) not in live:
                try:
                    results.append(self.publish(path, who=who, why="first start"))
                except Refused as refused:
                    results.append(refused)
                except OSError as error:
                    results.append(Refused((unreadable(path, error),)))
        self.tell()
        return results

    def tell(self) -> None:
        """Tells running processes what SQL says is live."""
        if self._redis is not None:
            try:
                tell_newest(self._redis, self._versions.live)
            except RedisError:
                return  # the next start, or a process that finds Redis empty, reads SQL
