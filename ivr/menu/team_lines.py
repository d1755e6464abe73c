"""What a line asks of the team: queues that exist, and people who speak its languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity, all_of, did_you_mean, one_of, shown
from ivr.menu.steps import Queue
from ivr.menu.team import Team

Finding = tuple[str, str]  # an address of the flow's marks, and the message


@dataclass(frozen=True, slots=True)
class LineRule:
    """One rule: what `ivr check` calls it, whether it breaks a call, and what finds it."""

    ID: str
    SEVERITY: Severity
    check: Callable[[Flow, Team], Iterator[Finding]]


def _queues(flow: Flow) -> Iterator[tuple[str, str]]:
    """The steps that wait in a queue: the address of the queue's name, and the name."""
    for step in flow.steps.values():
        if isinstance(step.act, Queue):
            yield f"{step.name}.queue", step.act.queue


def unknown_queues(flow: Flow, team: Team) -> Iterator[Finding]:
    """A queue that a step names and the team does not have."""
    for address, name in _queues(flow):
        if name not in team.queues:
            known = f"known: {one_of(team.queues)}" if team.queues else "team.yaml names none"
            yield address, f"there is no queue {shown(name)} in team.yaml{did_you_mean(name, team.queues)}; {known}"


def unserved_languages(flow: Flow, team: Team) -> Iterator[Finding]:
    """A language of the line that no agent of the queue speaks: its callers would wait for nobody."""
    for address, name in _queues(flow):
        if name not in team.queues or team.queues[name].any_language is not None:
            continue
        members = team.members(name)
        lost = [language for language in flow.languages if not any(agent.speaks(language) for agent in members)]
        if lost:
            yield (
                address,
                f"no agent of {name} speaks {all_of(lost)}; such callers wait for nobody. Add the language to an "
                f"agent, or any_language: to the queue",
            )


def desk_numbers(flow: Flow, team: Team) -> Iterator[Finding]:
    """A number that agents call to sign in: no caller of the line would come to it."""
    for number in flow.numbers:
        if number in team.desk:
            yield ".numbers", f"{number} is the desk's in team.yaml, which answers it; a number has one of the two"


LINE_RULES: tuple[LineRule, ...] = (
    LineRule("unknown-queue", "error", unknown_queues),
    LineRule("number-taken", "error", desk_numbers),
    LineRule("language-unserved", "warning", unserved_languages),
)
