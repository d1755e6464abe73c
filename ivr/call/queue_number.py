"""Where a caller is called back who asks for it while they wait: at their own number, or at one that they enter.

    own     "We will call you at … Press 1 to keep that, or enter another number"   1: booked; a number: check
    enter   "Please enter the number"                                               a number: check
    check   "You entered …"                                                         1: booked; 2: enter
    any     the key to leave, silence twice, or as many misses as a line has tries: they wait on

All of it is heard in documents of the wait, so an agent who is offered comes first, after the document that is
heard. A number stays in the call; of the keys the records have the last four, and whether they were a number.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.call import events, says
from ivr.call.inputs import Waited
from ivr.call.queue_words import speak, spoken_number
from ivr.call.scene import Scene
from ivr.call.state import NumberEntry, Queued
from ivr.call.wants import BookCallback
from ivr.menu.dialable import allowed
from ivr.menu.steps import Queue, Step

PATIENCE = 5.0
"""Seconds of silence after which a caller has entered nothing more."""

MOST_DIGITS = 20
"""No number is longer: "a maximum of fifteen digits" (E.164), and what is dialled before one that is abroad."""

MOST_ENTRIES = 3
"""How often in one wait a caller can begin to say where; so that nobody goes round in it."""


def begin(queued: Queued, waited: Waited, scene: Scene) -> None:
    """Asks where to call back."""
    entry = NumberEntry("own" if waited.own else "enter")
    _ask(replace(queued, entry=entry, entries=queued.entries + 1, words=(), invited=True), scene)


def entered(step: Step[Queue], queued: Queued, entry: NumberEntry, waited: Waited, scene: Scene) -> None:
    """What a caller presses who was asked."""
    keys = waited.keys
    if keys and keys == waited.leave:
        _stay(queued, scene)
        return
    match entry.at, keys:
        case _, "":
            scene.event(events.NoInput(step.name))
            if entry.silent:
                _stay(queued, scene)
            else:
                _missed(queued, replace(entry, silent=True), scene)
        case "own", "1":
            _book(queued, scene.call.caller, scene)
        case "check", "1":
            _book(queued, entry.number, scene)
        case "check", "2":
            _missed(queued, NumberEntry("enter", misses=entry.misses), scene)
        case "check", _:
            scene.event(events.NoMatch(step.name, None))
            _missed(queued, replace(entry, silent=False), scene)
        case _:
            number = _judged(waited, scene)
            if number:
                _ask(replace(queued, entry=NumberEntry("check", number, entry.misses)), scene)
                return
            scene.event(events.NoMatch(step.name, None))
            speak(scene, "queue_number_wrong", {})
            _missed(queued, replace(entry, silent=False), scene)


def _judged(waited: Waited, scene: Scene) -> str:
    """The number that the keys are, if it may be called; of a record, whose keys are masked, what was judged then."""
    if waited.judged:
        return waited.keys if waited.judged == "valid" else ""
    number = _number(waited.keys, tuple(waited.allow.split()))
    scene.judged("valid" if number else "no_match")
    return number


def _number(keys: str, countries: tuple[str, ...]) -> str:
    """The number as callers write it in one of these countries, the first of them first, or with its country's code."""
    for country in countries:
        number, _ = allowed(keys, (country, *countries))
        if number:
            return number
    return allowed(f"+{keys}", countries)[0] or ""


def _ask(queued: Queued, scene: Scene) -> None:
    scene.call.queued = queued
    match queued.entry:
        case NumberEntry("own"):
            speak(scene, "queue_number_own", {"number": spoken_number(scene.call.caller, scene)})
        case NumberEntry("check", number):
            speak(scene, "queue_number_check", {"number": spoken_number(number, scene)})
            scene.says.append(says.Wait(queued.k + 1, seconds=PATIENCE))
            return
        case _:
            speak(scene, "queue_number_enter", {})
    scene.says.append(says.Wait(queued.k + 1, seconds=PATIENCE, digits=MOST_DIGITS, finish="#"))


def _missed(queued: Queued, entry: NumberEntry, scene: Scene) -> None:
    """Asks once more, unless that was one time too many."""
    entry = replace(entry, misses=entry.misses + 1)
    if entry.misses >= scene.flow.limits.tries:
        _stay(queued, scene)
    else:
        _ask(replace(queued, entry=entry), scene)


def _stay(queued: Queued, scene: Scene) -> None:
    """Waits on."""
    scene.call.queued = replace(queued, entry=None)
    speak(scene, "queue_stay", {})
    scene.says.append(says.Wait(queued.k + 1))


def _book(queued: Queued, number: str, scene: Scene) -> None:
    scene.call.queued = replace(queued, entry=None, asked=number)
    scene.want = BookCallback(queued.queue, number, scene.call.language)
