"""Who holds the phone: a script, a test, or a person at a terminal (`terminal.Person`)."""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

from ivr.phone.acts import ALLOWED, Act, Dialed, HangUp, Press, Silent, Speak, read_script
from ivr.phone.transcript import words
from ivr.phone.twiml import Dial, Gather, Pause, Play, Record, Say


class Caller(Protocol):
    """What a call asks of the one who holds the phone. Each answer is one act."""

    def early(self, part: Say | Play | Pause) -> Press | HangUp | None:
        """Asked before each part that is heard: what is done while it lasts, if anything.

        Within a Gather, keys cut it short; outside they are typed ahead.
        """
        ...

    def gather(self, gather: Gather) -> Press | Silent | HangUp:
        """Asked when a Gather waits for keys, all of its words having been heard."""
        ...

    def dial(self, dial: Dial) -> Dialed | HangUp:
        """Asked when the line dials: how it goes. Hanging up ends the call while it rings."""
        ...

    def record(self, record: Record) -> Speak | Press | Silent | HangUp:
        """Asked when the line records. Keys or silence alone make an empty recording."""
        ...


class Script:
    """A caller that follows a list of acts, one for each prompt that waits.

    When they run out, the caller hangs up; at a Dial, where the next act is none of a Dial's, the other
    side answers and talks for 30 s. An act that does not fit its place is a ValueError.
    """

    def __init__(self, acts: Iterable[Act] = ()) -> None:
        self._acts = deque(acts)

    @classmethod
    def read(cls, text: str) -> "Script":
        """The script that `text` writes out (see `acts`). Raises ValueError for an unknown token."""
        return cls(read_script(text))

    @property
    def left(self) -> tuple[Act, ...]:
        """The acts that have not been done."""
        return tuple(self._acts)

    def early(self, part: Say | Play | Pause) -> Press | HangUp | None:  # noqa: ARG002 (any part will do)
        """The next act, if it is an early one."""
        if self._acts and isinstance(act := self._acts[0], Press | HangUp) and act.early:
            self._acts.popleft()
            return act
        return None

    def gather(self, gather: Gather) -> Press | Silent | HangUp:  # noqa: ARG002
        """The next act: keys, silence or hanging up."""
        act = self._next()
        return act if isinstance(act, Press | Silent | HangUp) else _misplaced(act, "a prompt for keys")

    def dial(self, dial: Dial) -> Dialed | HangUp:  # noqa: ARG002
        """The next act where it is one of a Dial's; else an answer, and nothing of the script is used."""
        if self._acts and isinstance(act := self._acts[0], Dialed | HangUp):
            self._acts.popleft()
            return act
        return Dialed()

    def record(self, record: Record) -> Speak | Press | Silent | HangUp:  # noqa: ARG002
        """The next act: speech, keys, silence or hanging up."""
        act = self._next()
        return act if not isinstance(act, Dialed) else _misplaced(act, "a recording")

    def _next(self) -> Act:
        return self._acts.popleft() if self._acts else HangUp()


def _misplaced(act: Act, place: str) -> HangUp:
    raise ValueError(f"{words(act)!r} does not fit {place}; a script may hold: {ALLOWED}")
