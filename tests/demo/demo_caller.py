"""A caller of the demo line: the engine alone, with its look-ups answered from the tables beside the menu."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.call import Call, Turn, step
from ivr.call.events import GoalReached, MessageLeft
from ivr.call.inputs import (
    Accepted,
    Dialed,
    Input,
    Offered,
    Pressed,
    QueueLeft,
    Recorded,
    Released,
    Silent,
    Started,
    Told,
    Waited,
)
from ivr.call.says import Closing, Say
from ivr.call.wants import JoinQueue, RunLookup, Want
from ivr.menu import Flow, Menus, load
from ivr.menu.flow import Table
from ivr.menu.team import Team
from ivr.menu.team_load import load_team

ROOT = Path(__file__).parents[2]
MENUS = ROOT / "menus"
RECORDINGS = ROOT / "recordings"
CHICAGO = ZoneInfo("America/Chicago")


def load_menus() -> Menus:
    """The menu files of the demo, checked with their tables."""
    files = {path.name: path.read_bytes() for path in sorted(MENUS.glob("*.yaml")) if path.name != "team.yaml"}
    return load(files, {path.name: path.read_bytes() for path in MENUS.glob("*.csv")}, load_demo_team())


def load_demo_team() -> Team:
    """The team of the demo, which has no problem."""
    found = load_team("team.yaml", (MENUS / "team.yaml").read_bytes())
    assert found.team is not None
    assert [str(problem) for problem in found.problems] == []
    return found.team


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table beside the menus."""
    with (MENUS / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Caller:
    """One call, an input at a time. `tables_fail` makes every look-up fail.

    The queue takes the caller, unless `let_in` is one of its exits.
    """

    def __init__(self, flow: Flow, at: str, *, tables_fail: bool = False, let_in: str = "") -> None:
        self.flow = flow
        self.let_in = let_in
        self.at = datetime.fromisoformat(at).replace(tzinfo=CHICAGO)
        self.tables_fail = tables_fail
        self.call = Call(sid="CA1", version="v1", line=flow.name, caller="+15005550142", to=flow.numbers[0])
        self.heard: list[Say] = []  # of the last input
        self.spoken: list[Say] = []  # of the whole call
        self.closing: Closing | None = None
        self.goals: list[str] = []
        self.boxes: list[str] = []
        self.take(Started(self.at))

    def take(self, input_: Input) -> None:
        """Gives one input to the engine, and the answers that it wants."""
        turn = step(self.flow, self.call, input_)
        says = list(turn.says)
        self._note(turn)
        while turn.want:
            turn = step(self.flow, turn.call, self._told(turn.want))
            says += turn.says
            self._note(turn)
        self.call = turn.call
        self.heard = [said for said in says if isinstance(said, Say)]
        self.spoken += self.heard
        self.closing = next((said for said in says if not isinstance(said, Say)), None)

    def _note(self, turn: Turn) -> None:
        self.goals += [event.goal for event in turn.events if isinstance(event, GoalReached)]
        self.boxes += [event.box for event in turn.events if isinstance(event, MessageLeft)]
        bad = [event for event in turn.events if event.kind in ("unexpected", "condition_failed")]
        assert not bad, bad

    def _told(self, want: Want) -> Input:
        if isinstance(want, JoinQueue):
            return Released(self.at, self.let_in) if self.let_in else Waited(self.at, 1)  # type: ignore[arg-type]
        assert isinstance(want, RunLookup)
        source = self.flow.lookups[want.lookup]
        assert isinstance(source, Table)
        if self.tables_fail:
            return Told(self.at, "failed", why="the tables are away")
        names = {column: template.fill(want.values) for column, template in source.where.items()}
        found = [row for row in rows(source.table) if all(row[column] == text for column, text in names.items())]
        if source.next:
            now = self.at.astimezone(self.flow.zone).strftime("%H:%M")
            column = source.next
            found.sort(key=lambda row: (row[column] < now, row[column]))  # after the day's last, tomorrow's first
        if not found:
            return Told(self.at, "not_found")
        return Told(self.at, "found", {field: found[0][field] for field in source.gives})

    def press(self, *keys: str) -> Caller:
        """Presses keys, one answer after the other; `silence` presses none."""
        for pressed in keys:
            self.take(Silent(self.at) if pressed == "silence" else Pressed(self.at, pressed))
        return self

    def leave_message(self, *, hang_up: bool = False) -> Caller:
        """Speaks after the tone."""
        self.take(Recorded(self.at, "https://api.example.com/recordings/RE1", 12, hung_up=hang_up))
        return self

    def talk(self) -> Caller:
        """An agent is offered, takes the call, and hangs up after a minute."""
        self.take(Offered(self.at, "offer", "ana", "+15005550401"))
        self.take(Accepted(self.at, "offer"))
        self.take(Dialed(self.at, "answered", 60))
        return self

    def let_go(self, exit_: str) -> Caller:
        """The queue lets the caller go by one of its exits, and their leg comes out of it."""
        self.take(Released(self.at, exit_))  # type: ignore[arg-type]
        self.take(QueueLeft(self.at, "leave"))
        return self

    @property
    def place(self) -> str:
        """The step at which the call waits."""
        return self.call.place

    def words(self) -> str:
        """What was said after the last input."""
        return re.sub(r"\s+", " ", " ".join(say.words() for say in self.heard))
