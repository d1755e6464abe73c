"""Partitions shared out among workers."""

from __future__ import annotations

import time

import pytest
from redis import Redis

from ivr.store.calls import PARTITIONS
from ivr.store.leases import Leases

SHORT = 0.4


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        """The moment."""
        return self.at


def rounds(workers: list[Leases], count: int = 3) -> None:
    """Some rounds of each, one after the other."""
    for _ in range(count):
        for worker in workers:
            worker.round()


def test_one_worker_has_all(redis: Redis) -> None:
    """Alone, a worker holds every partition after its first round, and keeps them."""
    worker = Leases(redis)
    assert worker.held() == []
    rounds([worker])
    assert worker.held() == list(range(PARTITIONS))


@pytest.mark.parametrize("count", [2, 3, 5])
def test_several_share_fairly(redis: Redis, count: int) -> None:
    """Each holds its share, every partition is held, and none by two, whoever came first."""
    workers = [Leases(redis)]
    rounds(workers)
    workers += [Leases(redis) for _ in range(count - 1)]
    rounds(workers)
    held = [worker.held() for worker in workers]
    assert sorted(number for numbers in held for number in numbers) == list(range(PARTITIONS))
    assert max(map(len, held)) <= -(-PARTITIONS // count)


def test_a_dead_one_is_replaced(redis: Redis) -> None:
    """What a worker held that no longer renews is the others' when its leases have run out, and not before."""
    living, dying = Leases(redis, seconds=SHORT), Leases(redis, seconds=SHORT)
    rounds([living, dying])
    assert len(living.held()) == PARTITIONS // 2
    end = time.monotonic() + 10
    while len(living.held()) < PARTITIONS and time.monotonic() < end:
        living.round()
        time.sleep(SHORT / 8)
    assert living.held() == list(range(PARTITIONS))


def test_a_graceful_end_gives_back_at_once(redis: Redis) -> None:
    """The others take what was given back in their next round, without waiting for anything to run out."""
    first, second = Leases(redis), Leases(redis)
    rounds([first, second])
    second.give_back()
    assert second.held() == []
    first.round()
    assert first.held() == list(range(PARTITIONS))
    assert redis.zcard("workers") == 1


def test_a_lease_that_was_not_renewed_is_not_held(redis: Redis) -> None:
    """A worker that was stopped for a while does not go on with what others may have taken."""
    clock = Clock()
    worker = Leases(redis, seconds=4, now=clock)
    worker.round()
    clock.at = 3.9
    assert len(worker.held()) == PARTITIONS
    clock.at = 4.1
    assert worker.held() == []


def test_what_somebody_else_took_is_not_given_back(redis: Redis) -> None:
    """A worker whose lease ran out cannot take the new owner's away."""
    clock = Clock()
    late, other = Leases(redis, seconds=4, now=clock), Leases(redis)
    late.round()
    redis.flushall()
    other.round()
    late.give_back()
    other.round()
    assert other.held() == list(range(PARTITIONS))
