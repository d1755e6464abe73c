"""Who takes whom: strategies, skills that widen, languages, and the reason in one sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staff import TEAM, free, team, waiter

from ivr.menu.team import STRATEGIES, Team
from ivr.routing import Choice, Free, Waiter, choose
from ivr.routing.order import head_start, in_order
from ivr.routing.people import fits


def picked(choice: Choice | None) -> tuple[str, str] | None:
    """The agent and the caller."""
    return (choice.free.agent.id, choice.waiter.sid) if choice else None


def each_alike(staff: Team) -> list[Free]:
    """All three agents, who differ in what each strategy goes by: another one is first for each."""
    return [
        Free(staff.agents["raj"], idle_since=50, last_offered=10, calls=9),
        Free(staff.agents["ana"], idle_since=40, last_offered=30, calls=2),
        Free(staff.agents["eva"], idle_since=10, last_offered=20, calls=5),
    ]


@pytest.mark.parametrize(
    ("strategy", "agent", "why"),
    [
        ("longest_idle", "eva", "eva has been idle longest (1:30)"),
        ("round_robin", "raj", "raj is next in turn"),
        ("fewest_calls", "ana", "ana has had the fewest calls (2)"),
        ("in_order", "raj", "raj is the first in the queue's list who is free"),
        ("by_skill", "ana", "ana has the highest level of bookings (3)"),
    ],
)
def test_a_strategy_does_what_its_name_says(strategy: str, agent: str, why: str) -> None:
    """Each picks another agent of the same three, and says why in one sentence."""
    staff = team(strategy=strategy, any_language="0s", **({"skill": "bookings"} if strategy == "by_skill" else {}))
    choice = choose(staff, each_alike(staff), [waiter("CA1", arrived=70)], now=100)
    assert choice is not None
    assert choice.free.agent.id == agent
    assert choice.why.startswith("The caller has waited 30 s and is first in bookings")
    assert choice.why.endswith(f"; {why}.")


def test_the_first_caller_is_taken_and_the_sentence_says_all() -> None:
    """Head starts, callers who were passed over, and an agent without a rival are told."""
    staff = team()
    choice = choose(staff, free(staff, "ana"), [waiter("late", 50, start=60), waiter("early", 0)], 125)
    assert picked(choice) == ("ana", "late")
    assert choice is not None
    assert choice.why == (
        "The caller has waited 1:15, with a head start of 1:00, and is first in bookings; "
        "ana is the only one free who fits."
    )
    passed = choose(staff, free(staff, "raj"), [waiter("spanish", 0, language="es-MX"), waiter("english", 9)], 10)
    assert picked(passed) == ("raj", "english")
    assert passed is not None
    assert "is the first in bookings whom anybody fits" in passed.why


def test_nobody_fits() -> None:
    """No agent, no caller, or none of the queue, the language or the skill: no choice."""
    staff = team()
    assert choose(staff, [], [waiter("CA1")], 0) is None
    assert choose(staff, free(staff, "ana"), [], 0) is None
    assert choose(staff, free(staff, "raj"), [waiter("CA1", language="es-MX")], 999) is None
    assert choose(staff, free(staff, "ana"), [waiter("CA1", queue="refunds")], 999) is None
    assert choose(staff, free(staff, "ana"), [waiter("CA1", queue="gone")], 999) is None


def test_the_language_of_another_country_will_do() -> None:
    """Who speaks es-ES takes a caller in es-MX."""
    staff = team()
    assert picked(choose(staff, free(staff, "eva"), [waiter("CA1", language="es-MX")], 0)) == ("eva", "CA1")


def test_a_language_widens_with_time() -> None:
    """After any_language an agent who does not speak it may take the caller; the sentence says so."""
    staff = team(any_language="2m")
    ask = [waiter("CA1", language="es-MX")]
    assert choose(staff, free(staff, "raj"), ask, 119) is None
    choice = choose(staff, free(staff, "raj"), ask, 120)
    assert choice is not None
    assert "nobody free who speaks es-MX" in choice.why


@pytest.mark.parametrize(
    ("waited", "agents"),
    [(0, {"ana"}), (29, {"ana"}), (30, {"ana", "eva"}), (60, {"ana", "eva", "raj"}), (999, {"ana", "eva", "raj"})],
)
def test_a_skill_widens_with_time(waited: float, agents: set[str]) -> None:
    """Level 3 at first, 2 after 30 s, anybody of the queue after a minute."""
    staff = team(skill="bookings", level="3", widen="{30s: 2, 60s: 0}", any_language="0s")
    assert {name for name in staff.agents if fits(staff, staff.agents[name], waiter("CA1"), waited)} == agents


def test_a_head_that_waits_for_its_agent_does_not_hold_up_the_others() -> None:
    """Each language has its own head: a Spanish caller without an agent stands before nobody."""
    staff = team()
    waiting = [waiter(f"es{n}", n, language="es-MX") for n in range(5)] + [waiter("en", 99)]
    assert picked(choose(staff, free(staff, "raj"), waiting, 100)) == ("raj", "en")


def test_a_queue_s_priority_counts_between_queues() -> None:
    """Raj serves both; a caller of refunds is 30 seconds older than they are."""
    staff = team()
    refunds = staff.queues["refunds"]
    later = waiter("CA2", 20, "refunds", start=head_start(refunds, 0))
    assert picked(choose(staff, free(staff, "raj"), [waiter("CA1", 0), later], 60)) == ("raj", "CA2")
    assert head_start(refunds, 1e9) == 3600
    assert head_start(refunds, -5) == 30


# Properties

names = st.sampled_from(["ana", "raj", "eva"])
languages = st.sampled_from(["en-US", "es-MX", "de-DE"])
callers = st.lists(
    st.builds(
        waiter,
        st.uuids().map(str),
        st.integers(0, 600),
        st.sampled_from(["bookings", "refunds"]),
        languages,
        st.integers(0, 300),
    ),
    max_size=12,
    unique_by=lambda it: it.sid,
)
states = st.tuples(st.integers(0, 600), st.integers(0, 600), st.integers(0, 20))
keys = st.fixed_dictionaries(
    {"strategy": st.sampled_from(STRATEGIES), "skill": st.just("bookings"), "level": st.sampled_from("123")},
    optional={"any_language": st.just("90s")},
)


@settings(deadline=None)
@given(keys, st.dictionaries(names, states), callers, st.randoms())
def test_what_is_chosen_may_be_and_comes_first(
    bookings: dict[str, str], agents: dict[str, tuple[int, int, int]], waiting: list[Waiter], shuffle: object
) -> None:
    """No agent without the queue, the language or the skill; nobody who fits is passed over; order changes nothing."""
    staff = team(**bookings)
    rested = [Free(staff.agents[name], *state) for name, state in agents.items()]
    choice = choose(staff, rested, waiting, 700)
    some = [it for it in waiting if any(fits(staff, one.agent, it, 700) for one in rested)]
    if choice is None:
        assert some == []
        return
    assert choice.waiter == in_order(some)[0]
    assert fits(staff, choice.free.agent, choice.waiter, 700)
    assert choice.free.agent.id in {one.id for one in staff.members(choice.waiter.queue)}
    assert choice.why.count(".") == 1
    assert choice.why.endswith(".")
    shuffle.shuffle(waiting)  # type: ignore[attr-defined]
    assert choose(staff, rested[::-1], waiting, 700) == choice


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 60)), min_size=2, max_size=30), st.integers(1, 30))
def test_a_head_start_bounds_how_many_can_overtake(gaps: list[tuple[int, int]], talk: int) -> None:
    """Of callers who come later, only those within the difference of head starts are served before one.

    One agent serves all; whoever is chosen before an earlier caller came less than their head start later, so their
    number is at most that of the arrivals in that time.
    """
    staff = team()
    at, coming = 0.0, []
    for number, (gap, start) in enumerate(gaps):
        at += gap
        coming.append(waiter(f"CA{number:02}", at, start=start))
    now, served = 0.0, []
    while coming_left := [it for it in coming if it not in served]:
        waiting = [it for it in coming_left if it.arrived <= now]
        choice = choose(staff, free(staff, "raj"), waiting, now)
        if choice is None:
            now = min(it.arrived for it in coming_left)
            continue
        served.append(choice.waiter)
        now += talk
    for it in coming:
        overtakers = [other for other in served[: served.index(it)] if other.arrived > it.arrived]
        assert all(other.arrived - it.arrived <= other.head_start - it.head_start for other in overtakers)
        assert len(overtakers) <= sum(it.arrived < other.arrived <= it.arrived + 60 for other in coming)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.booleans(), min_size=30, max_size=60), st.sampled_from(["round_robin", "fewest_calls"]))
def test_turns_and_calls_are_even(answers: list[bool], strategy: str) -> None:
    """Round robin gives all the same number of offers, fewest calls the same number of calls, up to one."""
    staff = team(strategy=strategy)
    people = {name: Free(staff.agents[name], 0.0) for name in ("ana", "raj")}
    offers: Counter[str] = Counter(ana=0, raj=0)
    for now, answered in enumerate(answers, 1):
        choice = choose(staff, people.values(), [waiter(f"CA{now}", now)], now)
        assert choice is not None
        name = choice.free.agent.id
        offers[name] += 1
        people[name] = replace(people[name], last_offered=now, idle_since=now, calls=people[name].calls + answered)
    counts = list(offers.values()) if strategy == "round_robin" else [it.calls for it in people.values()]
    assert max(counts) - min(counts) <= 1


def test_chance_is_fair_and_sure() -> None:
    """Of 3,000 calls each of three agents has about a third, and each call asks for the same one again.

    1,000 are expected, with a deviation of 26: more than 120 away is no chance.
    """
    staff = team(strategy="random", any_language="0s")
    three = free(staff, "ana", "raj", "eva")
    drawn = [picked(choose(staff, three, [waiter(f"CA{n:08x}")], 0)) for n in range(3000)]
    assert drawn == [picked(choose(staff, three, [waiter(f"CA{n:08x}")], 0)) for n in range(3000)]
    counts = Counter(pair[0] for pair in drawn if pair)
    assert all(abs(count - 1000) < 120 for count in counts.values()), counts


def test_the_team_of_these_tests_checks() -> None:
    """It is a file like any other."""
    assert team(TEAM).members("refunds")[0].id == "raj"
