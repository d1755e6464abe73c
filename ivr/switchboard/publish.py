"""Publishing: the one way by which a menu goes live.

Checked as a whole, kept in SQL with who, when and why, told to running processes through Redis. Calls in
progress keep their version. What does not check changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from redis import Redis, RedisError

from ivr.menu import Flow, Menus, Problem, load
from ivr.menu.load import stem
from ivr.menu.team import Team
from ivr.menu.team_load import FILE as TEAM
from ivr.menu.team_load import load_team
from ivr.store.live import tell_newest
from ivr.store.versions import Versions, version_of
from ivr.switchboard.apology import static_document

NOT_LINES = (TEAM,)
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


def team_files(folder: Path) -> list[Path]:
    """The team file of a folder, if it has one."""
    return [path for path in (folder / TEAM,) if path.is_file()]


def is_menu(path: Path) -> bool:
    """Whether the path is a menu file: a regular one with the ending `.yaml`, and not hidden."""
    return path.suffix == ".yaml" and not path.name.startswith(".") and path.name not in NOT_LINES and path.is_file()


def misnamed(folder: Path) -> list[Path]:
    """What may be meant as a menu file, but has another ending: `name.yml`."""
    return sorted(path for path in folder.glob("*.yml") if not path.name.startswith(".") and path.is_file())


def unreadable(path: Path, error: OSError) -> Problem:
    """A file that cannot be read, as a problem."""
    return Problem(str(path), 1, 1, "unreadable", f"this file cannot be read: {error.strerror or error}")


def beside(folder: Path) -> Team | None:
    """The team of the menus of a folder: an empty one where it has no file, None where its file has errors."""
    try:
        data = (folder / TEAM).read_bytes()
    except OSError:
        return Team()
    return load_team(TEAM, data).team


def check_files(paths: Iterable[Path]) -> Menus:
    """Checks files as they are on disk, each line with the tables and the team beside it, and the team itself where
    it is among them; one that cannot be read is a problem.
    """
    flows: dict[str, Flow] = {}
    problems: list[Problem] = []
    groups: dict[Path, dict[str, bytes]] = {}
    for path in paths:
        try:
            if path.name == TEAM:
                problems += load_team(str(path), path.read_bytes()).problems
                continue
            groups.setdefault(path.parent, {})[str(path)] = path.read_bytes()
        except OSError as error:
            problems.append(unreadable(path, error))
    for folder, files in groups.items():
        tables = {table.name: table.read_bytes() for table in folder.glob("*.csv") if table.is_file()}
        menus = load(files, tables, beside(folder))
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
        self._numbers: dict[str, frozenset[str]] = {}
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
                if live.get(stem(path.name), "") not in ("", version_of({path.name: path.read_bytes()})):
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
                tell_newest(self._redis, self._versions.live)
            except RedisError:
                return  # the next start, or a process that finds Redis empty, reads SQL
