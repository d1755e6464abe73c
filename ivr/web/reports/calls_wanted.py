"""What a URL of the calls page asks for: its parameters read, checked, and said in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request, url_for

from ivr.reports import KPIS
from ivr.reports.call_search import Place
from ivr.reports.call_wanted import OUTCOMES, Range, Wanted, read_range, read_score
from ivr.reports.kpi import Kpi, Setting
from ivr.reports.outcomes import OUTCOMES as ENDED
from ivr.store.call_terms import ANYWHERE, AT_STEPS
from ivr.web.reports.filters import COMMON, NAMES, Filters, read_filters
from ivr.web.reports.problems import BadFilters
from ivr.web.reports.settings import MOST

T = TypeVar("T")

SET = "set"
OWN = (
    "outcome", "step", "next", "last", "event", "at", "key", "trouble", "goal", "score", "survey", "wait", "caller",
    "path", "callbacks", "figure", "value",
)  # fmt: skip
"""What the page understands besides the filters of all pages, and `set`, which may be there several times."""

EVENTS = tuple(sorted((ANYWHERE | AT_STEPS | {"chose"}) - {"entered"}))
KEYED = ("chose", "no_match", "looked_up")
FIGURES: Mapping[str, Kpi] = {it.name: it for it in (*KPIS, *ENDED)}

LABELS = {
    "outcome": "Outcome", "step": "Came to the step", "next": "And from there to", "last": "Last step",
    "event": "What happened", "at": "At the step", "key": "With the key", "trouble": "Lost at the step", "goal": "Goal",
    "score": "Score", "survey": "Survey", "wait": "Seconds waited", "caller": "One caller", "path": "One path",
    "callbacks": "Our calls back", "figure": "Counted by", "value": "With the value", SET: "With",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, the filters around it, and where the page before ended."""

    wanted: Wanted
    filters: Filters
    sets: tuple[str, ...]
    after: Place | None

    def query(self, **changed: str | None) -> str:
        """A URL of this page that asks the same, but for what is changed, or (None) left out."""
        known = {name: it for name, it in (self.filters.given or {}).items() if name in (*COMMON, *OWN)}
        said = [(name, value) for name, value in (known | changed).items() if value]
        if known.get("figure") and SET not in changed:
            said += [(SET, it) for it in self.sets]
        return list_of(said)

    @property
    def own(self) -> Mapping[str, str]:
        """What is asked of the page itself, as it was written."""
        return self.filters.own or {}


def list_of(said: Sequence[tuple[str, str]]) -> str:
    """The list of calls that is asked so."""
    return url_for("reports.calls.index") + (f"?{urlencode(said)}" if said else "")


def read_asked() -> Asked:
    """What this request asks for. Raises BadFilters for what makes no sense, and SQLAlchemyError."""
    filters = read_filters(*OWN, "older", many=(SET,))
    own = dict(filters.own or {})
    sets = tuple(it.strip() for it in request.args.getlist(SET) if it.strip())
    problems: dict[str, str] = {}

    def read(name: str, reading: Callable[[str], T]) -> T | None:
        try:
            return reading(own[name]) if name in own else None
        except ValueError as error:
            problems[name] = str(error)
            return None

    figure = read("figure", _figure)
    settings: dict[str, Setting] = {}
    for it in sets:
        try:
            settings |= _setting(it, figure)
        except ValueError as error:
            problems[SET] = str(error)
    wanted = Wanted(
        filters.since, filters.until, filters.now,
        **{name: getattr(filters, name) for name in NAMES},
        **{name: own.get(name) for name in ("step", "next", "last", "at", "key", "trouble", "goal", "survey")},
        outcome=read("outcome", _one_of(OUTCOMES)), event=read("event", _one_of(EVENTS)),
        caller=read("caller", _hash), path=read("path", _hash),
        score=read("score", read_score), wait=read("wait", _positive), value=read("value", read_range),
        came_in=read("callbacks", _one_of(("no",))) is not None, figure=figure, settings=settings,
    )  # fmt: skip
    after = read("older", _place)
    problems |= _together(own)
    if problems:
        raise BadFilters(problems)
    return Asked(wanted, filters, sets, after)


