"""Who calls: how they use a phone, what they want, how they feel by now; and what they do where keys are awaited."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from random import Random

from ivr.call.answers import date_order
from ivr.menu.flow import Flow, Table
from ivr.menu.graph import exits
from ivr.menu.steps import Ask, Language, Menu, Survey, Voicemail
from ivr.switchboard.demo.tape import Tape


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody uses a phone: which share of the words they hear out, and how often they slip, say nothing, quit."""

    hears: float
    slips: float
    silent: float
    quits: float
    person: float = 0.0
    """How often they ask for a person, whatever they called for."""


MANNERS = (
    (42, Manner(0.75, 0.02, 0.02, 0.015)),
    (22, Manner(0.35, 0.05, 0.01, 0.03, 0.05)),  # in a hurry
    (18, Manner(1.0, 0.015, 0.03, 0.005)),  # careful
    (8, Manner(0.9, 0.16, 0.14, 0.05, 0.1)),  # lost
    (3, Manner(1.0, 0.0, 0.95, 0.35)),  # a pocket, a machine
    (7, Manner(0.3, 0.02, 0.01, 0.03, 1.0)),  # zero at once
)

WISHES = (42.0, 25.0, 7.0, 9.0, 5.0)
"""How often callers want what the first option of the first menu leads to, the second, …"""

PERSON = 12.0
"""How often they want to talk to somebody."""


