"""Which versions are live, as Redis tells them, and how long it may take to find that Redis is away."""

import socket
import time
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as NoAnswer

from ivr.store.client import connect
from ivr.store.live import Live, Trial, live, tell_live, tell_newest


def test_what_is_told_replaces_what_was(redis: Redis) -> None:
    """Telling replaces the whole: a line that is not named any more is gone, and so is a trial."""
    assert live(redis) == Live()
    both = Live({"meridian": "a" * 12, "línea": "b" * 12}, {"línea": Trial("d" * 12, 0.1)})
    tell_live(redis, both)
    assert live(redis) == both
    tell_live(redis, Live({"meridian": "c" * 12}))
    assert live(redis) == Live({"meridian": "c" * 12})
    tell_live(redis, Live())
    assert live(redis) == Live()


def test_the_newest_is_told_whoever_comes_last(redis: Redis) -> None:
    """A process that read before another published tells again, until what it told is what is so."""
    answers: Iterator[Live] = iter([Live({"m": "old"}), Live({"m": "new"}), Live({"m": "new"})])
    assert tell_newest(redis, lambda: next(answers)) == Live({"m": "new"})
    assert live(redis) == Live({"m": "new"})


def test_a_refused_port_is_known_at_once() -> None:
    """Where nobody listens, the first command fails at once: no second try, no pause."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        before = time.monotonic()
        with connect(f"redis://127.0.0.1:{port}/0") as client, pytest.raises(NoConnection):
            client.ping()
        assert time.monotonic() - before < 0.25


def test_a_redis_that_hangs_is_given_up_soon() -> None:
    """A server that takes connections and says nothing costs a quarter of a second."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        before = time.monotonic()
        with connect(f"redis://127.0.0.1:{port}/0") as client, pytest.raises(NoAnswer):
            client.ping()
        assert 0.2 < time.monotonic() - before < 0.75
