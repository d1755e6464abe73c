"""What is different between two versions of a line, as data, and as an operator would say it.

diff        the changes of the whole, in their order       diff_line   the top of the file, hours, look-ups, pieces
diff_steps  steps, one by one: where they lead, their      diff_words  what callers hear, and how long it takes
            options and settings
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
    from ivr.menu.diff_steps import renamed_steps, step_changes

    names = renamed_steps(old, new)
    yield from line_changes(old, new, names)
    yield from step_changes(old, new, names)
