"""What of a call decides its future: the key of a state, and one call that stands for all calls of that key.

In the key: the place, the language, the misses there, what waits there (an answer half typed or to be confirmed,
the keys offered, filler words said), the values of the names that are followed, and, where the caller is not asked,
the steps so far. Not in the key, and why that loses nothing:

    errors, inputs, rescues   they only matter where a cap is reached, and every place and every context is tried
                              on the brink of each cap; errors belong to the key where a condition asks for them
    trail                     only `back` follows it. A `Trail` tells when it was followed; then the turn is taken
                              once for each place that was ever beneath this one. Where keys are not awaited, but a
                              way leads to such a place, its top belongs to the key
    heard, and how long a     it changes words, never ways
    caller has waited
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import SupportsIndex

from ivr.call.state import TYPED, Call
from ivr.call.walk.values import Choices
from ivr.menu.flow import Flow
from ivr.menu.graph import awaits_keys, exits
from ivr.menu.steps import Ask, Lookup, Queue, Say, Survey

Key = tuple[Hashable, ...]


class Trail(list[str]):
    """The places that awaited keys; it tells whether `back` followed it."""

    __slots__ = ("followed",)

    def __init__(self, places: tuple[str, ...] = ()) -> None:
        super().__init__(places)
        self.followed = False

    def copy(self) -> Trail:
        """Another of the same places, not followed yet."""
        return Trail(tuple(self))

    def pop(self, index: SupportsIndex = -1) -> str:
        """The last place, which `back` takes off."""
        self.followed = True
        return super().pop(index)


class States:
    """The keys of a line's calls."""

    def __init__(self, flow: Flow, choices: Choices) -> None:
        self.flow = flow
        self.choices = choices
        self.remembers = _remembers(flow)
        self.awaits_keys = frozenset(name for name, step in flow.steps.items() if awaits_keys(step))

    def settle(self, call: Call) -> None:
        """Makes the call (which is changed) stand for all calls of its key."""
        act = self.flow.steps[call.place].act
        call.seq = call.inputs = 0
        if not isinstance(act, (Lookup, Queue, Say)):
            call.steps = 0
        counts = self.choices.counts
        call.errors = 0 if counts is None else min(call.errors, counts)
        call.rescues = call.errors // self.flow.limits.errors
        call.heard = {}
        call.noted = []
        call.trail = Trail(tuple(call.trail[-1:]))
        if call.queued is not None:  # how long somebody waits, and what they heard, decides nothing
            call.queued = replace(call.queued, k=0, since=0.0, said=0.0, words=(), invited=False, offset=0.0, ahead=0.0)

    def key(self, call: Call, told: bool) -> Key:
        """What decides the future of a settled call; `told`: it waits for the answer to a want."""
        values = call.values
        followed = tuple([values.get(name) for name in self.choices.followed]) if self.choices.followed else ()
        place = call.place
        key: Key = (place, call.language, call.misses, call.steps, call.offered, call.filled, told, followed)
        if call.queued is not None:
            it = call.queued
            about = (it.queue, it.offer, it.leaving, bool(it.accepted), it.joining, it.onward, it.asked)
            key = (*key, *about, it.entry, it.entries)
        if call.survey is not None:
            key = (*key, call.survey)
        if place not in self.awaits_keys:
            return (*key, call.trail[-1] if call.trail and place in self.remembers else None, call.errors)
        if call.typed or TYPED in call.secrets or call.confirming is not None:
            step = self.flow.steps[place].act
            waiting = call.confirming is not None and isinstance(step, Ask) and step.save in self.choices.followed
            typed = call.secrets.get(TYPED, call.typed)
            return (*key, call.errors, typed, call.confirming is not None, call.confirming if waiting else None)
        return (*key, call.errors)

    def context(self, key: Key) -> Key:
        """What of the key a caller takes along to whatever place a cap sends them."""
        return (key[1], key[7])


def _remembers(flow: Flow) -> frozenset[str]:
    """The steps without keys from which a way, over such steps alone, leads on to keys, or back."""
    sources: dict[str, list[str]] = {}
    found: set[str] = set()
    for name, step in flow.steps.items():
        if awaits_keys(step):
            continue
        if isinstance(step.act, Survey):
            found.add(name)  # a key that works anywhere may lead back
        for exit_ in exits(step):
            to = {"start": flow.start, "operator": flow.person}.get(exit_.to, exit_.to)
            if to in ("back", "repeat") or (to in flow.steps and awaits_keys(flow.steps[to])):
                found.add(name)
            sources.setdefault(to, []).append(name)
    todo = list(found)
    while todo:
        for name in sources.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return frozenset(found)
