"""Logs by chance: calls as they might have gone, as the records that the service would have written of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from hypothesis import strategies as st

from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash

HASHES = CallerHash("k" * 40)
BEGAN = datetime(2026, 7, 1, 12, tzinfo=UTC)
LINES = ("meridian", "meridian", "lakeside", "service.desk")
QUEUES = ("bookings", "refunds")
CALLERS = ("+15005550101", "+15005550101", "+15005550102", "anonymous")
MANY = (*CALLERS, *(f"+150055502{number:02}" for number in range(20)))
GOALS = ("told_stop", "booked")
AGENTS = ("ana", "raj")

Raw = dict[str, list[dict[str, Any]]]
"""The records of each call, in the order of `seq`."""

Wraps = list[dict[str, Any]]
"""Wrap-ups that are known."""

seconds = st.sampled_from((0, 4, 5, 6, 19, 20, 21, 90)) | st.integers(0, 90)
DAY = 86_400

ranges = st.tuples(st.sampled_from((0, 10, 30, 90)), st.sampled_from((31, 60, 61, 200)))

visits = st.fixed_dictionaries(
    {
        "does": st.just("visit"),
        "queue": st.sampled_from(QUEUES),
        "outcome": st.sampled_from(
            ("connected", "connected", "abandoned", "left", "timed_out", "callback_booked", "full")
        ),
        "waited": seconds,
        "talked": st.none() | seconds,
        "wrapped": st.none() | seconds,
        "told": st.none() | ranges,
        "agent": st.sampled_from(AGENTS),
    }
)
goals = st.fixed_dictionaries({"does": st.just("goal"), "goal": st.sampled_from(GOALS)})
dials = st.fixed_dictionaries(
    {"does": st.just("dial"), "outcome": st.sampled_from(("answered", "busy")), "seconds": seconds}
)
languages = st.fixed_dictionaries({"does": st.just("language"), "language": st.sampled_from(("en-US", "es-MX"))})

calls = st.fixed_dictionaries(
    {
        "line": st.sampled_from(LINES),
        "version": st.sampled_from(("aaaaaaaaaaaa", "bbbbbbbbbbbb")),
        "caller": st.sampled_from(CALLERS),
        # Within the hour, a day apart to the minute, and anywhere: calls again within a time, and just after it.
        "after": st.integers(0, 3600)
        | st.builds(lambda days, more: days * DAY + more, st.integers(0, 9), st.integers(0, 240))
        | st.integers(0, 12 * DAY),
        "step": st.sampled_from(("", "", "", "agents")),
        "does": st.lists(st.one_of(visits, goals, dials, languages), max_size=5),
        "ended": st.sampled_from((True, True, True, False)),
    }
)


def crowd(seed: int) -> list[dict[str, Any]]:
    """Many calls, by dice: what meets by chance seldom, meets here."""
    dice = random.Random(seed)
    bounds = (0, 4, 5, 6, 19, 20, 21, 60)
    ends = ("connected", "connected", "abandoned", "abandoned", "left", "timed_out", "callback_booked", "full")

    def does() -> dict[str, Any]:
        return {
            "does": dice.choice(("visit", "visit", "goal", "dial", "language")),
            "queue": dice.choice(QUEUES), "waited": dice.choice(bounds), "talked": dice.choice((None, *bounds)),
            "wrapped": dice.choice((None, *bounds)), "told": dice.choice((None, (0, 31), (10, 61), (90, 200))),
            "agent": dice.choice(AGENTS), "goal": dice.choice(GOALS), "language": dice.choice(("en-US", "es-MX")),
            "outcome": dice.choice(ends), "seconds": dice.choice((0, 30, 90)),
        }  # fmt: skip

    return [
        {
            "line": dice.choice(LINES), "version": dice.choice(("aaaaaaaaaaaa", "bbbbbbbbbbbb")),
            "caller": dice.choice(MANY), "step": dice.choice(("", "", "", "agents")),
            "after": dice.choice((0, 1, 2, 7, 8, 9)) * DAY + dice.choice((dice.randrange(300), dice.randrange(7200))),
            "does": [does() for _ in range(dice.randrange(4))], "ended": dice.random() < 0.8,
        }
        for _ in range(40)
    ]  # fmt: skip


logs = st.lists(calls, max_size=6) | st.integers(0, 10_000).map(crowd)


def records_of(call: dict[str, Any], sid: str = "CA", wraps: Wraps | None = None) -> list[dict[str, Any]]:
    """The records of one call: half a second and 31 s lie between any two inputs. `wraps` gets its wrap-ups."""
    at = BEGAN + timedelta(seconds=call["after"], milliseconds=300)
    made: list[dict[str, Any]] = []

    def add(kind: str, *events: dict[str, Any], **fields: Any) -> None:
        nonlocal at
        input_ = {"kind": kind, "at": at.isoformat(), **fields}
        made.append({"seq": len(made) + 1, "input": input_, "events": list(events)})
        at += timedelta(seconds=31, milliseconds=500)

    first = {name: call[name] for name in ("caller", "line", "version", "step")}
    add("started", {"kind": "entered", "step": "welcome"}, to="+15005550006", **first)
    for it in call["does"]:
        match it["does"]:
            case "goal":
                add("silent", {"kind": "goal_reached", "step": "told", "goal": it["goal"]})
            case "language":
                add("pressed", {"kind": "language_chosen", "step": "welcome", "language": it["language"]})
            case "dial":
                add("pressed", {"kind": "dialing", "step": "desk", "ending": "0199"})
                outcome = "busy" if it["outcome"] == "busy" else "answered"
                ended = {"kind": "dial_ended", "step": "desk", "outcome": outcome, "seconds": it["seconds"]}
                add("dialed", ended)
            case "visit":
                offer = f"{sid} {len(made)}"
                _visit(add, it, offer)
                if wraps is not None and it["outcome"] == "connected" and it.get("wrapped") is not None:
                    about = {"offer": offer, "agent": it["agent"], "queue": it["queue"], "call_sid": sid}
                    wraps.append({**about, "began_at": at, "ended_at": at, "seconds": it["wrapped"]})
    if call["ended"]:
        add("hung_up", {"kind": "ended", "step": "main", "how": "completed"}, status="completed")
    return made


def _visit(add: Any, it: dict[str, Any], offer: str) -> None:
    where = {"step": "agents", "queue": it["queue"]}
    if it["outcome"] == "full":
        add("released", {"kind": "queue_refused", **where, "why": "full"})
        return
    add("waited", {"kind": "queue_entered", **where, "position": 1, "language": "en-US", "head_start": 0.0})
    if it.get("told"):
        add("waited", {"kind": "wait_told", **where, "position": 1, "low": it["told"][0], "high": it["told"][1]})
    if it["outcome"] == "connected":
        told = {**where, "agent": it["agent"], "waited": it["waited"]}
        add("accepted", {"kind": "connected", **told, "offer": offer, "rang": 1})
        if it["talked"] is not None:
            add("dialed", {"kind": "completed", **told, "talked": it["talked"], "by": "agent"})
    elif it["outcome"] == "abandoned":
        add("queue_left", {"kind": "abandoned", **where, "position": 1, "entered_at": 1, "waited": it["waited"]})
    else:
        add("released", {"kind": "queue_exited", **where, "how": it["outcome"], "position": 1, "waited": it["waited"]})


def raw_log(made: list[dict[str, Any]]) -> Raw:
    """The records of each call."""
    return {sid: records_of(call, sid) for sid, call in _named(made)}


def wraps_of(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The wrap-ups of these calls that are known, as rows of SQL."""
    wraps: Wraps = []
    for sid, call in _named(made):
        records_of(call, sid, wraps)
    return [{**it, "code": "", "note": ""} for it in wraps]


def _named(made: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"CA{number:02}", call) for number, call in enumerate(made)]


def write(log: CallLog, raw: Raw, seed: int) -> None:
    """Writes the log as it may arrive: in any order, in batches, some twice."""
    dice = random.Random(seed)
    entries = [
        Entry(b"{p00}:log", b"%d-0" % number, sid, orjson.dumps(record))
        for sid, records in raw.items()
        for number, record in enumerate(records, 1)
    ]
    entries += dice.sample(entries, len(entries) // 4)
    if seed % 2:
        dice.shuffle(entries)
    size = dice.randint(1, 40)
    for start in range(0, len(entries), size):
        assert not log.write(entries[start : start + size]).refused
