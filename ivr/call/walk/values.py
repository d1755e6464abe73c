"""Values to try: for each name on which a decision hangs, so that the decision can go each way.

What a condition or a switch compares a name with stands in the menu file. Around each such value lie all the cases
that a comparison can tell apart: that value, a smaller one, a larger one, another one, and none at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import phonenumbers

from ivr.menu.conditions import Condition, names_in
from ivr.menu.flow import Flow
from ivr.menu.graph import awaits_keys
from ivr.menu.names import BUILT_IN
from ivr.menu.rules.condition_fails import conditions
from ivr.menu.steps import Act, Dial, If, Lookup, Menu, Opening, Set, Step, Switch
from ivr.menu.values import Type

MOST_VALUES = 10
"""Values that are tried for one name."""

MOST_FOLLOWED = 32
"""Combinations of values that are followed through a call; what goes beyond is tried anew at each use."""

MOST_PLACES = 15_000
"""Places, times languages and tries, times combinations that are followed: a large line has room for fewer of them."""

MOST_MOMENTS = 8

MOST_COPIES = 50
"""Names set to one another in a row, through which what the last is compared with is tried at the first."""

NOW = "now"
"""The name under which a turn reads the hours or the clock."""

Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen for the names on which decisions hang."""

    values: Mapping[str, Values]
    moments: tuple[datetime, ...]  # UTC; the first is when nothing depends on it
    followed: tuple[str, ...]  # names whose value belongs to the state of a call
    reads: Mapping[str, tuple[str, ...]]  # step -> names, not followed, that it decides on
    counts: int | None  # errors up to which `call.tries` is told apart; None where nothing asks for it

    def of(self, name: str) -> Values:
        """What to try for a name that is not followed."""
        return self.moments if name == NOW else self.values[name]


def choices(flow: Flow, at: datetime) -> Choices:
    """The choices of a line whose calls begin at the moment (aware)."""
    used = {name: list(_read(step)) for name, step in flow.steps.items()}
    wanted = _with_sources(flow, {name for names in used.values() for name in names})
    pools = _pools(flow)
    values = {
        name: _values(flow, name, pools.get(name, ()))
        for name in sorted(wanted)
        if name not in BUILT_IN and name not in flow.secrets
    }
    values |= {name: _callers(flow, name, pools.get(name, ())) for name in ("call.from", "call.to") if name in wanted}
    followed = _followed(flow, values)
    reads = {}
    for name, step in flow.steps.items():
        names = [NOW] * _asks_hours(step) + [NOW if read == "now" else read for read in used[name]]
        if isinstance(step.act, Set):
            names += [
                source
                for target, template in step.act.set.items()
                if target in wanted
                for source in template.names
                if source != "now"
            ]
        asked = tuple(dict.fromkeys(read for read in names if read not in followed and (read in values or read == NOW)))
        if asked:
            reads[name] = asked
    return Choices(values, _moments(flow, at, pools.get("now", ())), followed, reads, _counts(flow, wanted, pools))


def _read(step: Step[Act]) -> Iterator[str]:
    """The names on whose values it depends where the step leads."""
    match step.act:
        case If(when=when):
            yield from names_in(when)
        case Menu(options=options):
            for option in options:
                if option.when:
                    yield from names_in(option.when)
        case Switch(switch=name):
            yield name
        case Dial(to=to):
            yield from to.names


def _asks_hours(step: Step[Act]) -> bool:
    match step.act:
        case Opening():
            return True
        case Menu(options=options):
            return any(option.hours for option in options)
    return False


def _with_sources(flow: Flow, names: set[str]) -> set[str]:
    """The names, and those out of which `set` makes them."""
    found = set(names)
    todo = list(names)
    made: dict[str, set[str]] = {}
    for step in flow.steps.values():
        if isinstance(step.act, Set):
            for target, template in step.act.set.items():
                made.setdefault(target, set()).update(template.names)
    while todo:
        for source in made.get(todo.pop(), ()):
            if source not in found:
                found.add(source)
                todo.append(source)
    return found


_LITERAL = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<![\w.])-?[0-9]+(?:\.[0-9]+)?)""")


def _literals(condition: Condition) -> list[str]:
    """What is written out in the condition: texts without their quotes, and numbers."""
    return [found[1:-1] if found[0] in "\"'" else found for found in _LITERAL.findall(condition.source)]


def _pools(flow: Flow) -> dict[str, list[str]]:
    """For each name what its conditions and switches compare it with; a set name passes it on to its source."""
    pools: dict[str, list[str]] = {}
    for _, condition in conditions(flow):
        literals = _literals(condition)
        for name in names_in(condition):
            pools.setdefault(name, []).extend(literals)
    copies: list[tuple[str, str]] = []
    for step in flow.steps.values():
        match step.act:
            case Switch(switch=name, cases=cases):
                pools.setdefault(name, []).extend(cases)
            case Set(set=names):
                copies += [(target, template.only_name) for target, template in names.items() if template.only_name]
    for _ in copies[:MOST_COPIES]:  # as often as copies may follow one another
        for target, source in copies:
            more = [literal for literal in pools.get(target, ()) if literal not in pools.get(source, ())]
            pools.setdefault(source, []).extend(more)
    return pools


def _values(flow: Flow, name: str, pool: list[str] | tuple[()]) -> Values:
    """Values of the name's type: around each of the pool, one that is none of them, and none at all (empty)."""
    type_ = flow.types.get(name, "text")
    if type_ == "yes_no":
        return (True, False)
    found: list[object] = [value for literal in dict.fromkeys(pool) for value in _around(type_, literal)]
    found = [*_dialable(flow, name), *(found or _usual(type_)), *_usual(type_), ""]
    return tuple(dict.fromkeys(found))[:MOST_VALUES]


