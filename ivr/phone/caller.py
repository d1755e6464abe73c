"""Who holds the phone: a script, a test, or a person at a terminal (`terminal.Person`)."""

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ivr.phone.acts import ALLOWED, Act, Dialed, HangUp, Press, Silent, Speak, Wait, read_script
from ivr.phone.events import Event
from ivr.phone.transcript import words
from ivr.phone.twiml import Dial, Gather, Pause, Play, Record, Say

if TYPE_CHECKING:
    from ivr.phone.leg import Leg


class Caller(Protocol):
    """What a call asks of the one who holds the phone.

    Each answer is one act; None where nobody knows yet, as with a live phone, whose keys come in when they
    are pressed (`live.LiveCaller`).
    """

    def early(self, part: Say | Play | Pause) -> Press | HangUp | None:
        """Asked before each part that is heard: what is done while it lasts, if anything.

        Within a Gather, keys cut it short; outside they are typed ahead.
        """
        ...

    def gather(self, gather: Gather) -> Press | Silent | HangUp | None:
        """Asked when a Gather waits for keys, all of its words having been heard."""
        ...

    def dial(self, dial: Dial) -> Dialed | HangUp | None:
        """Asked when the line dials: how it goes with a party that is not registered with the exchange.

        Hanging up ends the call while it rings; None is no answer.
        """
        ...

    def record(self, record: Record) -> Speak | Press | Silent | HangUp | None:
        """Asked when the line records. Keys or silence alone make an empty recording."""
        ...


@runtime_checkable
class Patient(Protocol):
    """A caller who may also do nothing for a while, and then something at that moment."""

    def waits(self) -> Wait | None:
        """Asked before anything else: for how long the caller does nothing."""
        ...

    def wakes(self) -> Press | HangUp | None:
        """Asked when that is over: what is done now, if it is not meant for the next prompt."""
        ...


@runtime_checkable
class Called(Protocol):
    """A phone that can be called."""

    def ring(self) -> Dialed | None:
        """Asked when it rings: how the call is taken; None where a person decides (`LiveCaller.answer`)."""
        ...


@runtime_checkable
class Listening(Protocol):
    """A phone that wants to know what happens on its leg."""

    def hear(self, event: Event) -> None:
        """Told of each event as it happens."""
        ...


@runtime_checkable
class Live(Protocol):
    """A phone on which things happen when they happen: it gets the leg, to tell it. One call at a time."""

    @property
    def leg(self) -> "Leg | None":
        """The leg that it is on, or was last."""
        ...

    def attach(self, leg: "Leg") -> None:
        """The leg that this phone is on from now on."""
        ...


class Script:
    """A caller that follows a list of acts, one for each prompt that waits.

    When they run out, the caller hangs up; at a Dial, where the next act is none of a Dial's, the other
    side answers and talks for 30 s. An act that does not fit its place is a ValueError.
    """

    def __init__(self, acts: Iterable[Act] = ()) -> None:
        self._acts = deque(acts)
        self._waiting = False

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
        """The next act where it is one of a Dial's; else an answer, and nothing of the script is used.

        Who does nothing for a while hangs up when that is over, and not when something is dialled meanwhile.
        """
        if self._acts and isinstance(act := self._acts[0], Dialed if self._waiting else Dialed | HangUp):
            self._acts.popleft()
            return act
        return Dialed()

    def record(self, record: Record) -> Speak | Press | Silent | HangUp:  # noqa: ARG002
        """The next act: speech, keys, silence or hanging up."""
        act = self._next()
        return _misplaced(act, "a recording") if isinstance(act, Dialed | Wait) else act

    def waits(self) -> Wait | None:
        """The next act, if it is to wait."""
        self._waiting = bool(self._acts) and isinstance(self._acts[0], Wait)
        if self._acts and isinstance(act := self._acts[0], Wait):
            self._acts.popleft()
            return act
        return None

    def wakes(self) -> Press | HangUp | None:
        """The next act, if it is one that needs no prompt."""
        if self._acts and isinstance(act := self._acts[0], Press | HangUp):
            self._acts.popleft()
            return act
        return None

    def _next(self) -> Act:
        return self._acts.popleft() if self._acts else HangUp()


class Callee(Script):
    """A phone that takes one call after the other in the same way, and then follows a script, if it has one.

    Its first prompt in a whisper document gets the keys of `taking.press`; then it is silent.
    """

    def __init__(self, taking: Dialed | None = None, acts: Iterable[Act] = ()) -> None:
        super().__init__(acts)
        self.taking = taking or Dialed()
        self._pressed = False

    def ring(self) -> Dialed:
        """How the call is taken."""
        self._pressed = False
        return self.taking

    def gather(self, gather: Gather) -> Press | Silent | HangUp:
        """The script's next act; without one, the keys that were said, once. A voicemail presses nothing."""
        if self._acts:
            return super().gather(gather)
        if self.taking.outcome == "declined":
            return HangUp()
        if self.taking.outcome == "voicemail" or self._pressed or not self.taking.press:
            return Silent()
        self._pressed = True
        return Press(self.taking.press)


def _misplaced(act: Act, place: str) -> HangUp:
    raise ValueError(f"{words(act)!r} does not fit {place}; a script may hold: {ALLOWED}")
