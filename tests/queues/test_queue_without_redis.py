"""A queue while Redis is killed and comes back: who waits, who talks, and who calls then."""

import os
import signal
import time
from pathlib import Path

import pytest
from hall import ANA, SECOND, THIRD, hall, heard, talks

from ivr.store.embedded import Embedded


@pytest.mark.long
def test_with_redis_away_callers_go_to_the_last_resort(tmp_path: Path) -> None:
    """Who waits hears so and is dialled elsewhere; who talks goes on; after it is back nobody is left in the queue."""
    with Embedded(tmp_path / "valkey") as own, hall(tmp_path, own.url) as h:
        h.agent("ana")
        h.phone(ANA, talks(100))
        h.phone("+15005550199", talks(20))
        first = h.call("wait:900")
        second = h.call("wait:900", after=5, from_=SECOND)
        h.exchange.run(h.now().replace(minute=1))
        _kill(own)
        h.exchange.run(h.now().replace(minute=1, second=40))
        assert "dial   +15005550199" in heard(second)
        own.ensure()
        time.sleep(0.5)
        h.exchange.run()
        assert heard(first)[-2:] == ["en-US  Thank you for talking.", "hangup by the line"]
        assert heard(second)[-1] == "hangup by the line"
        third = h.call("wait:900", from_=THIRD)
        h.agent("ana")
        h.exchange.run(h.now().replace(minute=9))
        assert f"dial   {ANA}" in heard(third)
        assert h.parts.queues.everybody("bookings") == []


@pytest.mark.long
def test_a_redis_that_comes_back_still_knows_who_waits(tmp_path: Path) -> None:
    """Killed and restarted between two pieces of hold audio: place, agent and talk are what they were."""
    with Embedded(tmp_path / "valkey") as own, hall(tmp_path, own.url) as h:
        h.agent("ana")
        h.phone(ANA, talks(100))
        first = h.call("wait:900")
        second = h.call("wait:900", after=5, from_=SECOND)
        third = h.call("wait:900", after=8, from_=THIRD)
        h.run(60)
        time.sleep(1.1)  # the append-only file is written every second
        _kill(own)
        own.ensure()
        h.run()
        assert h.story(first)[-1] == "completed ana by agent"
        assert h.connected_at(second) < h.connected_at(third)
        h.nothing_is_left()


def _kill(own: Embedded) -> None:
    assert own.pid is not None
    os.kill(own.pid, signal.SIGKILL)
    while own.alive():
        time.sleep(0.01)