def _together(own: Mapping[str, str]) -> dict[str, str]:
    """What makes no sense without another."""
    problems = {}
    for name, other in (("next", "step"), ("at", "event"), ("key", "event"), ("value", "figure")):
        if name in own and other not in own:
            problems[name] = f"it says more of {other}, which is not there"
    event = own.get("event")
    if "key" in own and event not in (None, *KEYED):
        problems["key"] = f"only {', '.join(KEYED)} have one"
    if event in EVENTS and event not in ANYWHERE and "at" not in own:
        problems["at"] = f"{event} happens everywhere: say at which step"
    if event == "goal_reached" and "at" in own:
        problems["at"] = "goals are looked for by their name: goal=…"
    if event == "chose" and "key" not in own:
        problems["key"] = "say which key was chosen"
    return problems


def _figure(name: str) -> Kpi:
    if name not in FIGURES:
        raise ValueError(f"there is no figure “{name}”; there are {', '.join(FIGURES)}")
    return FIGURES[name]


def _setting(text: str, figure: Kpi | None) -> dict[str, Setting]:
    name, colon, value = text.partition(":")
    known = {it.name: it.default for it in figure.parameters} if figure else {}
    if not colon or name not in known:
        there = f"write one of {', '.join(known)}, as {next(iter(known))}:{20}" if known else "nothing can be set here"
        raise ValueError(f"“{text}” sets nothing; {there}")
    if isinstance(known[name], bool):
        if value not in ("yes", "no"):
            raise ValueError(f"{name} is yes or no")
        return {name: value == "yes"}
    try:
        number = float(value)
    except ValueError:
        raise ValueError(f"{name} is a number, not “{value}”") from None
    if not 0 <= number < MOST:
        raise ValueError(f"{name} is a number from 0 to {MOST:,}, not “{value}”")
    return {name: number}


def _one_of(words: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"there is no “{text}”; there are {', '.join(words)}")
        return text

    return read


def _hash(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        raise ValueError("that is no hash: 32 digits from 0 to f, as a link of these pages has it")
    return text


def _positive(text: str) -> Range:
    it = read_range(text)
    if (it.low or 0) < 0 or (it.high or 0) < 0:
        raise ValueError(f"“{text}”: nobody waits less than no time")
    return it


def _place(text: str) -> Place:
    began, _, sid = text.partition(".")
    if not re.fullmatch(r"\d{1,17}", began) or not sid:
        raise ValueError("that is no place in the list; begin again at its newest calls")
    return int(began), sid


def fields(asked: Asked) -> list[dict[str, Any]]:
    """The page's own fields of the form of filters: those that people use, and whatever is set."""
    own = asked.own
    choices = {
        "outcome": [("", "any"), *((it, it.replace("_", " ")) for it in OUTCOMES)],
        "event": [("", "anything"), *((it, it.replace("_", " ")) for it in EVENTS)],
        "callbacks": [("", "all calls"), ("no", "left out")],
        "figure": [("", "nothing"), *((name, it.title) for name, it in FIGURES.items())],
    }
    shown = ["outcome", "step", "goal", "event", "score", "wait"]
    shown += [name for name in OWN if name in own and name not in (*shown, "caller")]
    made: list[dict[str, Any]] = [
        {"name": name, "label": LABELS[name], "value": own.get(name, ""), "choices": choices.get(name)}
        for name in OWN if name in shown
    ]  # fmt: skip
    made += [{"name": SET, "label": LABELS[SET], "value": it, "choices": None} for it in asked.sets]
    if "caller" in own:
        made.append({"name": "caller", "label": LABELS["caller"], "value": own["caller"], "choices": None})
    return made


def chips(asked: Asked) -> list[dict[str, str]]:
    """What the page was asked for, in words, each with the URL that asks it no longer."""
    goes_with = {"step": ("next",), "event": ("at", "key"), "figure": ("value", SET)}
    made = []
    for name, value in asked.own.items():
        if name not in OWN:
            continue
        gone = dict.fromkeys((name, *goes_with.get(name, ())))
        made.append({"label": LABELS[name], "words": _in_words(name, value, asked), "without": asked.query(**gone)})
    return made


def _in_words(name: str, value: str, asked: Asked) -> str:
    match name:
        case "caller":
            return "by number"
        case "path":
            return "the same steps"
        case "callbacks":
            return "left out"
        case "figure":
            return FIGURES[value].title + (f" ({', '.join(asked.sets)})" if asked.sets else "")
        case "outcome" | "event":
            return value.replace("_", " ")
    return value
