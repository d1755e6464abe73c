"""The flow picture, the funnels, versions side by side, and words: what is shown of numbers that are known."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.menu import load
from ivr.reports.flow import Paths, paths_of
from ivr.reports.flow_picture import BACK, MOST_STEPS, PICTURED, SILENCE, TROUBLE, WRONG, picture
from ivr.reports.flow_words import choice_words, way_words
from ivr.reports.funnel import stages_to
from ivr.reports.versions_compared import compared
from ivr.reports.versions_words import sentence, subject_words
from ivr.store.rollups.step_tally import Tally
from ivr.store.rollups.way_through import ENDS, Way

STEPS = tuple(f"step_{number}" for number in range(40))

MENU = b"""
line: Two languages
numbers: ["+15005550006"]
timezone: UTC
languages: [es-MX, en-US]
start: main
steps:
  main:
    give_up: hangup
    menu:
      2 -> hangup:
        es-MX: Para terminar
        en-US: To end
      1 -> main:
        es-MX: Para saber m\xc3\xa1s de <call.line>.
        en-US: To hear more
      star -> main:
        es-MX: Para volver
        en-US: To go back
"""


def wandering(dice: random.Random, calls: int, steps: int) -> Paths:
    """Calls that wander through some steps, mostly onward."""
    tally = Tally()
    for _ in range(calls):
        counts: Counter[tuple[str, ...]] = Counter()
        place, order = "", 0
        for _ in range(dice.randrange(1, 12)):
            here = STEPS.index(place) if place else 0
            to = STEPS[min(max(here + dice.choice((-2, 0, 1, 1, 2, 5)), 0), steps - 1)]
            way = dice.choice(
                ("chose:1", "chose:2", "went_on", "gave_up:no_input", "gave_up:no_match", "capped:errors")
            )
            counts["way", place, to, way] += 1
            counts["visit", to] += 1
            if ("first", to) not in counts:
                order += 1
                counts["first", to] = order
            place = to
        counts["way", place, dice.choice(ENDS), "hung_up"] += 1
        tally.add_call(Way(counts, []))
    return paths_of(tally)


@given(st.integers(0, 10_000), st.integers(1, 40))
def test_a_picture_of_forty_steps_can_be_taken_in(seed: int, steps: int) -> None:
    """Few nodes, links that only go forward, and no visit lost but those that stay within a node."""
    of = wandering(random.Random(seed), 30, steps)
    found = picture(of)
    assert len(found.nodes) <= 2 * (MOST_STEPS + 1) + len(PICTURED)
    assert all(link.source < link.target for link in found.links)
    assert sorted(step for node in found.nodes for step in node.steps) == sorted(["", *(it.name for it in of.steps)])
    drawn = Counter({node.name: node.visits for node in found.nodes if not node.steps})
    ways = [way for step in of.steps for way in step.ways]
    assert drawn[SILENCE] == sum(it.times for it in (*ways, *of.entries) if it.way == "gave_up:no_input")
    assert drawn[WRONG] == sum(it.times for it in (*ways, *of.entries) if it.way == "gave_up:no_match")
    assert drawn[TROUBLE] == sum(it.times for it in (*ways, *of.entries) if it.way == "capped:errors")
    assert sum(drawn[end] for end in ENDS) == of.calls
    inside = sum(link.visits for link in found.links)
    every = sum(it.times for it in (*ways, *of.entries))
    alone = {node.steps[0] for node in found.nodes if len(node.steps) == 1}
    assert inside <= every
    if all(it.name in alone for it in of.steps):
        assert inside == every


def test_who_goes_back_ends_in_back() -> None:
    """A step's own choice of itself, and an earlier step, are drawn as going back."""
    tally = Tally()
    counts = Counter({
        ("way", "", "a", "called"): 1, ("way", "a", "b", "chose:1"): 1, ("way", "b", "b", "chose:9"): 1,
        ("way", "b", "a", "chose:*"): 1, ("way", "a", ".lost", "hung_up"): 1,
        ("visit", "a"): 2, ("visit", "b"): 2, ("first", "a"): 1, ("first", "b"): 2,
    })  # fmt: skip
    tally.add_call(Way(counts, []))
    found = picture(paths_of(tally))
    drawn = [(found.nodes[it.source].name, found.nodes[it.target].name, it.visits) for it in found.links]
    assert drawn == [("", "a", 1), ("a", "b", 1), ("a", ".lost", 1), ("b", BACK, 1), ("b", BACK, 1)]


