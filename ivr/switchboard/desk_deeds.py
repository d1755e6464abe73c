"""What the desk's line asks for and has done: its look-ups, answered from the team, the queues and the messages.

A PIN comes here with the look-up of the sign-in, is compared in constant time, and goes nowhere else.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.call.inputs import Told
from ivr.call.wants import RunLookup
from ivr.menu.flow import Flow
from ivr.menu.team import Agent, Team
from ivr.store.audit import Audit
from ivr.store.callers import CallerHash, masked
from ivr.store.messages import Message, Messages
from ivr.store.queues import Queues
from ivr.store.wrong_pins import WrongPins
from ivr.switchboard.desk_line import LINE
from ivr.switchboard.lookups import LookupRunner
from ivr.switchboard.notices import Notices, RefusedNotice
from ivr.switchboard.staff import Staff

_NOBODY = "withheld"
"""What callers who show no number are counted under, all of them together."""


class DeskDeeds:
    """Runs the look-ups of the desk's line, and leaves those of every other to `others`. Safe between threads."""

    def __init__(
        self,
        others: LookupRunner,
        staff: Staff,
        queues: Queues,
        messages: Messages,
        audit: Audit,
        wrong_pins: WrongPins,
        hashes: CallerHash,
        notices: Notices,
    ) -> None:
        self._notices = notices
        self._others = others
        self._staff = staff
        self._queues = queues
        self._messages = messages
        self._audit = audit
        self._wrong_pins = wrong_pins
        self._hashes = hashes

    def run(self, flow: Flow, want: RunLookup, at: datetime, deadline: float) -> Told:
        """The answer; "failed" where Redis or SQL are away: then the desk cannot be reached."""
        team = self._staff.now()
        if flow.name != LINE or not set(flow.numbers) & set(team.desk):
            return self._others.run(flow, want, at, deadline)
        try:
            found = self._found(want.lookup, want.values, team, at)
        except (RedisError, SQLAlchemyError) as error:
            return Told(at, "failed", why=type(error).__name__)
        return Told(at, "not_found") if found is None else Told(at, "found", found)

    def _found(self, lookup: str, values: Mapping[str, str], team: Team, at: datetime) -> dict[str, Any] | None:
        match lookup:
            case "reach":
                known = team.calling(values["call.from"]) is not None
                return {"known": known, "locked": self._wrong_pins.locked(self._who(values["call.from"]))}
            case "sign_in":
                return self._sign_in(values["call.from"], values["code"], values["pin"], team)
        agent = team.agents.get(values["sign_in.agent"])
        if agent is None:
            return None
        match lookup:
            case "state":
                return {"is": self._state(agent), "messages": len(self._heard(agent, team))}
            case "available" | "away":
                return self._set(agent, lookup, at)
            case "message":
                return self._next(agent, values["message.id"], team)
            case "resolve":
                return self._resolve(agent, int(values["message.id"]), team, at)
            case "switch" | "turn" if not agent.emergencies:
                return None
            case "switch":
                return self._switch(values["switch.key"], values["call.language"], team)
            case "turn":
                return self._turn(agent, values["switch.key"], values.get("switch.on"), values["call.language"])
        return None

    def _switch(self, after: str, language: str, team: Team) -> dict[str, Any]:
        """The switch after one that was heard, or the first; without a key where there is none."""
        switches = self._notices.switches(language)
        keys = [it.key for it in switches]
        index = keys.index(after) + 1 if after in keys else 0
        if index >= len(switches):
            return {"key": "", "kind": "", "name": "", "on": False, "until": "00:00"}
        it = switches[index]
        until = it.until.astimezone(team.zone or UTC) if it.until else None
        return {
            "key": it.key,
            "kind": it.kind,
            "name": it.name,
            "on": it.on,
            "until": f"{until:%H:%M}" if until else "00:00",
        }

    def _turn(self, agent: Agent, key: str, heard: str | None, language: str) -> dict[str, Any] | None:
        """Turns a switch. `heard` says whether the agent heard that it is on, "yes" or "no": where somebody else has
        turned it by then, or its time is over, it is as they want it, and is not turned back. None: of a call that
        began with an earlier release.
        """
        found = next((it for it in self._notices.switches(language) if it.key == key), None)
        if found is None:
            return None
        was = found.on if heard is None else heard == "yes"
        try:
            if found.on == was:
                self._notices.turn(found, who=agent.id)
        except RefusedNotice:  # somebody else ended it a moment ago
            return None
        return {"is": _after(found.kind, was=was)}

    def _who(self, caller: str) -> str:
        """A word for the caller's number: a hash, which the key of the service alone can make."""
        return self._hashes.of(caller) or _NOBODY

    def _sign_in(self, caller: str, code: str, pin: str, team: Team) -> dict[str, Any] | None:
        agent = team.calling(caller) or _coded(team, code)
        who = self._who(caller)
        if not self._wrong_pins.may_try(who, agent.id if agent else None):
            self._audit.note(agent.id if agent else "?", "sign_in_refused", by="phone", caller=masked(caller))
            return {"agent": "", "locked": True, "emergencies": False}
        right = hmac.compare_digest(((agent.pin if agent else None) or "").encode(), pin.encode())
        if agent is not None and right and pin:
            self._wrong_pins.was_right(who, agent.id)
            self._audit.note(agent.id, "signed_in", by="phone", caller=masked(caller))
            return {"agent": agent.id, "locked": False, "emergencies": agent.emergencies}
        locked = self._wrong_pins.was_wrong(who)
        self._audit.note(agent.id if agent else "?", "sign_in_failed", by="phone", caller=masked(caller))
        return {"agent": "", "locked": True, "emergencies": False} if locked else None

    def _state(self, agent: Agent) -> str:
        it = self._queues.agents([agent.id])[0]
        if it.state in ("away", "available"):
            return it.state
        return "busy_away" if it.next == "away" else "busy"

    def _set(self, agent: Agent, state: Literal["available", "away"], at: datetime) -> dict[str, Any]:
        # Noted first: what cannot be noted is not done.
        self._audit.note(agent.id, f"agent_{state}", agent=agent.id, by="phone")
        return {"at_once": self._queues.set_agent(agent.id, state, at.timestamp())}

    def _heard(self, agent: Agent, team: Team) -> list[Message]:
        """The messages that the agent could hear now, the oldest first."""
        return [it for it in self._messages.open(team.queues_of(agent.id)) if it.audio == "kept" and it.file]

    def _next(self, agent: Agent, after: str, team: Team) -> dict[str, Any]:
        """The message after one that was heard, or the first; without an id where there is none."""
        last = self._messages.get(int(after)) if after else None
        rest = [it for it in self._heard(agent, team) if last is None or _order(it) > _order(last)]
        if not rest:
            return {"id": "", "last4": ""}
        message = rest[0]
        self._audit.note(agent.id, "message_heard", message=str(message.id), box=message.box, by="phone")
        left = message.left_at.astimezone(team.zone or UTC)
        return {
            "id": str(message.id),
            "day": left.date().isoformat(),
            "time": f"{left:%H:%M}",
            "last4": message.last4 or "",
        }

    def _resolve(self, agent: Agent, id_: int, team: Team, at: datetime) -> dict[str, Any] | None:
        message = self._messages.get(id_)
        if message is None or message.box not in team.queues_of(agent.id):
            return None
        mine = self._messages.resolve(id_, agent.id, "", at)
        if mine:
            self._audit.note(agent.id, "message_resolved", message=str(id_), box=message.box, by="phone")
        return {"mine": mine}


def _coded(team: Team, code: str) -> Agent | None:
    """The agent of a code, if they can sign in by it."""
    return next((agent for agent in team.agents.values() if agent.pin and code and agent.code == code), None)


def _after(kind: str, *, was: bool) -> str:
    """What a switch has become that was turned."""
    if kind == "notice":
        return "off" if was else "on"
    return "open" if was else "closed"


def _order(message: Message) -> tuple[datetime, int]:
    return message.left_at, message.id
