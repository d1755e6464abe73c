"""Who takes whom next, and why; how long a wait may be; when a callback is due.

Pure: what is free and who waits comes in as data, a choice with its reason goes out. The slot of the queues claims
it, or finds that somebody was quicker; then it is chosen again. Moments are seconds since 1970, UTC.

    people      callers who wait, agents who are free; who of them fits together, and since when
    order       who is first: arrival less a head start
    strategies  which of several free agents, each a small function
    choose      all of it together: `choose(team, free, waiting, now) -> Choice`
    estimate    how long a caller may still wait, as a range, and how true such ranges were
    callbacks   whether one can be booked, and which are to be made now
    erlang      what queueing theory says of waits, for simulations and staffing
"""

from ivr.routing.choose import Choice, choose
from ivr.routing.people import Free, Waiter

__all__ = ["Choice", "Free", "Waiter", "choose"]
