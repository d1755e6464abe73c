"""What the engine needs from the world; the switchboard answers with `Told`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunLookup:
    """Run the look-up that the flow declares under this name.

    `values` has each name that it uses, as text. It may hold secrets: it is never stored or logged.
    """

    lookup: str
    values: Mapping[str, str]

    def __repr__(self) -> str:
        return f"RunLookup({self.lookup!r}, names={sorted(self.values)})"


Want = RunLookup
