"""What the cube counts: the kinds of its rows, and what `value` says in each.

Everything that a view of the log has is in some kind, also where it counts for no figure: so a line or a queue to
which something happened is known to be there.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from itertools import pairwise


class Kind(IntEnum):
    """A kind of row."""

    CALL = 1
    """A call, by when it began; what is true of it, see `Call`."""
    RESPONSE = 2
    """The same calls: seconds until they were served, in buckets."""
    GOAL = 3
    """A goal that a call reached, by when that began; see `Goal`."""
    ENDED = 4
    """The same calls: how it ended, as its place in `ENDINGS`."""
    CALLBACK = 5
    """A callback, by when it was booked: 1 kept, 0 not, NONE while it is open."""
    ASKED = 6
    """A survey that was asked: 1 where anything was answered, else 0."""
    ANSWER = 7
    """An answer: `ANSWERS` times the number of its measure (`MEASURES`; 0: of none), and its mark, or `NO_MARK`."""
    MISSED = 8
    """A call that an agent did not take: 0."""
    TOLD = 9
    """A wait that a caller was told: `AS_TOLD`, `SHORTER` or `LONGER`, NONE where nobody knows."""
    MISTOLD = 10
    """The same: seconds by which it was missed, in buckets."""
    TALK = 20
    """A visit to a queue whose wrap-up is not known: seconds of the talk, in buckets."""
    WRAPPED_TALK = 21
    """A visit to a queue whose wrap-up is known: the same."""
    HANDLING = 22
    """The same visit: seconds of talk and wrap-up, in buckets."""
    WRAP_UP = 23
    """The same visit: seconds of the wrap-up, in buckets."""
    ANSWERED = 30
    """A visit that an agent answered: seconds waited, in buckets; so with those that follow."""
    ABANDONED = 31
    LEFT = 32
    TIMED_OUT = 33
    CALLBACK_BOOKED = 34
    TURNED_AWAY = 35
    ENDED_OTHERWISE = 36


VISITS = tuple(kind for kind in Kind if kind >= Kind.ANSWERED)
"""Each visit is in one of them."""

TALKS = (Kind.TALK, Kind.WRAPPED_TALK)
"""And in one of these."""

ONLY_ADDED_UP = (Kind.RESPONSE, Kind.MISTOLD, Kind.TALK, Kind.WRAPPED_TALK, Kind.HANDLING, Kind.WRAP_UP)
"""Seconds that nothing parts, where they are put together roughly."""

OUTCOMES = {
    "answered": Kind.ANSWERED, "abandoned": Kind.ABANDONED, "left": Kind.LEFT, "timed_out": Kind.TIMED_OUT,
    "callback_booked": Kind.CALLBACK_BOOKED,
    **dict.fromkeys(("full", "closed", "nobody_in", "unavailable"), Kind.TURNED_AWAY),
}  # fmt: skip
"""The kind of a visit by its outcome; of any other it ended otherwise."""

NONE = -(2**31) + 1
"""No value: nothing was answered, or is not over."""

ANSWERS, NO_MARK = 16, 15
MEASURES = {"csat": 1, "nps": 2, "ces": 3, "yes_no": 4}


SHORTER, AS_TOLD, LONGER = 0, 1, 2

ENDINGS = (
    "going_on", "talked", "callback", "message", "abandoned", "nobody", "goal", "gave_up", "heard", "lost", "hung_up",
)  # fmt: skip
"""How calls end, as the outcomes in `ivr.reports.outcomes` are called."""


class Call(IntFlag):
    """What is true of a call."""

    OVER = 1
    WANTED_PERSON = 2
    GOAL = 4
    """It reached one."""
    NUMBER = 8
    """The caller showed a number."""
    AGAIN = 16
    """It would be truly contained, but the same caller called again within `AGAIN_HOURS` after its end."""


class Goal(IntFlag):
    """What is true of a goal that a call reached."""

    OVER = 1
    """The call is."""
    NUMBER = 2
    """The caller showed a number."""
    AGAIN = 4
    """The same caller called again within `AGAIN_DAYS` after its end and reached it once more."""


AGAIN_HOURS = 24
AGAIN_DAYS = 7

EXACT = 128
"""Seconds below this are each a bucket of their own; from there on, buckets keep the seven highest bits of a number."""

_DOUBLINGS = 13
"""How often the width of buckets doubles: up to 2^20 seconds, twelve days."""

COARSE_EDGES = (5, 21, 31, 61)
"""Where values are put together roughly, waits are still parted here: at what figures ask of them by default."""


def bucket(seconds: int) -> int:
    """The bucket of so many seconds, named by the least that is in it; it is at most 1/64 (1.6 %) wide."""
    if seconds < EXACT:
        return seconds
    width = 1 << min(seconds.bit_length() - 7, _DOUBLINGS)
    return seconds // width * width


def bucket_sql(seconds: str) -> str:
    """The same of an expression of SQL."""
    cases = [f"WHEN {seconds} < {EXACT} THEN {seconds}"]
    for power in range(1, _DOUBLINGS):
        cases.append(f"WHEN {seconds} < {EXACT << power} THEN {seconds} / {1 << power} * {1 << power}")
    return f"CASE {' '.join(cases)} ELSE {seconds} / {1 << _DOUBLINGS} * {1 << _DOUBLINGS} END"


def coarse_sql() -> str:
    """The value of a row of the cube with seconds put together roughly; all others stay as they are."""
    added = ", ".join(f"{kind:d}" for kind in ONLY_ADDED_UP)
    waits = " ".join(f"WHEN value < {edge} THEN {low}" for low, edge in pairwise((0, *COARSE_EDGES)))
    return (
        f"CASE WHEN value < 0 THEN value WHEN kind IN ({added}) THEN 0 "
        f"WHEN kind >= {Kind.ANSWERED:d} THEN CASE {waits} ELSE {COARSE_EDGES[-1]} END ELSE value END"
    )
