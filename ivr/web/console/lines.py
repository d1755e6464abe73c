"""The lines: what is live, since when, by whom and why; what the file says now; what was called last."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from flask import Blueprint

from ivr.menu import Flow
from ivr.store.log_queries import LoggedCall
from ivr.store.versions import Published
from ivr.web.console.comparing import befores
from ivr.web.console.frame import moment, show
from ivr.web.console.publishing import percent
from ivr.web.console.standing import LineNow, all_lines, known_line, versions
from ivr.web.people.office import office

LAST_CALLS = 8
MOST_VERSIONS = 100

page = Blueprint("lines", __name__)


@page.get("")
def index() -> str:
    """Every line, and how it stands."""
    lines = [(line, since(line), last_call(line)) for line in all_lines()]
    return show("console/lines.html", lines=lines, folder=office().settings.menus, percent=percent)


@page.get("/lines/<line>")
def one(line: str) -> str:
    """One line: live version, file, numbers, versions, and the last calls."""
    it = known_line(line)
    zone = it.flow.zone if it.flow else None
    rows = versions().history(line)
    history = [(row, moment(row.published_at, zone)) for row in rows[:MOST_VERSIONS]]
    standing = versions().standing(line)
    return show(
        "console/line.html",
        line=line,
        it=it,
        since=since(it),
        zone=zone,
        calls=[(call, moment(call.at, zone)) for call in _calls(line, LAST_CALLS)],
        history=history,
        befores=befores(rows),
        percent=percent,
        base=standing.id if standing else 0,
        back=_ways_back(it, history),
        facts=list(_facts(it.flow)) if it.flow else [],
    )


def since(line: LineNow) -> str:
    """Since when the live version is."""
    return moment(line.live.published_at, line.flow.zone if line.flow else None) if line.live else ""


def last_call(line: LineNow) -> str:
    """When it was called last; empty where it never was."""
    call = next(iter(_calls(line.name, 1)), None)
    return moment(call.at, line.flow.zone if line.flow else None) if call else ""


def _ways_back(it: LineNow, history: list[tuple[Published, str]]) -> list[tuple[Published, str]]:
    """The versions to which one can go back, each once, the newest first."""
    now = {row.version for row in (it.live, it.trial) if row}
    return list({row.version: (row, at) for row, at in reversed(history) if row.version not in now}.values())[::-1]


def _calls(line: str, most: int) -> list[LoggedCall]:
    found = office().log.newest(line=line)
    try:
        return list(islice(found, most))
    finally:
        found.close()


def _facts(flow: Flow) -> Iterator[tuple[str, str]]:
    own = [name for name in flow.steps if not name.startswith("service.")]
    yield "Languages", ", ".join(flow.languages)
    yield "Time zone", flow.zone.key
    yield "Steps", str(len(own))
    yield "Prompts", str(sum(not prompt.address.startswith("service.") for prompt in flow.prompts()))
