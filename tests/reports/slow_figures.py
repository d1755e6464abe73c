"""The figures once more, slowly and plainly: over the raw records, in plain Python, one rule at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil, floor
from typing import Any

from log_by_chance import HASHES, Raw


def moment(record: dict[str, Any]) -> datetime:
    """When its input came."""
    return datetime.fromisoformat(record["input"]["at"])


def whole(at: datetime) -> int:
    """Its second."""
    return floor(at.timestamp())


def read(raw: Raw, wraps: list[dict[str, Any]] = []) -> list[dict[str, Any]]:  # noqa: B006 - never changed
    """Each call in a dictionary, with its visits and goals; `wraps` are the wrap-ups that are known."""
    found = []
    wrapped = {it["offer"]: it["seconds"] for it in wraps}
    for sid, records in raw.items():
        first = records[0]["input"]
        if first["line"].startswith("service."):
            continue
        it: dict[str, Any] = {
            "sid": sid, "line": first["line"], "version": first["version"], "started": moment(records[0]),
            "hash": HASHES.of(first["caller"]), "back": first["step"] != "", "language": None, "queue": None,
            "agent": None, "ended": None, "served": [], "person": False, "goals": [], "visits": [],
            "told": [],
        }  # fmt: skip
        for record in records:
            for event in record["events"]:
                _read_event(it, event, moment(record))
        for visit in it["visits"]:
            visit["wrapped"] = wrapped.get(visit["offer"])
        for row in (*it["visits"], *it["told"]):
            row |= {name: it[name] for name in ("line", "version", "language", "back")}
        found.append(it)
    return found


def _read_event(it: dict[str, Any], event: dict[str, Any], at: datetime) -> None:
    kind = event["kind"]
    if kind in ("queue_entered", "queue_refused", "dialing"):
        it["person"] = True
    if "queue" in event:
        it["queue"] = event["queue"]
    if kind == "language_chosen":
        it["language"] = event["language"]
    if kind == "goal_reached":
        it["served"].append(at)
        if event["goal"] not in it["goals"]:
            it["goals"].append(event["goal"])
    if kind == "dial_ended" and event["outcome"] == "answered":
        it["served"].append(max(at - timedelta(seconds=event["seconds"]), it["started"]))
    if kind == "connected":
        it["served"].append(at)
        it["agent"] = event["agent"]
    if kind == "ended":
        it["ended"] = at
    if kind in ("connected", "abandoned", "queue_exited", "queue_refused"):
        outcome = {"connected": "answered", "abandoned": "abandoned"}.get(kind) or event.get("how") or event.get("why")
        it["visits"].append(
            {"queue": event["queue"], "outcome": outcome, "waited": event.get("waited"), "at": at, "talked": None,
             "agent": event.get("agent"), "offer": event.get("offer")}
        )  # fmt: skip
        for told in it["told"]:
            if told["ended"] is None:
                told |= {"ended": at, "outcome": outcome, "agent": event.get("agent")}
    if kind == "wait_told":
        it["told"].append({**event, "at": at, "ended": None, "outcome": None, "agent": None})
    if kind == "completed":
        it["visits"][-1]["talked"] = event["talked"]


Counted = list[tuple[dict[str, Any], datetime, int]]
"""What counts: the row (for its names), its moment, and its value."""


def counted(name: str, calls: list[dict[str, Any]], now: datetime | None) -> Counted:
    """What counts for the figure of that name, by its defaults."""
    callers = [call for call in calls if not call["back"]]
    every = [(visit, visit["at"]) for call in calls for visit in call["visits"]]
    visits = [(visit, at) for visit, at in every if not visit["back"]]
    outcomes = {
        "handled": ("answered",), "abandoned": ("abandoned",), "timed_out": ("timed_out",), "left": ("left",),
        "turned_away": ("full",), "callbacks_booked": ("callback_booked",),
    }  # fmt: skip
    match name:
        case "calls":
            return [(call, call["started"], 1) for call in callers]
        case "first_response":
            return [
                (call, call["started"], whole(min(call["served"])) - whole(call["started"]))
                for call in callers
                if call["served"]
            ]
        case "containment":
            return [(call, call["started"], int(not call["person"])) for call in callers if call["ended"]]
        case "true_containment":
            return _true_containment(callers, now)
        case "first_contact_resolution":
            return _first_contact(callers, now)
        case "asa":
            return [(visit, at, visit["waited"]) for visit, at in visits if visit["outcome"] == "answered"]
        case "abandonment":
            good = [(visit, at, 0) for visit, at in visits if visit["outcome"] == "answered"]
            gone = [(v, at, 1) for v, at in visits if v["outcome"] == "abandoned" and v["waited"] >= 5]
            return good + gone
        case "service_level":
            good = [(v, at, int(v["waited"] <= 20)) for v, at in visits if v["outcome"] == "answered"]
            gone = [(v, at, 0) for v, at in visits if v["outcome"] == "abandoned" and v["waited"] >= 5]
            return good + gone
        case "time_to_abandon":
            return [(visit, at, visit["waited"]) for visit, at in visits if visit["outcome"] == "abandoned"]
        case "other_waits":
            others = [it for it in visits if it[0]["outcome"] not in ("answered", "abandoned")]
            return [(visit, at, visit["waited"]) for visit, at in others if visit["waited"] is not None]
        case "handling_time" | "total_handling_time":
            talks = [(visit, at) for visit, at in every if visit["talked"] is not None]
            return [(visit, at, visit["talked"] + (visit["wrapped"] or 0)) for visit, at in talks]
        case "talk_time":
            return [(visit, at, visit["talked"]) for visit, at in every if visit["talked"] is not None]
        case "wrap_up_time":
            return [(visit, at, visit["wrapped"]) for visit, at in every if visit["wrapped"] is not None]
        case "estimate_right" | "estimate_error":
            return _told(name, [told for call in calls for told in call["told"]])
        case _ if name in outcomes:
            return [(visit, at, 1) for visit, at in visits if visit["outcome"] in outcomes[name]]
    raise KeyError(name)


def _told(name: str, all_told: list[dict[str, Any]]) -> Counted:
    found = []
    for told in all_told:
        if told["outcome"] != "answered":
            continue
        low, high = 0, 60  # "less than a minute"
        if told["high"] > 60:
            low = max(told["low"] // 60, 1) * 60
            high = max(ceil(told["high"] / 60) * 60, low + 60)
        waited = whole(told["ended"]) - whole(told["at"])
        right, error = int(low <= waited <= high), abs(waited - (low + high) // 2)
        found.append((told, told["at"], right if name == "estimate_right" else error))
    return found


def _true_containment(callers: list[dict[str, Any]], now: datetime | None) -> Counted:
    found = []
    for call in callers:
        if not call["ended"] or not call["hash"] or (now and call["ended"] > now - timedelta(hours=24)):
            continue
        later = [it["started"] for it in callers if it["hash"] == call["hash"] and it["started"] > call["started"]]
        again = any(whole(at) - whole(call["ended"]) <= 86_400 for at in later)
        found.append((call, call["started"], int(not call["person"] and bool(call["goals"]) and not again)))
    return found


def _first_contact(callers: list[dict[str, Any]], now: datetime | None) -> Counted:
    found = []
    for call in callers:
        if not call["ended"] or not call["hash"] or (now and call["ended"] > now - timedelta(days=7)):
            continue
        later = [it for it in callers if it["hash"] == call["hash"] and it["started"] > call["started"]]
        for goal in call["goals"]:
            starts = [it["started"] for it in later if goal in it["goals"]]
            again = any(whole(at) - whole(call["ended"]) <= 7 * 86_400 for at in starts)
            found.append((call, call["started"], int(not again)))
    return found
