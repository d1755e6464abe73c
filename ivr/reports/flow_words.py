"""What callers did, in words: the option that they chose by what they heard, and each way out of a step."""

from __future__ import annotations

from ivr.menu.flow import Flow
from ivr.menu.options import option_words
from ivr.menu.steps import Menu
from ivr.store.rollups.way_through import LEFT, LINE, LOST, OPEN, START

ENDS = {
    START: "Calls",
    LOST: "Hung up, nothing reached",
    LEFT: "Hung up, something reached",
    LINE: "The line said goodbye",
    OPEN: "No end known",
}
"""Where calls come from, and how they end."""

_KEYS = {"*": "star", "#": "pound"}

_ANYWHERE = {
    "back": "to go back", "repeat": "to hear it again", "start": "to begin again", "operator": "for a person",
    "hangup": "to end the call",
}  # fmt: skip

_WAYS = {
    "called": "called",
    "went_on": "went on",
    "hung_up": "hung up",
    "open": "no end is known",
    "answered": "gave an answer",
    "no_input": "pressed nothing",
    "no_match": "pressed a wrong key",
    "gave_up": "had nothing to choose from",
    "gave_up:no_input": "pressed nothing until the tries were used up",
    "gave_up:no_match": "pressed wrong keys until the tries were used up",
    "looked_up:found": "something was found",
    "looked_up:not_found": "nothing was found",
    "looked_up:failed": "the look-up failed",
    "queue:answered": "talked to an agent",
    "queue:left": "left the queue by its key",
    "queue:callback_booked": "booked a callback",
    "queue:timed_out": "waited as long as one may",
    "queue:full": "found the queue full",
    "queue:closed": "found the queue closed",
    "queue:nobody_in": "found nobody in the queue's team",
    "queue:unavailable": "could not be put into the queue",
    "sent_on": "was sent on by an agent",
    "dial:answered": "talked to somebody at the number",
    "dial:busy": "found the number busy",
    "dial:no_answer": "got no answer at the number",
    "dial:failed": "could not be put through to the number",
    "dial:refused": "asked for a number that may not be dialled",
    "message": "left a message",
    "survey:answered": "answered the survey",
    "survey:not_drawn": "was not drawn for the survey",
    "survey:asked_before": "was asked not long before",
    "survey:unavailable": "could not be asked",
    "survey:declined": "declined the survey",
    "survey:no_answer": "did not answer the survey to its end",
    "survey:left": "left the survey by a key",
    "capped:errors": "made too many errors in one call",
    "capped:inputs": "pressed too many keys in one call",
    "capped:steps": "was led through too many steps",
    "rescued": "something of ours failed",
}


def place_words(step: str) -> str:
    """A step by its name; the beginning and the ends in words."""
    return ENDS.get(step, step)


def way_words(way: str, step: str, flow: Flow | None) -> str:
    """What callers did who left the step this way; `flow` is the version's, where its file is there."""
    kind, _, what = way.partition(":")
    if kind == "chose":
        return choice_words(step, what, flow)
    if kind == "language":
        return f"chose the language {what}"
    return _WAYS.get(way) or way.replace("_", " ").replace(":", ": ")


def choice_words(step: str, key: str, flow: Flow | None) -> str:
    """What a key means there: pressed 1, “To hear when the next coach leaves”."""
    pressed = f"pressed {' '.join(_KEYS.get(it, it) for it in key)}"
    if flow is None:
        return pressed
    place = flow.steps.get(step)
    if place is not None and isinstance(place.act, Menu):
        for option in place.act.options:
            if option.key == key:
                return f"{pressed}, “{option_words(option, flow.languages[0])}”"
    to = flow.anywhere.get(key, "back" if key == "**" else "")
    return f"{pressed} {_ANYWHERE.get(to, f'to go to {to}')}" if to else pressed