@pytest.mark.parametrize(
    ("graph", "stages"),
    [
        ({"": {"a"}, "a": {"g"}}, ["", "a", "g"]),
        ({"": {"a"}, "a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": {"g", "a"}}, ["", "a", "d", "g"]),
        ({"": {"a", "b"}, "a": {"b", "g"}, "b": {"a", "g"}}, ["", "g"]),
        ({"": {"a"}, "a": set()}, []),
    ],
)
def test_stages_are_what_no_way_leaves_out(graph: dict[str, set[str]], stages: list[str]) -> None:
    """In a chain all; of two ways that meet only where they meet; of none nothing."""
    assert stages_to(graph, "", "g") == stages


def version(calls: int, lost: int) -> Paths:
    """A version of which so many calls were lost at its one step."""
    tally = Tally()
    for number in range(calls):
        counts = Counter({("visit", "main"): 1, ("way", "main", ".lost", "hung_up"): 1})
        if number < lost:
            counts |= Counter({("lost", "main"): 1, ("trouble", "main"): 1, ("call", "lost"): 1})
        tally.add_call(Way(counts, [("main", 5 if number % 2 else 7)]))
    return paths_of(tally)


def test_differences_have_newcombes_interval() -> None:
    """His first example: 56 of 70 and 48 of 80 differ by 0.2, from 0.0524 to 0.3339."""
    found = {(it.what, it.step): it for it in compared(version(80, 48), version(70, 56))}
    it = found["lost", "main"]
    assert (it.apart.value, it.apart.low, it.apart.high) == (
        pytest.approx(0.2), pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5)
    )  # fmt: skip
    assert (subject_words(it, None), sentence(it)) == (
        "main: hung up there with nothing reached",
        "More, by 5.2 to 33.4 points: more than chance.",
    )
    assert sentence(found["seconds", "main"]) == "No difference."
    assert [it.apart.clear for it in found.values() if it.step] == [True, True, False, False]


def test_of_few_calls_nothing_is_said() -> None:
    """Steps to which fewer than five calls of a version came are not compared, and no calls are nothing to compare."""
    assert [it.step for it in compared(version(4, 1), version(100, 1))] == [""]
    assert compared(version(0, 0), version(100, 1)) == ()


def test_options_are_named_by_what_callers_hear() -> None:
    """In the line's first language, without the key that the service adds; keys that work anywhere by what they do."""
    flow = load({"two.yaml": MENU}).flows["two"]
    assert choice_words("main", "1", flow) == "pressed 1, “Para saber más de <call.line>”"
    assert choice_words("main", "*", flow) == "pressed star, “Para volver”"
    assert choice_words("main", "9", flow) == "pressed 9 to hear it again"
    assert choice_words("main", "0", flow) == "pressed 0 for a person"
    assert choice_words("gone", "**", flow) == "pressed star star to go back"
    assert choice_words("main", "1", None) == "pressed 1"


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("gave_up:no_input", "pressed nothing until the tries were used up"),
        ("queue:callback_booked", "booked a callback"),
        ("language:es-MX", "chose the language es-MX"),
        ("queue:something_new", "queue: something new"),
    ],
)
def test_ways_out_are_told_in_words(way: str, words: str) -> None:
    """Those that a later release brings are told by their names."""
    assert way_words(way, "main", None) == words
