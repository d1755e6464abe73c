"""A caller and a line, on the real engine: from one want of the world to the next, or to the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ivr.call import says
from ivr.call.inputs import Dialed, HungUp, Input, Pressed, Recorded, RecordingReady, Silent, Told
from ivr.call.state import Turn
from ivr.call.wants import MaySurvey, RunLookup, Want
from ivr.menu.flow import Table
from ivr.menu.values import Type
from ivr.switchboard.demo.persona import Persona
from ivr.switchboard.demo.tape import RECORDING, Tape
from ivr.switchboard.tables import Tables

SPOKEN = 15.0
"""Characters that are said in a second."""

FAILS = 0.004
"""The share of look-ups that fail."""

ADDRESS = f"https://api.twilio.com/2010-04-01/Accounts/ACdemodata/Recordings/{RECORDING}"
"""Of a recording that nobody made."""

_FOUND: dict[Type, Any] = {
    "text": "standard", "digits": "12", "money": "12.50", "number": 3, "date": "2026-01-15", "time": "10:15",
    "phone": "+15005550100", "yes_no": True,
}  # fmt: skip


class World:
    """What answers the wants of calls: look-ups in the tables of a folder. Servers are not asked."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def look_up(self, tape: Tape, want: RunLookup, caller: Persona) -> Told:
        """What a look-up gives at this moment of a call; it takes no time."""
        at, source = tape.at(), tape.flow.lookups[want.lookup]
        if caller.dice.random() < FAILS:
            return Told(at, "failed", why="it took too long")
        if isinstance(source, Table):
            wanted = {column: template.fill(dict(want.values)) for column, template in source.where.items()}
            return self._tables.find(source, wanted, at, at.astimezone(tape.flow.zone))
        if caller.dice.random() < 0.1:
            return Told(at, "not_found")
        return Told(at, "found", {name: _FOUND[type_] for name, type_ in source.gives.items()})


MaySurveys = Callable[[Tape, MaySurvey, datetime], Told]


def walk(tape: Tape, turn: Turn, caller: Persona, world: World, may_survey: MaySurveys | None = None) -> Want | None:
    """Goes on from a turn until the call is over (None), or wants what others decide, too: a queue; a survey, where
    nothing is given that decides it.
    """
    while not tape.call.ended:
        if turn.want is not None:
            match turn.want:
                case RunLookup() as want:
                    turn = tape.take(world.look_up(tape, want, caller))
                case MaySurvey() as want if may_survey is not None:
                    turn = tape.take(may_survey(tape, want, tape.at()))
                case want:
                    return want
            continue
        turn = _goes_on(tape, turn, caller)
    over(tape, turn)
    return None


def over(tape: Tape, turn: Turn) -> None:
    """The carrier says that a call is over, when the last words are said."""
    if not tape.entries or not tape.entries[-1].head.startswith('{"kind":"hung_up"'):
        tape.now += round(words(turn))
        tape.take(HungUp(tape.at()))


def words(turn: Turn) -> float:
    """How many seconds it takes to say what a turn says."""
    return sum(len(it.words()) for it in turn.says if isinstance(it, says.Say)) / SPOKEN


def _goes_on(tape: Tape, turn: Turn, caller: Persona) -> Turn:
    """What comes after what the caller hears now."""
    heard, closing = words(turn), turn.says[-1] if turn.says else says.Hangup()
    match closing:
        case says.Gather():
            keys = None if caller.quits() else caller.keys(tape)
            if keys is None:
                tape.now += caller.listens(heard)
                return tape.take(HungUp(tape.at()))
            tape.now += caller.listens(heard) + len(keys) // 2 if keys else round(heard + closing.wait)
            return tape.take(Pressed(tape.at(), keys) if keys else Silent(tape.at()))
        case says.Record(longest=longest):
            tape.now += round(heard)
            return _recorded(tape, caller, longest)
        case says.Dial():
            return _dialled(tape, caller, heard)
        case says.Redirect():
            tape.now += round(heard)
            return tape.take(Silent(tape.at()))
    tape.now += round(heard)
    return tape.take(HungUp(tape.at()))


def _recorded(tape: Tape, caller: Persona, longest: float) -> Turn:
    """Half of them speak; the others hang up at the tone. Its audio is there a little later."""
    if caller.dice.random() < 0.3:
        tape.now += caller.dice.randrange(1, 5)
        return tape.take(HungUp(tape.at()))
    seconds = max(3, min(round(longest), round(caller.dice.lognormvariate(3.0, 0.6))))
    tape.now += seconds + 1
    turn = tape.take(Recorded(tape.at(), ADDRESS, seconds, hung_up=caller.dice.random() < 0.6))
    tape.now += 3
    tape.take(RecordingReady(tape.at(), ADDRESS, seconds))  # a fact: what is heard is what the turn before it says
    return turn


def _dialled(tape: Tape, caller: Persona, heard: float) -> Turn:
    """Somebody answers, mostly."""
    dice = caller.dice
    rings = round(heard) + dice.randrange(4, 20)
    if dice.random() < 0.8:
        talked = max(5, round(dice.lognormvariate(4.8, 0.6)))
        tape.now += rings + talked
        input_: Input = Dialed(tape.at(), "answered", talked, hung_up=dice.random() < 0.7)
    else:
        tape.now += rings + 10
        input_ = Dialed(tape.at(), dice.choice(("busy", "no_answer")))
    return tape.take(input_)


def tables_of(tables: Mapping[str, bytes]) -> dict[str, list[dict[str, str]]]:
    """The rows of CSV files, by the files' names."""
    return {
        name: list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))) for name, data in tables.items()
    }
