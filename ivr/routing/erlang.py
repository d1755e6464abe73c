"""What queueing theory says of waits: Erlang C, where nobody hangs up, and Erlang A, where callers lose patience.

Calls come at a rate, as a Poisson process; each of so many agents serves at a rate, exponentially; in Erlang A
(Palm 1946; Garnett, Mandelbaum and Reiman, Designing a Call Center with Impatient Customers, 2002) each caller's
patience is exponential too. Rates are per any unit of time, and waits are in the same unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected in the long run. Probabilities are 0 to 1."""

    waits: float
    """The probability that a caller waits at all."""
    wait: float
    """The mean wait of all callers, those who are served at once and those who hang up among them."""
    queue: float
    """How many wait, on average."""
    abandons: float = 0.0
    """The probability that a caller hangs up before they are served."""


def erlang_b(agents: int, load: float) -> float:
    """The probability that all agents are busy where nobody can wait; `load` in erlangs. By the usual recursion."""
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(rate: float, service: float, agents: int) -> Expected:
    """M/M/n: calls per unit, calls that one agent serves per unit, agents. Endless where they cannot keep up."""
    load = rate / service
    if load >= agents:
        return Expected(1.0, inf, inf)
    blocked = erlang_b(agents, load)
    waits = agents * blocked / (agents - load * (1 - blocked))
    wait = waits / (agents * service - rate)
    return Expected(waits, wait, rate * wait)


def answered_within(rate: float, service: float, agents: int, time: float) -> float:
    """The service level by Erlang C: the share of callers who wait no longer than that time."""
    if rate / service >= agents:
        return 0.0
    return 1 - erlang_c(rate, service, agents).waits * exp(-(agents * service - rate) * time)


def erlang_a(rate: float, service: float, agents: int, impatience: float) -> Expected:
    """M/M/n+M: as Erlang C, where a caller who waits hangs up at the rate `impatience` (more than 0).

    From the stationary probabilities of the birth-death process, summed until what is left is nothing.
    """
    weights = [1.0]
    for busy in range(1, agents + 1):
        weights.append(weights[-1] * rate / (busy * service))
        if weights[-1] > 1e200:  # only their proportion matters
            weights = [weight / 1e200 for weight in weights]
    below = sum(weights[:-1])
    term, length, total, waiting = weights[-1], 0, weights[-1], 0.0
    while length == 0 or term > 1e-15 * total or rate > agents * service + length * impatience:
        length += 1
        term *= rate / (agents * service + length * impatience)
        total += term
        waiting += length * term
        if total > 1e250:
            term, total, waiting, below = term / 1e250, total / 1e250, waiting / 1e250, below / 1e250
    everything = below + total
    queue = waiting / everything
    return Expected(total / everything, queue / rate, queue, impatience * queue / rate)
