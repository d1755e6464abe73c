"""A team file in, a team and problems out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ivr.menu import shapes
from ivr.menu.hours import Hours, compile_hours
from ivr.menu.problems import Problem, did_you_mean, one_of, shown
from ivr.menu.reader import Reader, Skip
from ivr.menu.sections import named, read_hours
from ivr.menu.source import Node, parse
from ivr.menu.team import Agent, Queue, Team, TeamTop
from ivr.menu.team_rules import RULES

FILE = "team.yaml"
"""What the file beside the menus is called."""

SECTIONS = ("hours", "agents", "queues")


@dataclass(frozen=True, slots=True)
class TeamFile:
    """What `load_team` found: the team, None where the file has an error, and all problems in order."""

    team: Team | None
    problems: tuple[Problem, ...] = ()


def load_team(file: str, data: bytes) -> TeamFile:
    """Reads a team file. Never raises for what it holds."""
    source = parse(file, data)
    root = source.root
    if root is None:
        return TeamFile(None, tuple(sorted(set(source.problems))))
    reader = Reader(file)
    top, _ = reader.partial(root, TeamTop, "", skip=SECTIONS)
    zone, country = top.get("zone"), top.get("country")
    hours = read_hours(root, reader, top)
    if hours and zone is None and root.get("timezone") is None:
        _zone_is_missing(root, reader)
    team = Team(
        agents=_agents(root, reader),
        queues=_queues(root, reader, hours, zone, country),
        zone=zone,
        country=country,
        desk=top.get("desk", ()),
        hours=hours,
        marks=reader.marks,
    )
    problems = [*source.problems, *(problem for problem in reader.problems if problem.line not in source.guessed)]
    if not problems:  # where an agent could not be read, rules would tell of it again, as missing
        for rule in RULES:
            for address, message in rule.check(team):
                problems.append(Problem(file, *place(team, address), rule.ID, message, rule.SEVERITY))
    broken = any(problem.severity == "error" for problem in problems)
    return TeamFile(None if broken else team, tuple(sorted(set(problems))))


def place(team: Team, address: str) -> tuple[int, int]:
    """Where the address stands, or the nearest one around it."""
    while address and address not in team.marks:
        address = address.rpartition(".")[0]
    return team.marks.get(address, (1, 1))


def _zone_is_missing(node: Node, reader: Reader) -> None:
    reader.problem(
        node, "missing-key", '"timezone:" is missing: where the clocks of these hours stand, such as America/Chicago'
    )


def _agents(root: Node, reader: Reader) -> dict[str, Agent]:
    if root.get("agents") is None:
        reader.problem(root, "missing-key", '"agents:" is missing: those who serve callers, by name')
    agents = {}
    for name, entry, value in named(root, reader, "agents", "agents by name"):
        reader.mark(f".agents.{name}", entry)
        try:
            agent = reader.fields(value, Agent, f".agents.{name}", at=entry)
        except Skip:
            continue
        ways = [word for word in ("phone", "sip", "client") if getattr(agent, word)]
        if len(ways) != 1:
            message = "an agent is called at one place: write one of phone:, sip: or client:"
            reader.problem(entry, "missing-key" if not ways else "value", message)
            continue
        agents[name] = dataclasses.replace(agent, id=name)
    return agents


def _queues(
    root: Node, reader: Reader, hours: dict[str, Hours], zone: ZoneInfo | None, country: str | None
) -> dict[str, Queue]:
    if root.get("queues") is None:
        reader.problem(root, "missing-key", '"queues:" is missing: where callers wait, by name')
    queues = {}
    for name, entry, value in named(root, reader, "queues", "queues by name"):
        address = f".queues.{name}"
        reader.mark(address, entry)
        try:
            queue = reader.fields(value, Queue, address, at=entry)
            if not queue.agents and queue.skill is None:
                message = "nobody is named who serves this queue: write agents: [ana, raj], or skill: and its name"
                raise reader.problem(entry, "missing-key", message)
            opening = _opening(value, reader, hours, zone, country)
        except Skip:
            continue
        queues[name] = dataclasses.replace(queue, name=name, opening=opening)
    return queues


def _opening(
    queue: Node, reader: Reader, hours: dict[str, Hours], zone: ZoneInfo | None, country: str | None
) -> Hours | None:
    """The hours of a queue: one of those at the top by name, or its own. Raises Skip."""
    node = queue.get("hours")
    if node is None:
        return None
    text = node.text.strip()
    if text in hours:
        return hours[text]
    try:
        compiled = compile_hours(text, zone or ZoneInfo("UTC"), country)
    except ValueError as error:
        if shapes.is_name(text):
            known = f"; known: {one_of(hours)}" if hours else ""
            message = f"there are no hours {shown(text)}{did_you_mean(text, hours)}{known}"
            raise reader.problem(node, "unknown-hours", message) from None
        raise reader.problem(node, "hours", str(error)) from None
    if zone is None:
        _zone_is_missing(node, reader)
    return compiled
