"""The open loop: calls begin when they are due, and at the end all of them are over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from random import Random
from typing import Literal

from ivr.phone.load.placed import Load, PlacedCall
from ivr.phone.load.plan import Plan
from ivr.phone.load.tally import Tally
from ivr.phone.load.wire import Wire

WATCHED = 0.5
"""Seconds between two looks at a load that runs."""
LAST_CALLS = 2.0
"""Seconds beyond the plan's for calls that were due within it, and are a little late."""
PUT_DOWN = 5.0
"""Seconds for callers to hang up when the load is over, before their calls are dropped."""


async def place(
    plan: Plan, *, stop: asyncio.Event | None = None, watch: Callable[[Tally, float], None] | None = None
) -> Tally:
    """Place the calls of a plan: what came of them.

    `stop`, when set, begins no more calls and lets open callers hang up. `watch` is shown the counts twice a second,
    with the seconds since the start.
    """
    loop, used = asyncio.get_running_loop(), time.process_time()
    stopping = asyncio.create_task((stop or asyncio.Event()).wait())
    async with Wire(plan.timeout) as wire:
        load = Load(plan, wire, Tally(loop.time()), asyncio.Event())
        watching = asyncio.create_task(_watch(load, watch)) if watch else None
        calls: set[asyncio.Task[None]] = set()
        beginning = asyncio.create_task(_begin(load, calls))
        try:
            await _either(beginning, stopping, plan.seconds + LAST_CALLS)
            beginning.cancel()
            ending = asyncio.create_task(_over(calls))
            await _either(ending, stopping, plan.drain)
            ending.cancel()
            load.tally.stopped = stopping.done()
            load.hanging_up.set()
            if calls:
                await asyncio.wait(calls, timeout=PUT_DOWN)
        finally:
            left = [task for task in (beginning, stopping, watching, *calls) if task]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        load.tally.again, load.tally.processor = wire.again, time.process_time() - used
    return load.tally


async def _begin(load: Load, calls: set[asyncio.Task[None]]) -> None:
    """Begin each call when it is due; one beyond the most that may be open as soon as there is room."""
    plan, tally, loop = load.plan, load.tally, asyncio.get_running_loop()
    chance = Random(plan.seed)  # noqa: S311 - it picks callers and their scripts, and hides nothing
    room = asyncio.Semaphore(plan.most_open)

    def over(call: asyncio.Task[None]) -> None:
        calls.discard(call)
        room.release()

    for number in range(plan.count):
        due = tally.started + number / plan.rate
        await asyncio.sleep(max(0.0, due - loop.time()))
        tally.held += room.locked()
        await room.acquire()
        placed = PlacedCall(load, plan.caller(chance), plan.script(chance))
        call = asyncio.create_task(placed.run(due))
        calls.add(call)
        call.add_done_callback(over)


async def _either(one: asyncio.Task[None], other: asyncio.Task[Literal[True]], seconds: float) -> None:
    await asyncio.wait({one, other}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def _over(calls: set[asyncio.Task[None]]) -> None:
    while calls:
        await asyncio.wait(calls)


async def _watch(load: Load, watch: Callable[[Tally, float], None]) -> None:
    while True:
        await asyncio.sleep(WATCHED)
        watch(load.tally, asyncio.get_running_loop().time() - load.tally.started)
