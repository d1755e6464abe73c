"""Propose and claim: one free agent is offered the caller who is next, with few and with many waiting.

Beside it what no routing could do without: a bare ZPOPMIN of the same client on a sorted set of the same size.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis

from bench.figures import Spread, aimed, spread
from ivr.store.calls import Calls
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.queues import Queues, Waiting
from ivr.switchboard.dispatch import Dispatcher, Mover
from ivr.switchboard.staff import Staff

SIZES = (10, 10_000)
ROUNDS, PORTIONS = 200, 5
AIM = 1.5
"""Times as long with the most waiting as with the fewest."""

NOW = datetime(2026, 7, 6, 15, tzinfo=UTC)
NEVER = 9e12
TEAM = """\
agents:
  ana: {name: Ana Ruiz, phone: "+15005550401", languages: [en-US]}
queues:
  bookings:
    agents: [ana]
    room_for: 1000
"""


def run(folder: Path) -> list[str]:
    """Measures each size; the lines that tell what was found."""
    (folder / "team.yaml").write_text(TEAM, "utf-8")
    with Embedded(folder / "valkey") as valkey:
        redis = connect(f"{valkey.url}?socket_timeout=20")
        found = [_both(redis, Staff(folder), size) for size in SIZES]
        redis.close()
    rows = [
        f"{size:>6,} waiting: propose and claim {claim.show()} us; bare ZPOPMIN {floor.show()} us; "
        f"x {claim.middle / floor.middle:.1f}"
        for size, (claim, floor) in zip(SIZES, found, strict=True)
    ]
    more = found[-1][0].middle / found[0][0].middle
    return [*rows, f"with {SIZES[-1]:,} as against {SIZES[0]:,}: x {more:.2f}   {aimed(more, AIM, at_most=True)}"]


def _both(redis: Redis, staff: Staff, size: int) -> tuple[Spread, Spread]:
    """Microseconds of an offer, and of a ZPOPMIN. Each is undone, outside of what is measured."""
    redis.flushall()
    queues = Queues(redis)
    dispatcher = Dispatcher(queues, staff, Mover(Calls(redis), None))
    moment = NOW.timestamp()
    for number in range(size):
        queues.join(Waiting(f"CA{number:032x}", "bookings", "en-US", moment + number, moment + number), heard_by=NEVER)
        redis.zadd("floor", {f"CA{number:032x}": moment + number})
    queues.set_agent("ana", "available", moment)
    claims, floors = [], []
    for _ in range(PORTIONS):
        claim = floor = 0.0
        for _ in range(ROUNDS):
            began = time.perf_counter()
            [offer] = dispatcher.run(NOW)
            claim += time.perf_counter() - began
            queues.release(offer, moment, "failed", "available")
            began = time.perf_counter()
            [(member, score)] = redis.zpopmin("floor")
            floor += time.perf_counter() - began
            redis.zadd("floor", {member: score})
        claims.append(claim / ROUNDS * 1e6)
        floors.append(floor / ROUNDS * 1e6)
    return spread(claims), spread(floors)
