"""A caller of the demo line: the engine alone, with its look-ups answered from the tables beside the menu."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.call import Call, Turn, step
from ivr.call.events import GoalReached, MessageLeft
from ivr.call.inputs import Dialed, Input, Pressed, Recorded, Silent, Started, Told
from ivr.call.says import Closing, Say
from ivr.call.wants import RunLookup
from ivr.menu import Flow, Menus, load
from ivr.menu.flow import Table

ROOT = Path(__file__).parents[2]
MENUS = ROOT / "menus"
RECORDINGS = ROOT / "recordings"
CHICAGO = ZoneInfo("America/Chicago")


def load_menus() -> Menus:
    """The menu files of the demo, checked with their tables."""
    files = {path.name: path.read_bytes() for path in sorted(MENUS.glob("*.yaml"))}
    return load(files, {path.name: path.read_bytes() for path in MENUS.glob("*.csv")})


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table beside the menus."""
    with (MENUS / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Caller:
    """One call, an input at a time. `tables_fail` makes every look-up fail."""

    def __init__(self, flow: Flow, at: str, *, tables_fail: bool = False) -> None:
        self.flow = flow
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

    def _told(self, want: RunLookup) -> Told:
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

    def dialed(self, outcome: str) -> Caller:
        """The dialled leg ends: answered, busy, no_answer or failed."""
        self.take(Dialed(self.at, outcome))  # type: ignore[arg-type]
        return self

    @property
    def place(self) -> str:
        """The step at which the call waits."""
        return self.call.place

    def words(self) -> str:
        """What was said after the last input."""
        return re.sub(r"\s+", " ", " ".join(say.words() for say in self.heard))
