"""How many may do a thing at once: who asks for much must not hold the threads that the others need."""

from __future__ import annotations

from threading import BoundedSemaphore


class Slots:
    """So many places. Safe between threads."""

    def __init__(self, places: int) -> None:
        self._places = BoundedSemaphore(places)

    def take(self) -> bool:
        """Takes a place; False, at once, where all are taken. Whoever has one gives it back once."""
        return self._places.acquire(blocking=False)

    def give_back(self) -> None:
        """A place is free again."""
        self._places.release()
