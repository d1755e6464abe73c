"""Who serves callers, and where callers wait: agents and queues, which all lines share.

`menus/team.yaml` is live: it is no part of a line's version, and a change counts for the calls that wait already.
What it does to a call enters the call as stored facts (`ivr.call.inputs.Waited`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from ivr.menu import header, shapes
from ivr.menu.hours import Hours
from ivr.menu.options import keypad
from ivr.menu.priority import MOST_HEAD_START
from ivr.menu.problems import shown
from ivr.menu.reader import Shape, key
from ivr.menu.shapes import checked, choice, count, list_of, map_of, record, span
from ivr.menu.steps import country, language

Strategy = Literal["longest_idle", "round_robin", "fewest_calls", "random", "in_order", "by_skill"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)

BEST_LEVEL = 9


# Shapes that only a team uses


def _pin(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4,8}", text):
        raise ValueError('a PIN has 4 to 8 digits, in double quotes, such as "7305"')
    return text


def _person(text: str) -> str:
    if not text:
        raise ValueError("an agent has a name, such as Ana Ruiz")
    return text


def _sip(text: str) -> str:
    if not re.fullmatch(r"sips?:[^\s@<>\"]+@[^\s@<>\"]+", text):
        raise ValueError(f"{shown(text)} is no SIP address; write such as sip:ana@example.com")
    return text


def _client(text: str) -> str:
    if not re.fullmatch(r"[\w.+-]{1,100}", text):
        raise ValueError(f"{shown(text)} is no client's name: letters, digits and . + - _ make one")
    return text


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The aim of a queue: this share (0 to 1) of its callers is answered within so many seconds."""

    share: float
    seconds: float


def _service_level(text: str) -> ServiceLevel:
    match = re.fullmatch(r"([0-9]{1,3})\s*%\s+in\s+([0-9]{1,4})\s*(s|m)", text)
    if not match or not 1 <= int(match[1]) <= 100 or int(match[2]) == 0:
        raise ValueError(f"{shown(text)} is no service level; write such as 80% in 20s")
    return ServiceLevel(int(match[1]) / 100, int(match[2]) * (60.0 if match[3] == "m" else 1.0))


def _audio(text: str) -> str:
    if not re.fullmatch(r"[\w-]{1,80}\.wav", text):
        raise ValueError(f"{shown(text)} is no audio; write the name of a file of recordings/hold, such as quiet.wav")
    return text


_announce_span = r"([0-9]{1,4})\s*(s|m)"


def _announce(text: str) -> float:
    if text.lower() in ("no", "false"):
        return 0.0
    match = re.fullmatch(_announce_span, text)
    seconds = int(match[1]) * (60.0 if match[2] == "m" else 1.0) if match else 0.0
    if not 15 <= seconds <= 600:
        raise ValueError(f"{shown(text)} is no time between announcements: write 15s to 10m, or no for none")
    return seconds


def _code(text: str) -> str:
    if not re.fullmatch(r"[0-9]{2,8}", text):
        raise ValueError('an agent\'s code has 2 to 8 digits, in double quotes, such as "17"')
    return text


_code_schema = {"type": ["string", "integer"], "pattern": r"^\s*[0-9]{2,8}\s*$"}
_pin_schema = {"type": ["string", "integer"], "pattern": r"^\s*[0-9]{4,8}\s*$"}
_announce_schema = {"anyOf": [{"const": False}, {"type": "string", "pattern": rf"^\s*({_announce_span}|no|false)\s*$"}]}
skill_level: Shape[int] = count(1, BEST_LEVEL, "a level of skill")


