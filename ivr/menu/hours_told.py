"""Why hours are open or closed at a moment, in words: which rule of their text decides.

Later rules go before earlier ones, so they are asked from the last to the first: does it open this moment, or close
it, or is it about this day and leaves this moment out? That is how a person reads such a text; where what they find
is not what the library says of the whole text, no rule is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ivr.menu.hours import Hours, compile_hours
from ivr.menu.public_holidays import names_of
from ivr.menu.special_days import days_in

_OFF = re.compile(r'\s*\b(off|closed)\b\s*("[^"]*")?\s*$')
_BETWEEN = re.compile(r'("[^"]*")|(\|\||;)')


@dataclass(frozen=True, slots=True)
class Why:
    """Whether hours are open, and the reason, such as `Mo-Fr 08:00-18:00` or `no rule opens a Sunday`."""

    open: bool
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """When hours open or close next, in the line's zone, and why they then are what they are."""

    at: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class _Rule:
    text: str
    fallback: bool = False
    special: bool = False


def why(hours: Hours, at: datetime, special: str = "") -> Why:
    """Why the hours are open or closed at the moment (aware), with the rules of `special` days behind them."""
    whole = hours.amended(special)
    local = at.astimezone(hours.zone)
    verdict = whole.is_open(at)
    rules = [*_rules(hours.source), *(_Rule(rule.text, special=True) for rule in _rules(special))]
    judged = [(rule, _decides(rule, hours, local)) for rule in reversed(rules)]
    first = next(((rule, decided) for rule, decided in judged if decided is not None and not rule.fallback), None)
    if first is None or first[1] != verdict:  # a fallback counts where the others leave it closed
        first = next(((rule, decided) for rule, decided in judged if decided and rule.fallback and verdict), first)
    if first is None and not verdict:
        return Why(False, f"no rule opens a {local:%A}{_holiday(hours, local.date())}")
    if first is None or first[1] != verdict:
        yesterday = local.date() - timedelta(days=1)
        night = [it.text for it in rules if it.special and not verdict and yesterday in (days_in(it.text) or ())]
        return Why(verdict, f"the night of the special day {night[-1]}" if night else "as its rules say together")
    return Why(verdict, _words(first[0], hours, local, verdict))


def changes(hours: Hours, at: datetime, special: str = "", most: int = 6) -> list[Change]:
    """The next times at which the hours open or close, in the coming year."""
    whole = hours.amended(special)
    found: list[Change] = []
    moment = at.astimezone(hours.zone)
    for _ in range(most):
        following = whole.next_change(moment)
        if following is None or following - at > timedelta(days=366):
            break
        moment = following
        found.append(Change(moment, why(hours, moment, special)))
    return found


def _rules(source: str) -> list[_Rule]:
    """The rules of a text, one for each that ends in a semicolon, or is a fallback (`||`)."""
    rules, begin, fallback = [], 0, False
    ends = [(it.start(), it.end(), it[2] == "||") for it in _BETWEEN.finditer(source) if it[2]]
    for start, end, next_is_fallback in [*ends, (len(source), len(source), False)]:
        if text := source[begin:start].strip():
            rules.append(_Rule(text, fallback))
        begin, fallback = end, next_is_fallback
    return rules


def _decides(rule: _Rule, hours: Hours, local: datetime) -> bool | None:
    """Whether the rule opens this moment, or closes it; None where it says nothing of it."""
    off = _OFF.search(rule.text)
    try:
        if off:
            when = rule.text[: off.start()].strip()
            alone = compile_hours(when, hours.zone, hours.country) if when else None
            return False if alone is None or alone.is_open(local) else None
        alone = compile_hours(rule.text, hours.zone, hours.country)
    except ValueError:
        return None
    if alone.is_open(local):
        return True
    return False if not rule.fallback and _opens_on(alone, local.date()) else None


def _opens_on(hours: Hours, day: date) -> bool:
    """Whether hours open on that day: what stays open from the day before is not of it."""
    begins = datetime(day.year, day.month, day.day, tzinfo=hours.zone)
    if hours.is_open(begins) and not hours.is_open(begins - timedelta(minutes=1)):
        return True
    following = hours.next_change(begins)
    if following is None:
        return hours.is_open(begins)
    while following is not None and following.date() == day:
        if hours.is_open(following):
            return True
        following = hours.next_change(following)
    return False


def _words(rule: _Rule, hours: Hours, local: datetime, verdict: bool) -> str:
    """The rule; a closed moment of a rule that opens others is outside of it. A holiday is named where there is one:
    because the rule means it, or because these hours are open all the same."""
    outside = "outside of " if not verdict and not _OFF.search(rule.text) else ""
    means_it = "PH" in re.sub(r'"[^"]*"', "", rule.text)
    holiday = _holiday(hours, local.date()) if means_it or (verdict and not rule.special) else ""
    return f"{outside}{'the special day ' if rule.special else ''}{rule.text}{holiday}"


def _holiday(hours: Hours, day: date) -> str:
    name = names_of(hours.country, day.year).get(day) if hours.country else None
    return f" ({name})" if name else ""
