"""One step back: which version a line goes back to, and which one after that."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.store.versions import Published


def step_back(history: Sequence[Published]) -> str | None:
    """The version before the one that all callers get, of a line's history, the newest first; None for none.

    Each step goes further back: after A, B and C it is B, and then A, never C again. A line that was retired goes back
    to what was live.
    """
    before: list[str | None] = []  # what one step would undo, the last first to go; None is no version at all
    for it in reversed(history):
        match it.deed:
            case "published" | "promoted":
                before.append(it.version)
            case "retired":
                before.append(None)
            case "rolled_back":
                if it.version in before:
                    while before[-1] != it.version:
                        before.pop()
                else:
                    before.append(it.version)
    return next((version for version in reversed(before[:-1]) if version not in (None, before[-1])), None)