@dataclass(frozen=True, slots=True)
class Agent:
    """an agent"""

    full_name: str = key(checked(_person, "a person's name", "value"), "the agent's name, for people", name="name")
    languages: tuple[str, ...] = key(
        list_of(language, "the agent's languages", least=1), "the languages that the agent speaks: [en-US, es-MX]"
    )
    phone: str | None = key(shapes.phone, 'the number where the agent is called: "+15005550401"', default=None)
    sip: str | None = key(
        checked(_sip, "a SIP address", "address"), "or a SIP address: sip:ana@example.com", default=None
    )
    client: str | None = key(
        checked(_client, "a client's name", "address"), "or the name of a browser's or app's client", default=None
    )
    skills: Mapping[str, int] = key(
        map_of(shapes.name, skill_level, "skills and the level of each"),
        f"what the agent can do, each with a level from 1 to {BEST_LEVEL}, the best: {{bookings: 2}}",
        default={},
    )
    pin: str | None = key(
        checked(_pin, "a PIN", "pin", _pin_schema), "4 to 8 digits with which the agent signs in by phone", default=None
    )
    code: str | None = key(
        checked(_code, "an agent's code", "value", _code_schema),
        "2 to 8 digits that the agent enters before the PIN when signing in from another phone",
        default=None,
    )
    emergencies: bool = key(
        shapes.yes_no, "whether the agent may close and open lines and queues, and switch notices, by phone (no)",
        default=False,
    )  # fmt: skip
    id: str = ""
    """The name under which the file has the agent."""

    def __repr__(self) -> str:
        return f"Agent({self.id!r})"  # a PIN and a number belong in no log

    @property
    def address(self) -> str:
        """What is dialled: a number, `sip:…` or `client:…`."""
        return self.phone or self.sip or f"client:{self.client}"

    def speaks(self, wanted: str) -> bool:
        """Whether the agent speaks the language, of whatever country: who speaks es-ES understands es-MX."""
        return any(spoken.split("-")[0] == wanted.split("-")[0] for spoken in self.languages)


@dataclass(frozen=True, slots=True)
class CallbackOffer:
    """an offer of a callback"""

    after: float = key(
        span(0, 3600, "a time of waiting"), "how long a caller waits before it is offered (2m)", default=120.0
    )
    digit: str = key(keypad, "the key that takes it (1)", default="1", name="key")
    tries: int = key(
        count(1, 9, "a number of tries"), "how often a caller is called who does not answer (3)", default=3
    )
    again: float = key(span(60, 86_400, "a time between tries"), "the time between two tries (10m)", default=600.0)
    a_day: int = key(
        count(1, 9999, "a number of calls"), "how many such calls are made in a day at most (100)", default=100
    )


