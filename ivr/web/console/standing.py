"""How the lines stand: what is live, what the file says now, and which of the two a caller hears."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask import abort

from ivr.menu import Flow, Problem
from ivr.store.versions import Published, Versions, version_of
from ivr.switchboard.lines import UnknownVersion
from ivr.switchboard.menu_folder import check_files, files_of_line, menu_files
from ivr.switchboard.publish import Publisher
from ivr.web.console.judged import around
from ivr.web.people.office import office

State = Literal["same", "changed", "broken", "new", "retired", "gone"]

SAYS: dict[State, str] = {
    "same": "The file says what is live.",
    "changed": "The file was changed since.",
    "broken": "The file has errors, so it cannot go live.",
    "new": "It is not live yet.",
    "retired": "It is retired: nobody can call it.",
    "gone": "There is no file any more.",
}


@dataclass(frozen=True, slots=True)
class LineNow:
    """A line: its file, what is wrong with it, and what of it is live. `draft` is the file's flow if it checks."""

    name: str
    path: Path | None
    problems: tuple[Problem, ...]
    draft: Flow | None
    draft_version: str | None
    live: Published | None
    trial: Published | None
    live_flow: Flow | None
    retired: bool = False

    @property
    def state(self) -> State:
        """How file and live version stand to each other."""
        if self.path is None:
            return "gone"
        if self.draft is None:
            return "broken"
        if self.live is None:
            return "retired" if self.retired else "new"
        return "same" if self.live.version == self.draft_version else "changed"

    @property
    def says(self) -> str:
        """The same in words."""
        return SAYS[self.state]

    @property
    def flow(self) -> Flow | None:
        """What callers hear, else what they would."""
        return self.live_flow or self.draft

    @property
    def title(self) -> str:
        """The line's name for people."""
        return self.flow.title if self.flow else self.name

    @property
    def errors(self) -> int:
        """How many problems keep it from going live."""
        return sum(it.severity == "error" for it in self.problems)


def versions() -> Versions:
    """The versions."""
    return Versions(office().engine)


def publisher() -> Publisher:
    """The one way by which a menu goes live."""
    fallbacks = office().settings.data / "fallback"
    return Publisher(versions(), office().redis, office().clock, fallbacks=fallbacks)


def all_lines() -> list[LineNow]:
    """The lines that are live or have a file, by title. Raises SQLAlchemyError."""
    names = {path.stem for path in menu_files(office().settings.menus)} | set(versions().live())
    return sorted((line_now(name) for name in names), key=lambda it: it.title.casefold())


def known_line(name: str) -> LineNow:
    """The line, also one that was retired, or 404."""
    found = line_now(name)
    return found if found.path or found.live or found.retired else abort(404)


def line_now(name: str) -> LineNow:
    """A line as it stands now. Raises SQLAlchemyError."""
    path = next((it for it in menu_files(office().settings.menus) if it.stem == name), None)
    standing = versions().standing(name)
    live, trial = (standing.live, standing.trial) if standing else (None, None)
    problems: tuple[Problem, ...] = ()
    draft = draft_version = None
    if path is not None:
        menus = check_files([path], around=around())
        problems, draft = menus.problems, None if menus.errors else menus.flows.get(name)
        draft_version = _version(path) if draft else None
    flow, retired = flow_of(live.version) if live else None, standing is not None and live is None
    return LineNow(name, path, problems, draft, draft_version, live, trial, flow, retired)


def flow_of(version: str) -> Flow | None:
    """The flow of a version, or None where it does not check with this release."""
    try:
        return office().lines.of(version).flow
    except UnknownVersion:
        return None


def _version(path: Path) -> str | None:
    try:
        return version_of(files_of_line(path))
    except OSError:
        return None
