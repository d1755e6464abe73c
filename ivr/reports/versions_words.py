"""Two versions side by side, in words."""

from __future__ import annotations

from ivr.menu.flow import Flow
from ivr.reports.flow_words import choice_words
from ivr.reports.versions_compared import Compared
from ivr.reports.wording import amount

_OF_CALLS = {
    "trouble": "Calls lost or in trouble anywhere",
    "lost": "Calls lost: hung up with nothing reached",
    "goal": "Calls that reached a goal",
}

_AT_STEP = {
    "visits": "calls that came there",
    "trouble": "lost or in trouble there",
    "lost": "hung up there with nothing reached",
    "no_input": "pressed nothing in time",
    "no_match": "pressed a wrong key",
    "seconds": "seconds spent there, on average",
}

_MORE = {"seconds": ("longer", "shorter")}


def subject_words(it: Compared, flow: Flow | None) -> str:
    """What is compared; `flow` is the newer version's."""
    if not it.step:
        return f"Calls that reached the goal {it.key}" if it.key else _OF_CALLS[it.what]
    if it.what == "chose":
        return f"{it.step}: {choice_words(it.step, it.key, flow)}"
    return f"{it.step}: {_AT_STEP[it.what]}"


def sentence(it: Compared) -> str:
    """Whether the newer version differs by more than chance, in a plain sentence.

    "Fewer, by 2.1 to 4.5 points: more than chance." "Perhaps fewer; it may be chance."
    """
    more, less = _MORE.get(it.what, ("more", "fewer"))
    low, high = it.apart.low, it.apart.high
    if it.apart.value == 0 or low is None or high is None:
        return "No difference."
    word = more if it.apart.value > 0 else less
    if not it.apart.clear:
        return f"Perhaps {word}; it may be chance."
    near, far = sorted((abs(low), abs(high)))
    return f"{word.capitalize()}, by {_span(near, far, it)}: more than chance."


def _span(near: float, far: float, it: Compared) -> str:
    if it.unit == "share":
        return f"{100 * near:.1f} to {100 * far:.1f} points"
    return f"{near:.1f} to {amount(far, 'number') if far >= 100 else f'{far:.1f}'} s"