@dataclass(frozen=True, slots=True)
class Queue:
    """a queue"""

    agents: tuple[str, ...] = key(
        list_of(shapes.name, "agents", least=1), "who serves it: [ana, raj]; without it, all who have its skill",
        default=(),
    )  # fmt: skip
    skill: str | None = key(shapes.name, "the skill that its callers need", default=None)
    level: int = key(skill_level, "the level of that skill that a caller needs at first (1)", default=1)
    widen: Mapping[float, int] = key(
        map_of(span(1, 7200, "a time of waiting"), count(0, BEST_LEVEL, "a level of skill"), "times and levels"),
        "after how much waiting which level is enough; 0 is any agent of the queue: {30s: 1, 60s: 0}",
        default={},
    )
    any_language: float | None = key(
        span(0, 7200, "a time of waiting"),
        "after how much waiting an agent may take the caller who does not speak their language (never)",
        default=None,
    )
    strategy: Strategy = key(
        choice(STRATEGIES, "a strategy"), "which of the free agents takes the next caller (longest_idle)",
        default="longest_idle",
    )  # fmt: skip
    hours: str | None = key(
        checked(str, "hours", "hours"), "when it takes callers: hours, or a name that stands under hours: (always)",
        default=None,
    )  # fmt: skip
    room_for: int = key(count(1, 1000, "a number of callers"), "how many can wait at once (40)", default=40)
    longest_wait: float = key(
        span(10, 7200, "a time of waiting"), "how long a caller waits at most (15m)", default=900.0
    )
    priority: float = key(
        span(0, MOST_HEAD_START, "a head start"),
        "the head start of its callers before those of the other queues of an agent (0s)",
        default=0.0,
    )
    announce: float = key(
        checked(_announce, "a time between announcements", "value", _announce_schema),
        "how often a caller hears their place and the wait (45s), or no",
        default=45.0,
    )
    hold: str | None = key(
        checked(_audio, "hold audio", "value"), "what is heard while waiting: a file of recordings/hold (silence)",
        default=None,
    )  # fmt: skip
    leave: str = key(keypad, "the key with which a caller leaves the queue (star)", default="*")
    callback: CallbackOffer | None = key(
        record(CallbackOffer, "a callback: after, key, tries, again, a_day"),
        "the offer to be called back, which keeps the caller's place (none); {} offers it with every default",
        default=None,
    )
    ring: float = key(span(5, 60, "a time to ring"), "how long it rings at one agent (15s)", default=15.0)
    press_to_accept: bool = key(
        shapes.yes_no, "whether an agent has to press 1 to take a call (yes); else who picks up has it", default=True
    )
    wrap_up: float = key(
        span(0, 3600, "a time to wrap up"), "how long an agent is left alone after a call (30s)", default=30.0
    )
    wrap_up_codes: tuple[str, ...] = key(
        list_of(shapes.name, "wrap-up codes"), "what an agent can say of a call afterwards: [booked, refunded]",
        default=(),
    )  # fmt: skip
    service_level: ServiceLevel = key(
        checked(_service_level, "a service level, such as 80% in 20s", "value"),
        "the aim that reports measure it by (80% in 20s)",
        default=ServiceLevel(0.8, 20.0),
    )
    allow: tuple[str, ...] = key(
        list_of(country, "countries that may be called"), "the countries that callbacks may go to: [US, MX]", default=()
    )
    name: str = ""
    """The name under which the file has the queue."""
    opening: Hours | None = field(default=None, compare=False)
    """Its hours, compiled; None for always."""

    def is_open(self, at: datetime) -> bool:
        """Whether it takes callers at the moment (aware)."""
        return self.opening is None or self.opening.is_open(at)

    def level_after(self, waited: float) -> int:
        """The level of its skill that is enough for a caller who has waited so many seconds."""
        reached = [span_ for span_ in self.widen if span_ <= waited]
        return self.widen[max(reached)] if reached else self.level


@dataclass(frozen=True, slots=True)
class TeamTop:
    """the top of a team file"""

    zone: ZoneInfo | None = key(
        header.timezone, "where the clocks of its hours stand, such as America/Chicago", default=None, name="timezone"
    )
    country: str | None = key(header.country, "whose public holidays its hours mean, such as US", default=None)
    desk: tuple[str, ...] = key(
        list_of(shapes.phone, "the desk's numbers"),
        'the numbers that agents call to sign in, and to hear messages: ["+15005550400"]',
        default=(),
    )


@dataclass(frozen=True, slots=True)
class Team:
    """A team file that checks. Agents and queues are found by the names under which the file has them."""

    agents: Mapping[str, Agent] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    zone: ZoneInfo | None = None
    country: str | None = None
    desk: tuple[str, ...] = ()
    """The numbers that agents call."""
    hours: Mapping[str, Hours] = field(default_factory=dict)
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False)  # address -> line, column

    def members(self, queue: str) -> tuple[Agent, ...]:
        """The agents of a queue, in its order: those that it lists, else all who have its skill."""
        it = self.queues[queue]
        if it.agents:
            return tuple(self.agents[name] for name in it.agents if name in self.agents)
        return tuple(agent for agent in self.agents.values() if it.skill in agent.skills)

    def calling(self, caller: str) -> Agent | None:
        """The agent whose own phone calls, if they can sign in by phone."""
        return next((agent for agent in self.agents.values() if agent.pin and agent.address == caller), None)

    def queues_of(self, agent: str) -> tuple[str, ...]:
        """The queues that an agent serves."""
        return tuple(name for name in self.queues if any(member.id == agent for member in self.members(name)))
