"""Calls that went so before, by where and when: told again, they cost a tenth of a call on the engine.

A call may be told again at another moment only where the same hours are open and closed all the while.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from ivr.call import Call
from ivr.call.inputs import Started
from ivr.call.wants import Want
from ivr.menu.conditions import names_in
from ivr.menu.flow import Flow
from ivr.menu.steps import If, Menu, Switch
from ivr.switchboard.demo.persona import MANNERS, Guide, Manner, Persona
from ivr.switchboard.demo.tape import Tape
from ivr.switchboard.demo.walk import World, walk


@dataclass(frozen=True, slots=True)
class Begun:
    """A call up to its end (`want` is None), or to what others decide, too. The caller goes on where the tape ends."""

    tape: Tape
    want: Want | None
    caller: Persona


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which no hours of a line open or close, in seconds since 1970; and which are open."""

    ends: float
    open: tuple[bool, ...]


class Book:
    """The calls of one version of a line."""

    def __init__(self, flow: Flow, version: str, guide: Guide, world: World, most: int) -> None:
        """`most` is how many calls are kept of an hour of the day."""
        self.flow = flow
        self.version = version
        self._guide = guide
        self._world = world
        self._most = most
        self._kept: dict[tuple[int, tuple[bool, ...], str], list[Begun]] = {}
        self._tells = not _reads_clock(flow)
        self._spells: dict[int, tuple[list[float], list[Spell]]] = {}

    def begin(self, base: float, sid: str, caller: str, language: str, dice: Random) -> Begun:
        """A call that begins at a moment: one that went so before, or a new one."""
        spell = self._spell(base)
        hour = datetime.fromtimestamp(base, self.flow.zone).hour
        kept = self._kept.setdefault((hour, spell.open, language), [])
        if kept and len(kept) >= self._most:
            one = dice.choice(kept)
            if base + one.tape.now < spell.ends:
                tape = one.tape.again(datetime.fromtimestamp(base, UTC), sid, caller)
                return Begun(tape, one.want, _again(one.caller, dice))
        begun = self._walk(base, sid, caller, language, dice)
        if self._tells and len(kept) < self._most and base + begun.tape.now < spell.ends:
            kept.append(Begun(begun.tape.again(begun.tape.began, sid, caller), begun.want, _again(begun.caller, dice)))
        return begun

    def _walk(self, base: float, sid: str, caller: str, language: str, dice: Random) -> Begun:
        manner: Manner = dice.choices([it for _, it in MANNERS], weights=[it for it, _ in MANNERS])[0]
        guide = self._guide
        wish = dice.choices(guide.wishes, weights=guide.weights)[0] if guide.wishes else None
        who = Persona(dice, guide, language, manner, wish, dice.gauss(0.7, 0.08))
        to = self.flow.numbers[0] if self.flow.numbers else ""
        began = datetime.fromtimestamp(base, UTC)
        tape = Tape(self.flow, Call(sid, self.version, self.flow.name, caller, to), began)
        turn = tape.take(Started(began, caller, to, self.flow.name, self.version))
        return Begun(tape, walk(tape, turn, who, self._world), who)

    def _spell(self, base: float) -> Spell:
        day = int(base // 86_400)
        if day not in self._spells:
            self._spells = (
                {day: self._of_day(day)} if len(self._spells) > 3 else self._spells | {day: self._of_day(day)}
            )
        begins, spells = self._spells[day]
        return spells[bisect_right(begins, base) - 1]

    def _of_day(self, day: int) -> tuple[list[float], list[Spell]]:
        """The spells of a day of UTC, and of some hours more, in which calls go on."""
        first = datetime.fromtimestamp(day * 86_400, UTC)
        last = first + timedelta(hours=36)
        edges = {first.timestamp(), last.timestamp()}
        for hours in self.flow.hours.values():
            for since, until, *_ in hours.rules.intervals(first.astimezone(hours.zone), last.astimezone(hours.zone)):
                edges |= {since.timestamp(), until.timestamp()}
        moments = sorted(it for it in edges if first.timestamp() <= it <= last.timestamp())
        spells = []
        for begins, ends in pairwise(moments):
            at = datetime.fromtimestamp(begins, UTC)
            spells.append(Spell(ends, tuple(it.is_open(at) for it in self.flow.hours.values())))
        return moments[:-1], spells


def _again(who: Persona, dice: Random) -> Persona:
    """The same caller, with other dice."""
    return Persona(
        dice, who.guide, who.language, who.manner, who.wish, who.mood + dice.gauss(0, 0.04), who.served, who.presses,
        who.tired,
    )  # fmt: skip


def _reads_clock(flow: Flow) -> bool:
    """Whether a condition hangs on the moment or the caller's number: then each call is its own."""
    conditions = [step.act.when for step in flow.steps.values() if isinstance(step.act, If)]
    names = {name for it in conditions for name in names_in(it)}
    for step in flow.steps.values():
        if isinstance(step.act, Menu):
            names |= {name for option in step.act.options if option.when for name in names_in(option.when)}
        elif isinstance(step.act, Switch):
            names.add(step.act.switch)
    return bool({"now", "call.from"} & names)
