"""Random small lines that check, as text of YAML, and random inputs of every kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import yaml
from hypothesis import reject
from hypothesis import strategies as st

from ivr.call.inputs import (
    Accepted,
    Dialed,
    Hidden,
    HungUp,
    Input,
    Offered,
    Pressed,
    QueueLeft,
    Recorded,
    RecordingReady,
    Released,
    Silent,
    Started,
    Told,
    Troubled,
    Waited,
)
from ivr.call.says import Dial, DialAgent, Enqueue, Gather, Leave, Record, Redirect, Wait
from ivr.call.state import Turn
from ivr.call.wants import MaySurvey, RunLookup
from ivr.menu import Flow, load
from ivr.menu.surveys import MEASURES

GIVES = {"to": "text", "due": "money", "leaves": "date", "at": "time", "n": "number", "ok": "yes_no", "phone": "phone"}
TEXTS = (
    "Hello.",
    "Tom & Ana's “line”",
    "It is <now as time> on <now as date>.",
    "You call from <call.from>.",
    "To <trip.to> at <trip.at> on <trip.leaves>",
    "Pay <trip.due as money> or <trip.n as ordinal> <pause 1s> or <trip.phone>.",
    "<trip.ok> and <trip.n as digits> words",
)
CONDITIONS = (
    "call.tries < 2",
    "trip.due > 0",
    "trip.ok",
    "!trip.ok && trip.n == 1",
    'now > "2026-06-01"',
    'trip.leaves > "2026-01-01"',
    "trip.due / trip.due > 0.5",
)
HOURS = {"office": "Mo-Fr 08:00-18:00; PH off", "night": "20:00-06:00", "never": "off"}
KINDS = (
    "say", "menu", "menu", "ask", "ask", "hours", "if", "switch", "set", "lookup", "dial", "voicemail", "language",
    "survey",
)  # fmt: skip


class _Line:
    """A line in the making. All names begin with the step's own, so that no name has two types."""

    def __init__(self, draw: Any, kinds: tuple[str, ...] = KINDS) -> None:
        self.draw, self.kinds = draw, kinds
        self.languages = draw(st.sampled_from([["en-US"], ["en-US", "es-MX"], ["de-DE", "fr-CA"]]))
        self.names = [f"s{number}" for number in range(draw(st.integers(1, 8)))]
        self.secret: list[str] = []

    def pick(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def to(self) -> str:
        return str(self.pick(*self.names, "hangup", "operator", "back", "repeat", "start"))

    def words(self) -> Any:
        """Words in each language, tapered or not."""
        if len(self.languages) == 1:
            texts = self.draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3))
            return texts if len(texts) > 1 else texts[0]
        return {language: _Line.words(_one(self, language)) for language in self.languages}

    def maybe(self, **keys: Any) -> dict[str, Any]:
        return {name: make() for name, make in keys.items() if self.draw(st.booleans())}

    def step(self, name: str, kind: str) -> dict[str, Any]:
        """One step of the kind."""
        first = self.maybe(say=self.words, interruptible=lambda: self.pick("yes", "no"), goal=lambda: "some_goal")
        match kind:
            case "say":
                return {"say": self.words(), "go": self.to()}
            case "menu":
                return first | self.menu(name, [self.to() for _ in range(self.pick(1, 2, 3))])
            case "ask":
                return first | self.ask(name)
            case "hours":
                return first | {"hours": self.pick(*HOURS), "open": self.to(), "closed": self.to()}
            case "if":
                return first | {"if": self.pick(*CONDITIONS), "then": self.to(), "else": self.to()}
            case "switch":
                cases = {"yes": self.to(), "Rome": self.to()}
                return first | {
                    "switch": self.pick("trip.ok", "trip.to", "call.from"),
                    "cases": cases,
                    "else": self.to(),
                }
            case "set":
                return first | {"set": {f"{name}_set": self.pick("x", "<trip.to>", "a <now>", "42")}, "go": self.to()}
            case "lookup":
                exits = {"found": self.to(), "not_found": self.to(), "failed": self.to()}
                return first | {"lookup": self.pick("trip", "server")} | exits
            case "dial":
                exits = {exit_: self.to() for exit_ in ("answered", "busy", "no_answer", "failed")}
                return first | {"dial": self.pick("+15005550100", "<trip.phone>"), "allow": ["US", "MX"]} | exits
            case "queue":
                ways = ("answered", "left", "callback_booked", "timed_out", "full", "nobody_in", "closed")
                ahead = self.maybe(priority=lambda: self.pick("0s", "90s", "<trip.n>"))
                return first | {"queue": "bookings"} | ahead | {way: self.to() for way in ways}
            case "survey":
                return first | self.survey()
            case "language":
                if len(self.languages) > 1:
                    return first | {"language": list(self.languages), "go": self.to()}
        return first | {"voicemail": "box", "go": self.to()}

    def menu(self, name: str, targets: list[str]) -> dict[str, Any]:
        """A menu with an option for each target."""
        options: dict[str, Any] = {}
        for key, to in enumerate(targets, 1):
            words = self.words()
            held = self.maybe(hours=lambda: self.pick(*HOURS), **{"if": lambda: self.pick(*CONDITIONS)})
            options[f"{key} -> {to}"] = {"say": words} | held if held else words
        extension = {"digits": 3, "save": f"{name}_extension", "go": self.to()}
        return {"menu": options} | self.maybe(
            extension=lambda: extension, no_input=self.words, no_match=self.words, tries=lambda: 2, give_up=self.to
        )

    def ask(self, name: str) -> dict[str, Any]:
        """A question of any type."""
        type_ = self.pick("digits", "date", "money", "phone", "pin", "yes_no")
        entry: dict[str, Any] = {"ask": self.words(), "type": type_, "save": f"{name}_{type_}", "go": self.to()}
        if type_ == "digits":
            entry |= {"digits": self.pick("1", "4", "3-8")} | self.maybe(luhn=lambda: "yes")
        if type_ == "digits" and self.draw(st.booleans()):
            entry["secret"] = "yes"
        elif type_ not in ("pin", "yes_no"):
            entry |= self.maybe(confirm=lambda: "yes")
        if type_ == "pin" or "secret" in entry:
            self.secret.append(f"{name}_{type_}")
        return entry | self.maybe(no_input=self.words, no_match=self.words, tries=lambda: 2, give_up=self.to)

    def survey(self) -> dict[str, Any]:
        """A survey of some questions, in any order."""
        measures = self.draw(st.lists(st.sampled_from(MEASURES), min_size=1, unique=True))
        asked = {
            it: {"solved": self.words(), "again": self.words()} if it == "yes_no" else self.words() for it in measures
        }
        return (
            {"survey": "some", "go": self.to()}
            | asked
            | self.maybe(invite=self.words, thanks=self.words, share=lambda: "25%", at_most=lambda: "1 in 30d")
        )

    def text(self) -> str:
        """The whole file."""
        steps: dict[str, Any] = {"hub": self.menu("hub", self.names)}
        steps |= {name: self.step(name, self.pick(*self.kinds)) for name in self.names}
        body = {"a": "<call.from>"} | {name: f"<{name}>" for name in self.secret}
        top: dict[str, Any] = {
            "line": "Any",
            "numbers": ["+15005550006"],
            "timezone": "America/Chicago",
            "languages": self.languages,
            "country": self.pick("US", "MX"),
            "start": "hub",
            "hours": HOURS,
            "lookups": {
                "trip": {"table": "trips.csv", "where": {"a": "<call.to>"}, "gives": GIVES},
                "server": {"post": "https://api.example.com/", "body": body, "gives": {"x": "text"}}
                | self.maybe(filler=self.words),
            },
            "limits": {"tries": self.pick(1, 3), "errors": self.pick(1, 4), "inputs": 12, "steps": self.pick(5, 20)},
            "steps": steps,
        }
        top |= self.maybe(operator=lambda: self.pick(*self.names), last_resort=lambda: "+15005550199")
        return yaml.safe_dump(top, sort_keys=False, allow_unicode=True, width=1000)


