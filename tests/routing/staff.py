"""Teams, free agents and callers that the tests of routing share."""

from __future__ import annotations

from ivr.menu.team import Team
from ivr.menu.team_load import load_team
from ivr.routing import Free, Waiter

TEAM = """\
agents:
  ana: {name: Ana, phone: "+15005550401", languages: [en-US, es-MX], skills: {bookings: 3}}
  raj: {name: Raj, phone: "+15005550402", languages: [en-US], skills: {bookings: 1, refunds: 2}}
  eva: {name: Eva, phone: "+15005550403", languages: [es-ES], skills: {bookings: 2}}
queues:
  bookings: {agents: [raj, ana, eva]}
  refunds: {skill: refunds, priority: 30s}
"""


def team(text: str = TEAM, **bookings: str) -> Team:
    """The team, with these keys of its queue `bookings`."""
    more = "".join(f", {name}: {value}" for name, value in bookings.items())
    found = load_team("team.yaml", text.replace("agents: [raj, ana, eva]", f"agents: [raj, ana, eva]{more}").encode())
    assert found.team is not None, found.problems
    return found.team


def free(staff: Team, *names: str, idle_since: float = 0.0, last_offered: float = 0.0, calls: int = 0) -> list[Free]:
    """These agents, alike."""
    return [Free(staff.agents[name], idle_since, last_offered, calls) for name in names]


def waiter(
    sid: str, arrived: float = 0.0, queue: str = "bookings", language: str = "en-US", start: float = 0
) -> Waiter:
    """A caller."""
    return Waiter(sid, queue, language, arrived, start)
