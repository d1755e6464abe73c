"""Inputs and events of the log, each in a line of plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Agents = Mapping[str, str]
"""The names of agents by what the team file calls them."""

DOT = "•"
LONGEST = 64
"""Dots, at most."""

_VERDICTS = {"no_match": "no match", "zero": "a zero alone"}

_EXITS = {
    "timed_out": "the longest wait was over",
    "left": "left the queue by its key",
    "callback_booked": "booked a callback",
    "nobody_in": "left the queue, as nobody is in any more",
    "closed": "left the queue, as it closed",
    "full": "left the queue, as it was full",
    "unavailable": "left the queue, as it could not be had",
}

_REFUSED = {"full": "it is full", "nobody_in": "nobody is in", "closed": "it is closed"}

_SKIPPED = {
    "not_drawn": "this call was not drawn",
    "asked_before": "the caller was asked not long ago",
    "unavailable": "nobody knows whether they were asked before",
    "declined": "the caller declined",
    "no_answer": "no answer came",
    "left": "the caller left it by a key",
}


def did(input_: Mapping[str, Any]) -> str:
    """What came in, in words; secret keys are dots, and what they were judged to be."""
    match input_:
        case {"kind": "pressed", "keys": keys}:
            return f"pressed {keys}"
        case {"kind": "hidden", "length": int(length), **rest}:
            verdict = str(rest.get("verdict", ""))
            return f"pressed {DOT * min(length, LONGEST)}" + (
                f" ({_VERDICTS.get(verdict, verdict)})" if verdict else ""
            )
        case {"kind": "told", "outcome": outcome, **rest}:
            return f"looked up: {_plain(outcome)}" + (f" ({rest['why']})" if rest.get("why") else "")
        case {"kind": "recorded", "seconds": seconds}:
            return f"left {seconds} s of recording"
        case {"kind": "recording_ready"}:
            return "the recording is ready"
        case {"kind": "dialed", "outcome": outcome, "seconds": seconds}:
            return f"the dialled leg is over: {_plain(outcome)}, {seconds} s"
        case {"kind": "waited", **rest}:
            keys, judged = rest.get("keys"), rest.get("judged")
            if keys:
                return f"pressed {keys} while waiting"
            return f"entered a number while waiting ({_plain(judged)})" if judged else "waits"
        case {"kind": "released", "exit": exit_}:
            return f"is let go by the queue: {_plain(exit_)}"
        case {"kind": "queue_left"}:
            return "is out of the carrier's queue"
        case {"kind": "offered", "agent": agent}:
            return f"is offered to {agent}"
        case {"kind": "accepted"}:
            return "the agent takes the call"
        case {"kind": "hung_up", "status": status}:
            return "the call was given up as lost" if status == "lost" else f"hung up ({status})"
        case {"kind": "troubled", "what": what}:
            return f"something failed: {what}"
        case {"kind": "silent"}:
            return "silence"
        case {"kind": kind}:
            return _plain(kind)
        case _:
            return "(unknown)"


def happened(event: Mapping[str, Any], agents: Agents | None = None) -> str:
    """What happened, in a line; nothing for what the input says already."""
    kind, step = str(event["kind"]), event.get("step", "")
    it = {name: value for name, value in event.items() if name not in ("kind", "step")}
    who = (agents or {}).get(str(it.get("agent")), str(it.get("agent")))
    match kind:
        case "entered":
            return f"-> {step}"
        case "chose":
            return f"chose {it.get('key')}, which leads to {it.get('to')}"
        case "language_chosen":
            return f"chose {it.get('language')}"
        case "answered":
            value = it.get("value")
            return f"answered {it.get('name')}" + (f" = {_value(value)}" if value is not None else ", a secret")
        case "no_input":
            return "no key in time"
        case "no_match":
            keys = it.get("keys")
            return f"{keys} means nothing there" if keys else "what was pressed means nothing there"
        case "gave_up":
            return "the tries there are used up"
        case "cleared":
            return "begins the answer anew"
        case "goal_reached":
            return f"goal: {it.get('goal')}"
        case "looked_up":
            return f"look-up {it.get('lookup')}: {_plain(it.get('outcome'))}" + (
                f" ({it['why']})" if it.get("why") else ""
            )
        case "survey_asked":
            return f"is asked the survey {it.get('survey')}"
        case "survey_answered":
            return f"answered {it.get('question')} of {it.get('survey')} = {it.get('value')}"
        case "survey_commented":
            return f"answered {it.get('question')} of {it.get('survey')} in {it.get('seconds')} s of their own words"
        case "survey_skipped":
            why = str(it.get("why"))
            left, reason = it.get("question") or "the survey", _SKIPPED.get(why, _plain(why))
            return f"{left} of {it.get('survey')} is left out: {reason}"
        case "message_left":
            return f"left a message of {it.get('seconds')} s in {it.get('box')}"
        case "audio_ready":
            return "its audio can be fetched"
        case "dialing":
            return f"…{it.get('ending')} is dialled"
        case "dial_refused":
            return f"the number may not be dialled: {it.get('why')}"
        case "dial_ended":
            return (
                f"the talk is over after {it.get('seconds')} s"
                if it.get("outcome") == "answered"
                else _plain(it.get("outcome"))
            )
        case "ended":
            return ""
        case _:
            return _queue(kind, it, who) or _fields(kind, it)


def _queue(kind: str, it: Mapping[str, Any], who: str) -> str:
    queue = it.get("queue")
    match kind:
        case "queue_entered":
            return f"waits in {queue} as number {it.get('position')}"
        case "queue_refused":
            why = str(it.get("why"))
            return f"cannot wait in {queue}: {_REFUSED.get(why, _plain(why))}"
        case "wait_told":
            return f"is told a wait of {it.get('low')} to {it.get('high')} s, as number {it.get('position')}"
        case "agent_offered":
            return f"it rings at {who}" + (f": {it['why']}" if it.get("why") else "")
        case "ring_no_answer":
            return f"{who} did not answer in {it.get('seconds')} s"
        case "connected":
            return f"talks with {who}, after {it.get('waited')} s in {queue}"
        case "completed":
            by = {"caller": "the caller", "agent": who}.get(str(it.get("by")), str(it.get("by")))
            return f"the talk with {who} is over after {it.get('talked')} s: {by} hung up"
        case "sent_on":
            what, _, name = str(it.get("to")).partition(":")
            where = f"…{name}" if what == "dial" else name
            return f"{who} sends them on to {where}" + (f"; that cannot be: {it['why']}" if it.get("why") else "")
        case "queue_moved":
            return f"is moved to the queue {it.get('to')}"
        case "abandoned":
            return f"hung up after {it.get('waited')} s in {queue}, as number {it.get('position')}"
        case "queue_exited":
            how = str(it.get("how"))
            return f"{_EXITS.get(how, _plain(how))}, after {it.get('waited')} s in {queue}"
    return ""


def _fields(kind: str, it: Mapping[str, Any]) -> str:
    told = ((name, value) for name, value in it.items() if name != "url" and value not in ("", None))
    fields = ", ".join(f"{name} {_value(value)}" for name, value in told)
    return _plain(kind) + (f": {fields}" if fields else "")


def _value(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _plain(word: Any) -> str:
    return str(word).replace("_", " ")
