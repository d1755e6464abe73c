"""From the outbox to the carrier: effects carried out, some at once, those of one call in their order.

What may happen once at most is claimed in SQL before it is asked for. Who finds a claim that somebody else made
does not ask again: the other one may have asked and died. That is noted as `unknown`, where a person sees it.
What may be repeated is asked again, with growing pauses, until it is done, refused, or too late.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.carrier.rest import Carrier, NoAnswer, NotDone, Refused
from ivr.store.claims import Claims, State
from ivr.store.outbox_streams import Intent, OutboxStreams
from ivr.store.set_aside import Aside, SetAside
from ivr.switchboard.effects import KINDS, Effect, read_effect
from ivr.switchboard.patience import Patience, named

AT_ONCE = 8
"""Requests under way at once: a slow one holds up no other call's."""

MOST = 50
"""Effects of a partition that are read at a time."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
WAIT = 0.25

log = logging.getLogger("ivr.worker")


@dataclass(slots=True)
class _Task:
    """An effect that is still to be dealt with."""

    intent: Intent
    effect: Effect
    due: float = 0.0
    pause: float = FIRST_PAUSE
    claimed: bool = False  # by us
    settled: tuple[State, str] | None = None  # what became of it
    noted: bool = False
    under_way: Future[bool] | None = None


class Outbox:
    """Carries out the effects of the partitions that are held. `run` is for one thread."""

    def __init__(
        self,
        redis: Redis,
        claims: Claims,
        aside: SetAside,
        carrier: Carrier | None,
        held: Callable[[], list[int]],
        now: Callable[[], datetime],
        refused: Callable[[Effect], None] = lambda _: None,
    ) -> None:
        """`carrier` is None where no account is set: then every effect is refused, and noted so.

        `refused` is told of each that certainly was not done and will not be.
        """
        self._streams = OutboxStreams(redis)
        self._claims = claims
        self._aside = aside
        self._carrier = carrier
        self._held = held
        self._now = now
        self._refused = refused
        self._after: dict[int, bytes] = {}
        self._tasks: dict[tuple[int, bytes], _Task] = {}
        self._patience = Patience("Redis, for the outbox,", log, longest=2.0)

    def run(self, stop: threading.Event) -> None:
        """Goes on until told to stop; then what is under way is finished, and nothing new begun."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="effect") as pool:
            while not stop.is_set():
                try:
                    self._turn(pool, stop)
                except Exception:
                    log.exception("the outbox failed and goes on")
                    stop.wait(1.0)

    def _turn(self, pool: ThreadPoolExecutor, stop: threading.Event) -> None:
        held = set(self._held())
        self._after = {number: self._after.get(number, b"0") for number in sorted(held)}
        self._reap(held)
        self._begin(pool)
        if not held:
            stop.wait(WAIT)
            return
        try:
            for intent in self._streams.read(self._after, most=MOST, wait=WAIT):
                self._take(intent)
            self._patience.worked()
        except RedisError as error:
            self._patience.failed(error, stop)

    def _take(self, intent: Intent) -> None:
        """Notes a new one; what is no effect is set aside."""
        try:
            effect = read_effect(intent.effect)
        except ValueError as error:
            name = f"outbox {intent.partition}"
            aside = Aside(name, intent.id.decode(), intent.sid, str(error), intent.effect)
            try:
                where = self._aside.put(aside, self._now())
            except (SQLAlchemyError, OSError) as trouble:
                log.error("an effect cannot be read (%s), nor set aside (%s); it stays in Redis", error, named(trouble))
            else:
                log.error("an effect cannot be read: %s; it is set aside in %s", error, where)
                self._streams.remove(intent)
        else:
            # It may be under way still, from before its partition was lost and won again.
            self._tasks.setdefault((intent.partition, intent.id), _Task(intent, effect))
        self._after[intent.partition] = intent.id

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        """Begins what is due, of each call the first alone."""
        now, calls = time.monotonic(), set()
        for task in self._tasks.values():
            first = task.intent.sid not in calls
            calls.add(task.intent.sid)
            if first and task.under_way is None and task.due <= now:
                task.under_way = pool.submit(self._carry_out, task)

    def _reap(self, held: set[int]) -> None:
        """Forgets what is dealt with, and what others hold by now; what failed waits for its time."""
        for key, task in list(self._tasks.items()):
            if task.under_way is not None and task.under_way.done():
                try:
                    finished = task.under_way.result()
                except (SQLAlchemyError, RedisError) as error:
                    finished = False
                    if task.pause == FIRST_PAUSE:
                        log.warning("%s of call %s waits: %s", task.effect.kind, task.intent.sid, named(error))
                task.under_way = None
                if finished:
                    del self._tasks[key]
                    continue
                task.due = time.monotonic() + task.pause
                task.pause = min(LONGEST_PAUSE, task.pause * 2)
            if task.under_way is None and task.intent.partition not in held:
                del self._tasks[key]

    def _carry_out(self, task: _Task) -> bool:
        """Asks for it and notes what became of it; whether that is the end of it."""
        if task.settled is None:
            task.settled = self._ask(task)
        if task.settled is None:
            return False
        state, why = task.settled
        if state in ("refused", "late"):
            self._refused(task.effect)
        if not task.noted and (state != "done" or KINDS[task.effect.kind].once):
            self._settle(task, state, why)
        self._streams.remove(task.intent)
        return True

    def _ask(self, task: _Task) -> tuple[State, str] | None:
        """What became of it; nothing where it is to be asked again."""
        effect, kind = task.effect, KINDS[task.effect.kind]
        if kind.once and not task.claimed:
            there = self._claims.claim(effect.id, sid=task.intent.sid, kind=effect.kind, at=self._now())
            if there == "claimed":
                return "unknown", "who asked for it ended before an answer came"
            if there is not None:
                task.noted = True  # it was dealt with, but not yet removed
                return there, ""
            task.claimed = True
        if self._now().timestamp() - task.intent.at > kind.within:
            return "late", f"not done within {kind.within / 60:.0f} minutes"
        if self._carrier is None:
            return "refused", "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set"
        try:
            kind.carry_out(self._carrier, effect.fields)
        except Refused as error:
            return "refused", str(error)
        except NotDone:
            if task.claimed:
                self._claims.give_up(effect.id)
                task.claimed = False
            return None
        except NoAnswer as error:
            return ("unknown", str(error)) if kind.once else None
        return "done", ""

    def _settle(self, task: _Task, state: State, why: str) -> None:
        effect = task.effect
        if state != "done":
            log.warning("%s of call %s: %s (%s)", effect.kind, task.intent.sid, state, why)
        self._claims.settle(effect.id, state, sid=task.intent.sid, kind=effect.kind, at=self._now(), why=why or None)