def _one(line: _Line, language: str) -> _Line:
    """The line as if it had this language alone."""
    twin = _Line.__new__(_Line)
    twin.draw, twin.languages = line.draw, [language]
    return twin


@st.composite
def any_flow(draw: Any, *, queues: bool = False) -> Flow:
    """A random small line that checks, some with `queues`; those that do not check are thrown away."""
    kinds = (*KINDS, "queue", "queue") if queues else KINDS
    menus = load({"any.yaml": _Line(draw, kinds).text().encode()})
    if menus.errors:
        reject()
    return menus.flows["any"]


moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ANSWERS = ("07042026", "12*50", "2125550123", "1234", "12*1", "234", "**", "5294718360472154")
keys = st.one_of(
    st.sampled_from("123"),
    st.sampled_from("1234567890*#"),
    st.sampled_from(ANSWERS),
    st.text("0123456789*#", max_size=16),
)
some = st.text(max_size=20)
plain = (
    some | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()
)
values = st.fixed_dictionaries(
    {},
    optional={
        "to": some | st.just("Rome"),
        "due": st.decimals(0, 9999, places=2).map(str) | plain,
        "leaves": st.dates().map(str) | plain,
        "at": st.times().map(lambda at: f"{at:%H:%M}") | plain,
        "n": st.integers(-9, 999) | plain,
        "ok": st.booleans() | plain,
        "phone": st.sampled_from(["+12125550123", "+19005551234", "911", "", "x"]) | some,
        "x": plain,
        "more": plain,
    },
)
urls = st.sampled_from(["https://x.test/RE1", "https://x.test/RE2", ""])
seconds = st.integers(0, 9999)