class Guide:
    """What callers know of a line: which key leads nearer to what they want, and what their numbers are."""

    def __init__(self, flow: Flow, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
        self.flow = flow
        self._leads = {name: [_real(flow, it.to) for it in exits(step)] for name, step in flow.steps.items()}
        self._far: dict[str, dict[str, float]] = {}
        self.numbers = self._numbers(tables)
        self.wishes, self.weights = self._wishes()

    def _numbers(self, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, list[str]]:
        """What is found under each name that callers enter."""
        found: dict[str, list[str]] = {}
        for source in self.flow.lookups.values():
            if isinstance(source, Table):
                for column, template in source.where.items():
                    cells = [row[column] for row in tables.get(source.table, ()) if row.get(column)]
                    for name in template.names:
                        found.setdefault(name, cells)
        return found

    def _wishes(self) -> tuple[list[str], list[float]]:
        """What people call for: the goals behind the options of the first menu."""
        menu = next((it.act for it in self.flow.steps.values() if isinstance(it.act, Menu)), None)
        wishes: dict[str, float] = {}
        digits = 0
        for option in menu.options if menu else ():
            goal = option.goal or self.goal_behind(option.to)
            if option.key in "123456789":
                weight = WISHES[min(digits, len(WISHES) - 1)]
                digits += 1
            else:
                weight = PERSON
            if goal:
                wishes.setdefault(goal, weight)
        if self.flow.operator and (goal := self.goal_behind(self.flow.operator)):
            wishes.setdefault(goal, PERSON / 2)  # the key works, and the menu does not say so
        return list(wishes), list(wishes.values())

    def goal_behind(self, begin: str) -> str | None:
        """The first goal on the ways from a step on."""
        todo, seen = deque([_real(self.flow, begin)]), set()
        while todo:
            name = todo.popleft()
            step = self.flow.steps.get(name)
            if step is None or name in seen:
                continue
            seen.add(name)
            if step.goal:
                return step.goal
            todo.extend(self._leads[name])
        return None

    def far(self, goal: str, step: str) -> float:
        """How many steps it is from a step to the goal."""
        if goal not in self._far:
            sources: dict[str, list[str]] = {}
            for name, leads in self._leads.items():
                for to in leads:
                    sources.setdefault(to, []).append(name)
            away: dict[str, float] = {name: 0.0 for name, it in self.flow.steps.items() if it.goal == goal}
            for name, it in self.flow.steps.items():
                if isinstance(it.act, Menu) and any(option.goal == goal for option in it.act.options):
                    away.setdefault(name, 1.0)
            todo = deque(away)
            while todo:
                name = todo.popleft()
                for source in sources.get(name, ()):
                    if source not in away:
                        away[source] = away[name] + 1
                        todo.append(source)
            self._far[goal] = away
        return self._far[goal].get(_real(self.flow, step), inf)


def _act(flow: Flow, to: str) -> object:
    return flow.steps[to].act if to in flow.steps else None


def _real(flow: Flow, to: str) -> str:
    return {"start": flow.start, "operator": flow.person}.get(to, to)


@dataclass(slots=True)
class Persona:
    """One caller in one call. What they do comes from their own dice."""

    dice: Random
    guide: Guide
    language: str
    manner: Manner
    wish: str | None
    mood: float = 0.72
    served: bool = False
    presses: int = 0
    tired: float = field(default=0.0)

    def quits(self) -> bool:
        """Whether they hang up here, instead of going on."""
        return self.dice.random() < self.manner.quits + self.tired

    def listens(self, words: float) -> int:
        """How many seconds go by until they press a key, where the words take so many."""
        heard = min(1.0, max(0.1, self.dice.gauss(self.manner.hears, 0.2)))
        return max(1, round(words * heard + self.dice.expovariate(0.6)))

    def keys(self, tape: Tape) -> str | None:
        """What they press at the place where the call is; empty for nothing, None where they hang up."""
        dice, step = self.dice, tape.flow.steps[tape.call.place]
        self.presses += 1
        if self.presses > 40:
            return None
        if isinstance(step.act, Survey):
            return self._survey(step.act, tape)
        if dice.random() < self.manner.silent:
            self.tired += 0.12
            return ""
        if dice.random() < self.manner.slips:
            self.mood -= 0.06
            return dice.choice("123456789#*")
        match step.act:
            case Language():
                wanted = step.act.languages.index(self.language) if self.language in step.act.languages else 0
                return str(wanted + 1) if wanted or dice.random() < 0.85 else ""
            case Ask():
                return self._answer(step.act, tape)
            case Menu():
                return self._choice(step.act, tape)
        return ""

    def _choice(self, menu: Menu, tape: Tape) -> str | None:
        dice = self.dice
        goals = tape.row.goals
        boxes = [it.key for it in menu.options if isinstance(_act(tape.flow, it.to), Voicemail)]
        if boxes and self.wish == self._person() and self.wish in goals:  # nobody there whom they asked for
            self.mood -= 0.12
            return boxes[0] if dice.random() < 0.45 else None
        if self.wish in goals and not self.served:
            self.served = True
            self.mood += 0.08
        if self.served:
            then = dice.random()
            if then < 0.56:
                return None
            if then < 0.68:
                return ""
            if then < 0.82:
                return dice.choice([it.key for it in menu.options])
            self.served = False
            self.wish = self._person() if then < 0.88 else dice.choice(self.guide.wishes or [self.wish])
        if self.wish is None:
            return dice.choice([it.key for it in menu.options]) if dice.random() < 0.8 else None
        if tape.call.errors >= 2 and dice.random() < 0.5:
            self.wish = self._person()
            self.mood -= 0.05
        if dice.random() < self.manner.person and "0" in tape.flow.anywhere:
            self.wish = self._person()
            return "0"
        ways = [(self.guide.far(self.wish or "", it.to), it.key) for it in menu.options if self._offered(it.key, tape)]
        nearest, key = min(ways, default=(inf, ""))
        if nearest < inf:
            return key
        operator = self.wish == self._person() and "0" in tape.flow.anywhere and dice.random() < 0.7
        return "0" if operator else None

    def _offered(self, key: str, tape: Tape) -> bool:
        act = tape.flow.steps[tape.call.place].act
        at_times = isinstance(act, Menu) and any(it.key == key and (it.hours or it.when) for it in act.options)
        return not at_times or key in tape.call.offered

    def _person(self) -> str | None:
        return self.guide.goal_behind(self.guide.flow.operator) if self.guide.flow.operator else None

    def _answer(self, ask: Ask, tape: Tape) -> str:
        dice = self.dice
        if tape.call.confirming is not None:
            return "1" if dice.random() < 0.94 else "2"
        if self.wish == self._person() and dice.random() < 0.5:
            return "0"
        low, high = ask.length
        match ask.type:
            case "date":
                day = tape.at().astimezone(tape.flow.zone).date() - timedelta(days=dice.randrange(12))
                order = {"mdy": "%m%d%Y", "dmy": "%d%m%Y", "ymd": "%Y%m%d"}[date_order(tape.call.language)]
                return day.strftime(order) if dice.random() < 0.93 else "99999999"
            case "money":
                return str(dice.randrange(1, 200))
            case "yes_no":
                return dice.choice("112")
            case "phone":
                return f"312555{dice.randrange(10_000):04}"
        known = self.guide.numbers.get(ask.save)
        if known and dice.random() < (0.92 if ask.confirm else 0.82):  # who hears a slip mends it
            return dice.choice(known)
        length = dice.randint(low, high) if dice.random() < 0.7 else max(1, low - 1)
        return "".join(dice.choices("0123456789", k=length))

    def _survey(self, act: Survey, tape: Tape) -> str | None:
        """Their answer: the better they feel, the better it is. Who feels strongly either way answers more often."""
        dice, asked = self.dice, tape.call.survey
        if asked is None or asked.at < 0:
            return "1" if dice.random() < 0.34 + 0.2 * abs(self.mood - 0.6) else None if dice.random() < 0.6 else ""
        if asked.one:
            return "#" if self.mood < 0.5 else "0"
        if dice.random() < 0.12:
            return None
        if dice.random() < 0.03:
            return dice.choice(("", "9", "#"))
        feels = min(1.0, max(0.0, dice.gauss(self.mood, 0.17)))
        match act.questions[asked.at].measure:
            case "csat":
                return str(1 + round(4 * feels))
            case "nps":
                score = round(10 * min(1.0, feels * 1.12))
                return "1" if score in (1, 10) else str(score)
            case "ces":
                return str(1 + round(6 * feels))
        return "1" if feels > 0.55 else "2"
