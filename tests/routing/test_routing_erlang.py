"""Erlang's formulas against published values."""

from __future__ import annotations

from math import inf

import pytest

from ivr.routing.erlang import answered_within, erlang_a, erlang_b, erlang_c


@pytest.mark.parametrize(
    ("agents", "load", "blocked"), [(1, 0.0101, 0.01), (10, 4.46, 0.01), (20, 12.0, 0.01), (100, 84.1, 0.01)]
)
def test_erlang_b_is_that_of_the_traffic_tables(agents: int, load: float, blocked: float) -> None:
    """The load in erlangs that so many lines carry with one call in a hundred lost, from the standard table."""
    assert erlang_b(agents, load) == pytest.approx(blocked, rel=0.025)


def test_erlang_c_is_that_of_the_textbook_example() -> None:
    """200 calls an hour of three minutes, 14 agents: 17.4 % wait, 7.8 s on average, 88.8 % answered within 20 s."""
    expected = erlang_c(200, 20, 14)
    assert expected.waits == pytest.approx(0.174, abs=5e-4)
    assert expected.wait * 3600 == pytest.approx(7.8, abs=0.05)
    assert answered_within(200, 20, 14, 20 / 3600) == pytest.approx(0.888, abs=5e-4)
    assert expected.queue == pytest.approx(200 * expected.wait)


def test_erlang_c_is_that_of_another_published_example() -> None:
    """360 calls in half an hour of four minutes, 55 agents: 23.9 % wait."""
    assert erlang_c(12, 0.25, 55).waits == pytest.approx(0.239, abs=5e-4)


def test_agents_who_cannot_keep_up_have_an_endless_queue() -> None:
    """Without abandonment; and no service level at all."""
    assert erlang_c(10, 1, 10) == erlang_c(11, 1, 10)
    assert erlang_c(10, 1, 10).wait == inf
    assert answered_within(10, 1, 10, 1) == 0.0


def test_erlang_a_is_that_of_garnett_mandelbaum_and_reiman() -> None:
    """48 calls a minute, 50 agents, talks of a minute, patience of two: 3.1 % hang up, the mean wait is 3.7 s and the
    queue 3, where Erlang C has 20.8 s and 17.
    """
    expected = erlang_a(48, 1, 50, 0.5)
    assert expected.abandons == pytest.approx(0.031, abs=5e-4)
    assert expected.wait * 60 == pytest.approx(3.7, abs=0.05)
    assert round(expected.queue) == 3
    patient = erlang_c(48, 1, 50)
    assert patient.wait * 60 == pytest.approx(20.8, abs=0.05)
    assert round(patient.queue) == 17


def test_endless_patience_is_erlang_c() -> None:
    """As patience grows, the one becomes the other."""
    assert erlang_a(48, 1, 50, 1e-9).wait == pytest.approx(erlang_c(48, 1, 50).wait, rel=1e-4)


@pytest.mark.parametrize(("rate", "agents"), [(10, 0), (10, 3), (5000, 4000), (0.001, 1)])
def test_erlang_a_adds_up_whatever_the_load(rate: float, agents: int) -> None:
    """Who comes is served or hangs up: what agents do not serve is lost. Large numbers do not overflow."""
    expected = erlang_a(rate, 1, agents, 1)
    assert 0 <= expected.abandons < 1 + 1e-9
    assert 0 <= expected.waits < 1 + 1e-9
    if rate > 2 * agents:  # nearly always busy
        assert expected.abandons == pytest.approx(1 - agents / rate, rel=0.02)