pressed = st.builds(Pressed, moments, keys)
silent = st.builds(Silent, moments)
told = st.builds(Told, moments, st.just("found"), values) | st.builds(
    Told, moments, st.sampled_from(["not_found", "failed"]), why=some
)
recorded = st.builds(Recorded, moments, urls, seconds, st.sampled_from([False, False, False, True]))
outcomes = st.sampled_from(["answered", "busy", "no_answer", "failed"])
onward = st.sampled_from(["", "", "queue:refunds", "queue:", "step:s0", "step:nowhere", "dial:+15005550177", "x"])
dialed = st.builds(Dialed, moments, outcomes, seconds, st.sampled_from([False, False, False, True]), onward)
waits = st.fixed_dictionaries(
    {"position": st.integers(1, 50)},
    optional={
        "keys": st.sampled_from(["", "1", "1", "2", "*", "9", "2125550142", "19005551234"]),
        "low": st.integers(0, 4000),
        "high": st.integers(0, 5000),
        "move": st.booleans(),
        "announce": st.sampled_from([0.0, 30.0]),
        "hold": st.sampled_from(["", "quiet.wav"]),
        "leave": st.sampled_from(["", "*"]),
        "callback": st.sampled_from(["", "1"]),
        "own": st.booleans(),
        "allow": st.sampled_from(["", "US", "US MX"]),
        "queue": st.sampled_from(["", "bookings", "refunds"]),
        "piece": st.sampled_from([10.0, 25.0]),
        "judged": st.sampled_from(["", "", "valid", "no_match"]),
    },
)
EXITS = ("left", "callback_booked", "timed_out", "full", "nobody_in", "closed", "unavailable")
released = st.builds(Released, moments, st.sampled_from(EXITS))
queue_left = st.builds(QueueLeft, moments, st.sampled_from(["leave", "leave", "hangup", "full", "error"]))
offers = st.sampled_from(["o1", "o2"])
offered = st.builds(
    Offered, moments, offers, st.just("ana"), st.just("+15005550401"), st.just(15.0), some,
    st.sampled_from(["", "refunds"]),
)  # fmt: skip
accepted = st.builds(Accepted, moments, offers)


def waited(k: st.SearchStrategy[int]) -> st.SearchStrategy[Waited]:
    """A webhook of a wait, of one of these numbers."""
    return st.builds(lambda at, number, facts: Waited(at, number, **facts), moments, k, waits)


verdicts = st.sampled_from(["valid", "no_match", "cleared", "partial", "back", "zero", "odd"])
any_input: st.SearchStrategy[Input] = st.one_of(
    pressed,
    pressed,
    silent,
    told,
    recorded,
    dialed,
    st.builds(Started, moments),
    st.builds(Hidden, moments, st.integers(0, 20), verdicts),
    st.builds(RecordingReady, moments, urls, seconds),
    st.builds(Troubled, moments, some),
    waited(st.integers(0, 3)),
    waited(st.integers(0, 4000)),
    released,
    queue_left,
    offered,
    accepted,
    st.builds(HungUp, moments, st.sampled_from(["completed", "busy"])),
)
callers = st.sampled_from(["+12125550142", "anonymous", "", "client:ana", "sip:a@b.example"]) | some


def answers(turn: Turn, *, to_steps: bool = True) -> st.SearchStrategy[Input]:
    """What a caller who does not hang up, or the world, may do after the turn; `to_steps`: agents send them there."""
    if isinstance(turn.want, (RunLookup, MaySurvey)):
        return told
    if turn.want:
        return waited(st.just(turn.call.queued.k if turn.call.queued else 0)) | released
    match turn.says[-1] if turn.says else None:
        case None:  # a fact
            return st.builds(Dialed, moments, outcomes, seconds)
        case Enqueue(k=k) | Wait(k=k):  # waits are long: a thousand webhooks have gone by meanwhile
            return waited(st.just(k + 1000)) | released
        case Leave():
            return queue_left if turn.call.queued and turn.call.queued.leaving else queue_left | offered
        case DialAgent():
            sent = onward if to_steps else onward.filter(lambda to: to != "step:s0")
            return st.builds(Dialed, moments, outcomes, seconds, onward=sent) | accepted
        case Gather():
            return pressed | pressed | pressed | silent
        case Record():
            return st.builds(Recorded, moments, urls, seconds) | silent
        case Dial():
            return st.builds(Dialed, moments, outcomes, seconds)
        case Redirect():
            return silent
    raise AssertionError("the call is over")
