"""One thing that is tried at a place."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.call.inputs import Input


@dataclass(frozen=True, slots=True)
class Try:
    """An input, as a person would write it down, and whether it is what the caller came for."""

    input: Input
    label: str
    keys: int = 0
    willing: bool = True  # no silence, no wrong key, no hang-up
