"""What is different between two versions of a line, as data, and as an operator would say it.

diff        the changes of the whole, in their order       diff_line   the top of the file, hours, look-ups, pieces
diff_steps  steps, one by one: where they lead, their      diff_words  what callers hear, and how long it takes
            options and settings                           diff_moved  pieces whose running step has another name
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ivr.menu.flow import Flow

Kind = Literal["line", "hours", "reach", "leads", "option", "kind", "step", "piece", "lookup", "setting", "words"]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which changes are told: first what reaches every caller, then where callers go, then the words."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different.

    `step` is where, by its name in the newer version (in the older one where it is gone; "" for the whole line), `key`
    which way out, language or name there (`menu.2`, `give_up`, `es-MX`). `old` and `new` are None for what was, or is,
    not there. `words` is a sentence without its full stop.
    """

    kind: Kind
    step: str
    key: str
    old: str | None
    new: str | None
    words: str
    touches: tuple[str, ...] | None = None
    """The steps of the older version at which callers meet it; none yet for what is new. None: all callers do."""

    def __str__(self) -> str:
        """The sentence."""
        return self.words


def diff(old: Flow, new: Flow) -> tuple[Change, ...]:
    """All changes from `old` to `new`: by kinds, and in each by the file's order. None for what callers cannot tell."""
    found = list(_changes(old, new))
    order = {name: number for number, name in enumerate((*new.steps, *old.steps))}
    found.sort(key=lambda it: (KINDS.index(it.kind), order.get(it.step, -1)))
    return tuple(dict.fromkeys(found))


def _changes(old: Flow, new: Flow) -> Iterator[Change]:
    # Here, since they need Change.
    from ivr.menu.diff_line import line_changes
    from ivr.menu.diff_moved import called_now, moved, moved_name
    from ivr.menu.diff_steps import renamed_steps, step_changes

    called = called_now(old, new)
    for was, is_ in called.items():
        yield Change("step", is_, "", was, is_, f"step {was} is called {is_} now", (was,))
    before = {is_: was for was, is_ in called.items()}
    old = moved(old, called) if called else old
    names = renamed_steps(old, new)
    for it in (*line_changes(old, new, names), *step_changes(old, new, names)):
        # The log has the steps as they were called then.
        yield replace(it, touches=tuple(moved_name(step, before) for step in it.touches)) if it.touches else it
