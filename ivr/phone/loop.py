"""What happens when: events in the clock's time, and the tasks that wait for them.

A task is a generator that yields what it waits for: a span of time that a signal may end early (`Pass`), or
the answer of somebody outside (`Ask`). By a manual clock the loop jumps from one event to the next and asks
inline, so many calls at once are deterministic and a day takes milliseconds; by the real one it sleeps, and
asks in a few threads, so that one slow answer does not hold the others.
"""

import heapq
import logging
import threading
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from ivr.phone.clock import Clock, RealClock

WORKERS = 16
_LOG = logging.getLogger("ivr.phone")


@dataclass(frozen=True, slots=True)
class Pass:
    """Let `seconds` pass. A signal of one of the types `until` ends it and is what the yield gives; else None."""

    seconds: float
    until: tuple[type, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Call `function`, which may take long; the yield gives what it returns, or raises what it raises.

    By a manual clock, `took` of the answer or the exception (0 where there is none) is how many seconds it
    is pretended to have taken.
    """

    function: Callable[[], Any]


Waits = Generator[Pass | Ask, Any, Any]


@dataclass(order=True, slots=True)
class Timer:
    """One event to come. `keeps`: a run is not over before it."""

    moment: datetime
    number: int
    function: Callable[[], None] | None = field(compare=False)
    keeps: bool = field(compare=False, default=True)


class Loop:
    """Events in the order of their moments, and of being planned. Only `soon` and `close` suit other threads."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.real = isinstance(clock, RealClock)
        self._timers: list[Timer] = []
        self._changed = threading.Condition()
        self._numbers = count()
        self._keeping = 0
        self._pool: ThreadPoolExecutor | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def now(self) -> datetime:
        """The clock's moment, in UTC."""
        return self.clock.now()

    def soon(self, function: Callable[[], None]) -> None:
        """Call `function` in the loop's turn, after what is planned for this moment. For any thread."""
        self.after(0, function)

    def after(self, seconds: float, function: Callable[[], None], *, keeps: bool = True) -> Timer:
        """Call `function` when so many seconds have passed."""
        with self._changed:
            timer = Timer(self.now() + timedelta(seconds=seconds), next(self._numbers), function, keeps)
            heapq.heappush(self._timers, timer)
            self._keeping += keeps
            self._changed.notify()
        return timer

    def cancel(self, timer: Timer) -> None:
        """Forget an event that has not happened."""
        with self._changed:
            if timer.function is not None:
                timer.function = None
                self._keeping -= timer.keeps

    def every(self, seconds: float, function: Callable[[], object]) -> None:
        """Call `function` again and again; it alone keeps no run going. Raises ValueError unless time passes."""
        if seconds <= 0:
            raise ValueError("every so many seconds: more than none")

        def once() -> None:
            function()
            self.after(seconds, once, keeps=False)

        self.after(seconds, once, keeps=False)

    def ask(self, function: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Call `function`, and `then` in the loop's turn with what it returned or raised."""
        if not self.real:
            answer = _outcome(function)
            self.after(float(getattr(answer, "took", 0)), lambda: then(answer))
            return
        with self._changed:
            self._keeping += 1
            if self._pool is None:
                self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="carrier")

        def work() -> None:
            answer = _outcome(function)
            self.soon(lambda: then(answer))
            with self._changed:
                self._keeping -= 1
                self._changed.notify()

        self._pool.submit(work)

    def run(self, until: datetime | None = None) -> None:
        """Let things happen until nothing is left to happen, or until a moment. Raises what they raise."""
        while (function := self._next(until)) is not None:
            function()
        if until is not None and not self.real and until > self.now():
            self.clock.advance((until - self.now()).total_seconds())

    def start(self) -> None:
        """Let things happen, in a thread of its own, until `close`. What they raise is logged."""
        self._thread = threading.Thread(target=self._forever, name="exchange", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop at once; what is left to happen does not."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _forever(self) -> None:
        while (function := self._next(None, forever=True)) is not None:
            try:
                function()
            except Exception:
                _LOG.exception("a call on the local carrier failed")

    def _next(self, until: datetime | None, *, forever: bool = False) -> Callable[[], None] | None:
        """The next thing that happens, once its moment has come; None where there is none."""
        with self._changed:
            while not self._closed:
                while self._timers and self._timers[0].function is None:
                    heapq.heappop(self._timers)
                first = self._timers[0] if self._timers else None
                if not forever and until is None and not self._keeping:
                    return None
                if until is not None and (first is None or first.moment > until) and not self._waits_till(until):
                    return None
                now = self.now()
                if first is None or (self.real and first.moment > now):
                    moment = min((one for one in (first and first.moment, until) if one), default=None)
                    self._changed.wait(None if moment is None else max((moment - now).total_seconds(), 0))
                    continue
                if first.moment > now:
                    self.clock.advance((first.moment - now).total_seconds())
                heapq.heappop(self._timers)
                self._keeping -= first.keeps
                function, first.function = first.function, None
                return function
            return None

    def _waits_till(self, until: datetime) -> bool:
        """Whether a moment has still to come on a clock that nobody can move."""
        return self.real and self.now() < until


class Task:
    """A generator on a loop. All of it happens in the loop's turn."""

    def __init__(self, loop: Loop, generator: Waits) -> None:
        self.over = False
        self.deaf = False  # to interruptions
        self.inbox: deque[object] = deque()
        self._loop = loop
        self._generator = generator
        self._thrown: deque[BaseException] = deque()
        self._until: tuple[type, ...] | None = None  # None while it does not wait
        self._turn = 0
        self._timer: Timer | None = None
        self._begun = False
        self._resume(None)

    def signal(self, signal: object) -> None:
        """End the wait that this is awaited by, now or when it comes to one."""
        if self._until and isinstance(signal, self._until):
            self._resume(signal)
        else:
            self.inbox.append(signal)

    def interrupt(self, raised: BaseException) -> None:
        """Raise this at the yield where the task waits, or at its next one; several, one after the other."""
        if self.deaf:
            return
        self._thrown.append(raised)
        if self._until is not None:
            self._resume(None)

    def take(self, kind: type) -> list[Any]:
        """What has come in of this kind and was not waited for."""
        taken = [one for one in self.inbox if isinstance(one, kind)]
        self.inbox = deque(one for one in self.inbox if not isinstance(one, kind))
        return taken

    def _resume(self, value: object) -> None:
        self._until = None
        self._turn += 1
        if self._timer is not None:
            self._loop.cancel(self._timer)
            self._timer = None
        self._loop.soon(lambda: self._step(value))

    def _step(self, value: object) -> None:
        if self.over:
            return
        thrown: BaseException | None = None
        # What is raised in a generator that has not begun, it cannot catch.
        if self._begun and self._thrown and not self.deaf:
            thrown = self._thrown.popleft()
        self._begun = True
        if thrown is None and isinstance(value, BaseException):
            thrown = value
        try:
            wait = self._generator.throw(thrown) if thrown is not None else self._generator.send(value)
        except StopIteration:
            self.over = True
        except BaseException:
            self.over = True
            raise
        else:
            self._await(wait)

    def _await(self, wait: Pass | Ask) -> None:
        if self._thrown and not self.deaf:
            self._resume(None)
            return
        turn = self._turn
        if isinstance(wait, Ask):
            self._until = ()
            self._loop.ask(wait.function, lambda answer: self._answered(turn, answer))
            return
        for signal in self.inbox:
            if isinstance(signal, wait.until):
                self.inbox.remove(signal)
                self._resume(signal)
                return
        self._until = wait.until
        self._timer = self._loop.after(wait.seconds, lambda: self._passed(turn))

    def _passed(self, turn: int) -> None:
        if turn == self._turn:
            self._timer = None
            self._until = None
            self._turn += 1
            self._step(None)

    def _answered(self, turn: int, answer: object) -> None:
        if turn == self._turn:
            self._until = None
            self._turn += 1
            self._step(answer)


def _outcome(function: Callable[[], Any]) -> Any:
    """What it returned, or raised; a wish to stop the program goes its own way."""
    try:
        return function()
    except Exception as error:
        return error
