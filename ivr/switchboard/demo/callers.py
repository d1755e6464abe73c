"""The people who call: new ones, known ones, and those who call again because nobody helped them."""

from __future__ import annotations

import heapq
from random import Random

AREAS = (
    312, 773, 630, 847, 708, 815, 217, 618, 309, 414, 608, 262, 920, 715, 317, 765, 574, 219, 812, 260, 313, 734, 248,
    586, 616, 517, 989, 231, 906, 612, 651, 763, 952, 507, 218, 320, 515, 319, 563, 712, 641, 314, 636, 816, 573, 417,
    660, 512, 210, 713, 832, 281, 214, 972, 817, 915, 956, 361, 806, 903,
)  # fmt: skip
"""Area codes; with 555 after them they are nobody's numbers."""

KNOWN, WITHHELD = 0.34, 0.035
"""The share of calls from people who have called before, and of those who show no number."""

AGAIN, AGAIN_SERVED = 0.2, 0.025
"""Who calls again soon after: of those who were not helped, and of those who were."""

FIRST_LANGUAGE = 0.84
"""The share of callers who speak a line's first language."""


class Callers:
    """Who calls next. A caller is a number from 0 on."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._count = 0
        self._again: list[tuple[float, int]] = []

    def next(self, now: float) -> int:
        """Who calls at a moment, in seconds since 1970; moments come in order."""
        while self._again and self._again[0][0] <= now:
            due, caller = heapq.heappop(self._again)
            if now - due < 6 * 3600:
                return caller
        if self._count and self._dice.random() < KNOWN:
            # Most calls come from few people; and from the last months rather than from long ago.
            back = int(self._count * min(1.0, self._dice.expovariate(2.5)))
            return max(0, self._count - 1 - back)
        self._count += 1
        return self._count - 1

    def was(self, caller: int, now: float, *, served: bool) -> None:
        """How a call went that was over at a moment: perhaps they call again."""
        if self._dice.random() < (AGAIN_SERVED if served else AGAIN):
            heapq.heappush(self._again, (now + 120 + self._dice.expovariate(1 / 9000), caller))


def number(caller: int, dice: Random) -> str:
    """The number that they show."""
    if dice.random() < WITHHELD:
        return "anonymous"
    turn, place = divmod(caller, len(AREAS))
    return f"+1{AREAS[place]}{555 + turn // 10_000}{turn * 7919 % 10_000:04}"


def language(caller: int, languages: tuple[str, ...]) -> str:
    """The language that they speak, of a line's: always the same for the same caller."""
    share = (caller * 2654435761 % 2**32) / 2**32
    if share < FIRST_LANGUAGE or len(languages) == 1:
        return languages[0]
    return languages[1 + int((share - FIRST_LANGUAGE) / (1 - FIRST_LANGUAGE) * (len(languages) - 1))]