def _usual(type_: Type) -> list[object]:
    usual: dict[Type, list[object]] = {
        "number": [1],
        "money": ["12.50"],
        "date": ["2026-07-01"],
        "time": ["12:00"],
        "digits": ["11"],
        "phone": ["+12125550142"],
    }
    return usual.get(type_, ["something else"])


def _around(type_: Type, literal: str) -> Iterator[object]:
    """The value, and its neighbours where values have an order; nothing where no value of the type is like it."""
    with suppress(ValueError, OverflowError):
        match type_:
            case "number" | "money":
                number = float(literal)
                near = (number, number - 1, number + 1)
                if type_ == "money":
                    yield from (f"{amount:.2f}" for amount in near if amount >= 0)
                else:
                    yield from (int(one) if one.is_integer() else one for one in near)
            case "date":
                day = date.fromisoformat(literal[:10])
                yield from (str(day + timedelta(days)) for days in (0, -1, 1))
            case "time":
                clock = datetime.combine(date(2026, 1, 2), time.fromisoformat(literal))
                yield from (f"{clock + timedelta(minutes=minutes):%H:%M}" for minutes in (0, -1, 1))
            case "digits":
                if literal.isdigit():
                    yield literal
            case _:
                yield literal


def _dialable(flow: Flow, name: str) -> list[object]:
    """A number that may be dialled, for a name that is."""
    countries = [
        country
        for step in flow.steps.values()
        if isinstance(step.act, Dial) and name in step.act.to.names
        for country in step.act.allow
    ]
    form = phonenumbers.PhoneNumberFormat.E164
    examples = (phonenumbers.example_number(country) for country in dict.fromkeys(countries))
    return [phonenumbers.format_number(example, form) for example in examples if example]


def _callers(flow: Flow, name: str, pool: list[str] | tuple[()]) -> Values:
    usual = "+12125550142" if name == "call.from" else next(iter(flow.numbers), "")
    return tuple(dict.fromkeys([usual, *pool, *_dialable(flow, name)]))[:MOST_VALUES]


def _followed(flow: Flow, values: Mapping[str, Values]) -> tuple[str, ...]:
    """The names whose values a state can hold: of which there are few, and which no text grows out of."""
    grown = {
        name
        for step in flow.steps.values()
        if isinstance(step.act, Set)
        for name, template in step.act.set.items()
        if template.names and (template.only_name is None or template.only_name in BUILT_IN)
    }
    waiting = sum(awaits_keys(step) or isinstance(step.act, Lookup) for step in flow.steps.values())
    places = 3 * len(flow.languages) * waiting
    room, followed = min(MOST_PLACES // max(places, 1), MOST_FOLLOWED), []
    for name in sorted(values, key=lambda name: (len(values[name]), name)):
        if name not in grown and name not in BUILT_IN and len(values[name]) + 1 <= room:
            room //= len(values[name]) + 1
            followed.append(name)
    while dropped := [name for name in followed if _sources(flow, name) - set(followed)]:
        followed = [name for name in followed if name not in dropped]
    return tuple(followed)


def _sources(flow: Flow, name: str) -> set[str]:
    return {
        source
        for step in flow.steps.values()
        if isinstance(step.act, Set) and name in step.act.set
        for source in step.act.set[name].names
    }


def _counts(flow: Flow, wanted: set[str], pools: Mapping[str, list[str]]) -> int | None:
    if "call.tries" not in wanted:
        return None
    numbers = [float(literal) for literal in pools.get("call.tries", ()) if re.fullmatch(r"-?[0-9.]+", literal)]
    return min(int(max(numbers, default=flow.limits.errors)) + 1, 4 * flow.limits.errors)


def _moments(flow: Flow, at: datetime, pool: list[str] | tuple[()]) -> tuple[datetime, ...]:
    """Moments at which each of the line's hours is open and closed, where it ever is, and around those written."""
    candidates = [at]
    for hours in flow.hours.values():
        moment: datetime | None = at
        for _ in range(8):
            moment = hours.next_change(moment) if moment else None
            if moment:
                candidates.append(moment.astimezone(UTC) + timedelta(minutes=1))
    seen: dict[tuple[bool, ...], datetime] = {}
    for moment in candidates:
        seen.setdefault(tuple(hours.is_open(moment) for hours in flow.hours.values()), moment)
    found = list(seen.values())
    for literal in pool:
        with suppress(ValueError, OverflowError):
            written = datetime.fromisoformat(literal)
            written = (written if written.tzinfo else written.replace(tzinfo=flow.zone)).astimezone(UTC)
            found += [written + timedelta(days) for days in (-1, 1)]
    return tuple(dict.fromkeys(found))[:MOST_MOMENTS]
