"""What a walk finds: plain values, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many there are of something, and those that no call came to."""

    total: int
    missed: tuple[str, ...]

    @property
    def reached(self) -> int:
        """How many some call came to."""
        return self.total - len(self.missed)


@dataclass(frozen=True, slots=True)
class Unreached:
    """A step that no call comes to, or a way out that none takes, and why as far as the walk can tell."""

    step: str
    way: str  # the key of the exit, such as `menu.1`, `then`; empty for the whole step
    why: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must not be: a crash, a loop without the caller, a call that does not end."""

    step: str
    what: str
    way: tuple[str, ...]  # what the caller and the world did, from the beginning of the call


@dataclass(frozen=True, slots=True)
class Way:
    """A way from the beginning of a call to a person."""

    at: str  # the place from which the caller sets out for a person
    person: str  # the step that hands them over
    keys: int
    seconds: float  # of words that they hear
    path: tuple[str, ...]  # keys to press, and in words what else happens
    confirmed: bool  # the engine, called from the beginning with this path, comes to that step


@dataclass(frozen=True, slots=True)
class Silence:
    """What a caller meets who never presses a key."""

    seconds: float  # until a person, or the end: of words, and of waiting for keys
    to: str  # the step that hands them over; empty where the line hangs up


@dataclass(frozen=True, slots=True)
class Heard:
    """A place where a caller hears the same words three times without having asked for them."""

    place: str
    prompts: tuple[str, ...]  # the addresses of the words
    language: str
    why: str  # what the caller does meanwhile


@dataclass(frozen=True, slots=True)
class Proof:
    """How the paths of the line come to their ends: numbers of turns, between states, that do so."""

    ended: int  # the line hangs up, or a dialled caller does
    handed_over: int  # a number is dialled, a message is taken
    hung_up: int  # the caller does
    capped: int  # a cap stops the caller
    loops: int  # groups of states in which a caller can go round
    driven: int  # of these, those that the engine was driven round until the caps ended the call


@dataclass(frozen=True, slots=True)
class Walk:
    """All that a walk found."""

    line: str
    states: int
    inputs: int  # that were tried
    steps: Coverage
    options: Coverage
    outcomes: Coverage
    languages: Coverage
    proof: Proof
    longest_in_keys: Way | None
    longest_in_seconds: Way | None
    silence: Silence | None
    too_far: tuple[str, ...]  # places that lie more inputs from the beginning than a call may have
    no_key_to_a_person: tuple[str, ...]  # places from which only giving up leads to one
    heard: tuple[Heard, ...]
    unreached: tuple[Unreached, ...]
    undecided: tuple[str, ...]  # what the walk cannot decide, in words
    faults: tuple[Fault, ...]
    finished: bool = True  # whether all was walked: not where there were more states than it may keep

    @property
    def proven(self) -> bool:
        """Whether every path ends, hands over or is stopped by the caps, and nothing broke."""
        return self.finished and not self.faults
