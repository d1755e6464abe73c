"""Paths by chance: calls through a small menu as the engine would tell of them, and some that it never would."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from log_by_chance import BEGAN, CALLERS, Raw

MENU = {
    "main": {"1": "stop", "2": "agents", "3": "message", "4": "hours", "9": "repeat", "*": "back", "7": "hangup"},
    "more": {"1": "main", "2": "stop", "9": "repeat", "*": "back", "0": "operator"},
}
"""The menus and what their keys do."""

OPERATOR = "agents"
VERSIONS = ("aaaaaaaaaaaa", "bbbbbbbbbbbb")


class Caller:
    """One call while it is made up: its records, and where it is."""

    def __init__(self, dice: random.Random, after: int) -> None:
        self.dice, self.at = dice, BEGAN + timedelta(seconds=after, milliseconds=dice.randrange(1000))
        self.records: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.place, self.trail, self.over = "", ["main"], False

    def event(self, kind: str, **fields: Any) -> None:
        """Something happens where the caller is."""
        self.events.append({"kind": kind, "step": self.place, **fields})

    def record(self, kind: str, **fields: Any) -> None:
        """All that happened is told, and some time goes by."""
        input_ = {"kind": kind, "at": self.at.isoformat(), **fields}
        self.records.append({"seq": len(self.records) + 1, "input": input_, "events": self.events})
        self.events = []
        self.at += timedelta(milliseconds=self.dice.choice((0, 400, 3_000, 9_999, 31_500, 200_000, 4_000_000)))

    def go(self, to: str) -> None:
        """Comes to a step; those that do not wait lead on."""
        if to == "hangup":
            return self.end("line")
        if to == "repeat":
            self.place = self.trail[-1]  # nothing tells of it
            return None
        self.place = {"operator": OPERATOR, "back": self.trail[-1], "start": "welcome"}.get(to, to)
        self.event("entered")
        match self.place:
            case "welcome":
                self.go("main")
            case "hours":
                self.go(self.dice.choice(("more", "message")))
            case "told":
                self.event("goal_reached", goal="told_stop")
                self.go("more")
            case "main" | "more" | "stop":
                self.trail.append(self.place)
        return None

    def end(self, how: str) -> None:
        """The call is over."""
        self.event("ended", how=how)
        self.over = True

    def act(self) -> None:
        """The caller, or the service, does the next thing."""
        dice = self.dice
        if dice.random() < 0.12:
            if self.place == "agents":
                self.event("abandoned", queue="bookings", position=1, entered_at=1, waited=9)
            self.end(dice.choice(("completed", "completed", "failed")))
            self.record("hung_up", status="completed")
            return
        if dice.random() < 0.03:
            self.event(*dice.choice((("rescued",), ("capped",))), **dice.choice(({"what": "x"}, {"limit": "errors"})))
            self.go("operator")
            self.record("troubled", what="x")
            return
        match self.place:
            case "main" | "more":
                self.press(MENU[self.place])
            case "stop":
                if dice.random() < 0.6:
                    self.event("answered", name="stop", value="0417")
                    self.go("departures")
                    self.record("pressed", keys="0417")
                else:
                    self.miss(None)
            case "departures":
                outcome = dice.choice(("found", "found", "not_found", "failed"))
                self.event("looked_up", lookup="departures", outcome=outcome)
                self.go({"found": "told", "not_found": "stop", "failed": "repeat"}[outcome])
                self.record("told", outcome=outcome)
            case "agents":
                self.wait()
            case "message":
                self.speak()
            case _:
                self.go("main")
                self.record("silent")

    def press(self, keys: dict[str, str]) -> None:
        """A key of a menu, one that means nothing there, or none."""
        key = self.dice.choice((*keys, *keys, "5", "55", ""))
        if key in keys:
            self.event("chose", key=key, to=keys[key])
            if keys[key] == "hangup" and self.dice.random() < 0.5:
                self.event("goal_reached", goal="booked")
            self.go(keys[key])
            self.record("pressed", keys=key)
        else:
            self.miss(key or None)

    def miss(self, keys: str | None) -> None:
        """Silence or a wrong key, perhaps the last."""
        self.event("no_match", keys=keys) if keys else self.event("no_input")
        if self.dice.random() < 0.3:
            self.event("gave_up")
            self.go("operator")
        self.record("pressed" if keys else "silent")

    def wait(self) -> None:
        """A wait in a queue, in one record or in several."""
        dice, told = self.dice, {"queue": "bookings", "waited": 7}
        match dice.choice(("full", "left", "callback_booked", "connected")):
            case "full":
                self.event("queue_refused", queue="bookings", why="full")
                self.go("message")
            case "connected":
                self.event("connected", **told, offer="o1", agent="ana", rang=1)
                self.record("accepted")
                if dice.random() < 0.5:
                    self.event("completed", **told, agent="ana", talked=30, by="agent")
                    self.go(dice.choice(("more", "hangup")))
            case exit_:
                self.event("queue_exited", **told, how=exit_, position=1)
                self.record("released")
                self.go("more")
        self.record("queue_left")

    def speak(self) -> None:
        """A message, or silence; with the message the call may be over, and the message may come after the end."""
        late = self.dice.random() < 0.4
        if late:
            self.end("completed")
            self.record("hung_up", status="completed")
        if self.dice.random() < 0.7:
            self.event("message_left", box="b", url="https://x.example/RE1", seconds=3)
            self.event("goal_reached", goal="message")
        elif not late:
            self.event("no_input")
        if not late:
            self.go("hangup")
        self.record("recorded")


def call_by_chance(dice: random.Random) -> list[dict[str, Any]]:
    """The records of one call."""
    day = dice.choice((0, 0, 0, 1, 1, 2, 30)) * 86_400
    caller = Caller(dice, day + dice.choice((0, 1, 899, 900, dice.randrange(86_400))))
    back = dice.random() < 0.1
    known = {"caller": dice.choice(CALLERS), "line": dice.choice(("meridian", "meridian", "lakeside", "service.desk"))}
    if dice.random() < 0.97:
        caller.go("agents" if back else "welcome")
    caller.record("started", to="+15005550006", **known, version=dice.choice(VERSIONS), step="agents" if back else "")
    for _ in range(dice.randrange(14)):
        if caller.over:
            break
        if dice.random() < 0.1:
            caller.event("language_chosen", language=dice.choice(("en-US", "es-MX")))
        caller.act()
    return caller.records


def paths_by_chance(seed: int, calls: int = 60) -> Raw:
    """The records of many calls."""
    dice = random.Random(seed)
    return {f"CA{number:03}": call_by_chance(dice) for number in range(calls)}
