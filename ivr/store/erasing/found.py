"""What a search looked at, and what it found there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counted:
    """One place. `found` is what should not be there; `going_on` what a call needs that goes on right now."""

    of: str = "places"
    """What is counted: rows, keys, files."""
    places: int = 0
    bytes: int = 0
    found: int = 0
    going_on: int = 0

    def looked(self, places: int, size: int) -> None:
        """Counts what was looked at: rows, keys or files, and their bytes."""
        self.places += places
        self.bytes += size


@dataclass(slots=True)
class Found:
    """All places of a search, by name. A name says nothing of the caller."""

    places: dict[str, Counted] = field(default_factory=dict)

    def at(self, name: str, of: str) -> Counted:
        """The place of that name, in which these are counted."""
        return self.places.setdefault(name, Counted(of))

    @property
    def found(self) -> int:
        """How often the caller was found."""
        return sum(place.found for place in self.places.values())

    @property
    def going_on(self) -> int:
        """How often a call was found that goes on."""
        return sum(place.going_on for place in self.places.values())
