"""Callers of a service whose keys the test presses, by the local carrier over HTTP."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from phones import QUICK, Served

from ivr.phone import HangUp, PhoneCall, Press, Script
from ivr.phone.twiml import Gather


class Held(Script):
    """A caller who waits at each prompt until the test says what they press; nothing is that they hang up."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: queue.Queue[str] = queue.Queue()

    def gather(self, gather: Gather) -> Press | HangUp:
        """What the test says."""
        keys = self.keys.get(timeout=120)
        return Press(keys) if keys else HangUp()


@contextmanager
def caller(served: Served, number: str, to: str = QUICK) -> Iterator[Held]:
    """Somebody who calls by the local carrier, over HTTP, and hangs up at the end."""
    held = Held()
    placed = PhoneCall(f"{served.app}/voice", to=to, from_=number, status_url=f"{served.app}/voice/status")
    thread = threading.Thread(target=placed.run, args=(held,))
    thread.start()
    try:
        yield held
    finally:
        held.keys.put("")
        thread.join(60)
    assert not thread.is_alive()
