"""The rules of a team file: each finds (address, message) in a team that was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ivr.menu.problems import Severity, did_you_mean, one_of, shown
from ivr.menu.team import Team

Finding = tuple[str, str]  # an address of the team's marks, and the message

_START = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TeamRule:
    """One rule: what `ivr check` calls it, whether it breaks a call, and what finds it."""

    ID: str
    SEVERITY: Severity
    check: Callable[[Team], Iterator[Finding]]


def unknown_agents(team: Team) -> Iterator[Finding]:
    """A queue names somebody whom the file does not have."""
    for name, queue in team.queues.items():
        for number, agent in enumerate(queue.agents, 1):
            address = f".queues.{name}.agents.{number}"
            if agent not in team.agents:
                known = one_of(team.agents)
                yield address, f"there is no agent {shown(agent)}{did_you_mean(agent, team.agents)}; known: {known}"


def named_twice(team: Team) -> Iterator[Finding]:
    """A queue names somebody twice: in which place they stand, nobody knows."""
    for name, queue in team.queues.items():
        for number, agent in enumerate(queue.agents, 1):
            if agent in queue.agents[: number - 1]:
                yield f".queues.{name}.agents.{number}", f"{agent} is named twice; keep one of the two"


def unknown_skills(team: Team) -> Iterator[Finding]:
    """A queue needs a skill, or a level of it, that none of its agents has."""
    skills = {skill for agent in team.agents.values() for skill in agent.skills}
    for name, queue in team.queues.items():
        if queue.skill is None:
            continue
        if queue.skill not in skills:
            known = f"; known: {one_of(sorted(skills))}" if skills else ""
            hint = did_you_mean(queue.skill, skills)
            yield f".queues.{name}.skill", f"nobody has the skill {shown(queue.skill)}{hint}{known}"
            continue
        best = max((agent.skills.get(queue.skill, 0) for agent in team.members(name)), default=0)
        least = min([queue.level, *queue.widen.values()])
        if best < least:
            message = f"no agent of this queue has {queue.skill} at level {least}; the best has {best}"
            yield f".queues.{name}.level", message


def odd_widening(team: Team) -> Iterator[Finding]:
    """Levels that do not go down as time goes on, or that no skill is there for."""
    for name, queue in team.queues.items():
        at = f".queues.{name}"
        if queue.skill is None:
            for word, given in (("widen", queue.widen), ("level", queue.level > 1)):
                if given:
                    yield (
                        f"{at}.{word}",
                        f"{word}: is about a skill, and this queue needs none; write skill: and its name",
                    )
            if queue.strategy == "by_skill":
                yield f"{at}.strategy", "by_skill needs a skill to go by; write skill: and its name"
        level = queue.level
        for span in sorted(queue.widen):
            if queue.widen[span] >= level:
                message = f"after {span:g}s level {queue.widen[span]} is enough, which is not less than {level} before"
                yield f"{at}.widen.{span}", f"{message}; levels go down as time goes on"
            level = min(level, queue.widen[span])
        if queue.agents == () and 0 in queue.widen.values():
            yield f"{at}.widen", "level 0 is anybody of the queue, and without agents: those all have its skill"


def same_address(team: Team) -> Iterator[Finding]:
    """Two agents at one number: a call for one would ring at the other."""
    yield from _same({name: agent.address for name, agent in team.agents.items()}, "is called at", "phone")


def same_pin(team: Team) -> Iterator[Finding]:
    """Two agents with one PIN: nobody knows who signs in. The message does not repeat it."""
    pins = {name: agent.pin for name, agent in team.agents.items() if agent.pin}
    yield from _same(pins, "signs in with", "pin")


def same_code(team: Team) -> Iterator[Finding]:
    """Two agents with one code: nobody knows whose PIN is to follow."""
    yield from _same({name: agent.code for name, agent in team.agents.items() if agent.code}, "has the code", "code")


def _same(values: dict[str, str], verb: str, word: str) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for name, value in values.items():
        if value in owners:
            what = "the same PIN" if word == "pin" else shown(value)
            yield f".agents.{name}.{word}", f"{owners[value]} {verb} {what} already; each agent has one of their own"
        owners.setdefault(value, name)


def weak_pins(team: Team) -> Iterator[Finding]:
    """A PIN that anybody would try first: one digit again and again, a run, a pair repeated, a column of keys."""
    for name, agent in team.agents.items():
        if agent.pin and _weak(agent.pin):
            yield f".agents.{name}.pin", "this PIN is among the first that anybody would try; choose another"


def _weak(pin: str) -> bool:
    runs = "01234567890", "09876543210"
    half = pin[: len(pin) // 2]
    return len(set(pin)) == 1 or any(pin in run for run in runs) or half * 2 == pin or pin in ("2580", "0852")


def desk_unused(team: Team) -> Iterator[Finding]:
    """A number for agents to sign in by, and nobody who can: without a PIN, none of them gets in."""
    if team.desk and not any(agent.pin for agent in team.agents.values()):
        yield ".desk", "nobody can sign in there: no agent has a PIN; write pin: with 4 to 8 digits of their own"


def odd_callbacks(team: Team) -> Iterator[Finding]:
    """Callbacks that may go nowhere, and keys that mean two things."""
    for name, queue in team.queues.items():
        at = f".queues.{name}"
        if queue.callback is None:
            continue
        if not queue.allow:
            yield f"{at}.callback", "a callback may go to any number; say which countries: allow: [US]"
        if queue.callback.digit == queue.leave:
            yield f"{at}.callback.key", "this key leaves the queue; take another one for the callback"


def late_callback(team: Team) -> Iterator[Finding]:
    """A callback that no caller is offered, since they have left by then."""
    for name, queue in team.queues.items():
        if queue.callback and queue.callback.after >= queue.longest_wait:
            yield f".queues.{name}.callback.after", "nobody waits that long: longest_wait ends it before"


def idle_agents(team: Team) -> Iterator[Finding]:
    """An agent who serves no queue gets no calls."""
    for name in team.agents:
        if not team.queues_of(name):
            yield f".agents.{name}", f"{name} serves no queue; add {name} to agents: of one, or give the skill of one"


def never_open(team: Team) -> Iterator[Finding]:
    """Hours that never open: most often a month, a year or a day is wrong."""
    for name, hours in team.hours.items():
        if not hours.is_open(_START) and hours.next_change(_START) is None:
            yield f".hours.{name}", f"these hours never open: {shown(hours.source)}"
    for name, queue in team.queues.items():
        opening = queue.opening
        if opening is None or queue.hours in team.hours:
            continue
        if not opening.is_open(_START) and opening.next_change(_START) is None:
            yield f".queues.{name}.hours", f"these hours never open: {shown(opening.source)}"


RULES: tuple[TeamRule, ...] = (
    TeamRule("unknown-agent", "error", unknown_agents),
    TeamRule("duplicate-key", "error", named_twice),
    TeamRule("unknown-skill", "error", unknown_skills),
    TeamRule("widen", "error", odd_widening),
    TeamRule("same-address", "error", same_address),
    TeamRule("same-pin", "error", same_pin),
    TeamRule("same-code", "error", same_code),
    TeamRule("callback", "error", odd_callbacks),
    TeamRule("weak-pin", "warning", weak_pins),
    TeamRule("desk-unused", "warning", desk_unused),
    TeamRule("late-callback", "warning", late_callback),
    TeamRule("agent-unused", "warning", idle_agents),
    TeamRule("never-open", "warning", never_open),
)
"""In the order in which their findings matter."""
