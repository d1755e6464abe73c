"""A call on the version that it had, and on a new one of which the log has no records, side by side."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Literal

from ivr.call.answers_known import AnswersKnown, what
from ivr.call.engine import step
from ivr.call.events import Chose, Entered
from ivr.call.inputs import Input, Silent
from ivr.call.says import Closing, Redirect, Say
from ivr.call.state import Call, Turn
from ivr.call.wants import Want
from ivr.menu.flow import Flow

Why = Literal["heard", "awaited", "unanswered", "secret", "number", "over"]
"""Why a call is undecidable from somewhere on: other words were heard before the next input, or something else was
awaited; the log has no answer to what is wanted; it hangs on secret keys, or on the caller's number, which the log does
not keep; the call was over by then, so the log has no input for what is asked."""

MOST_AT_ONCE = 60
"""Wants and returns between two acts: a draft that leads from one to the next for ever is stopped here."""


class Undecidable(Exception):  # noqa: N818 - it is an answer, not a fault
    """What the caller would have done on the new version cannot be said any more, from the step `at` on, and why."""

    def __init__(self, why: Why, at: str) -> None:
        self.why: Why = why
        self.at = at


class Side:
    """A call on one version: since the caller's last act what was said, what is awaited, and where they came."""

    __slots__ = ("call", "came", "chose", "closing", "flow", "left", "said", "want")

    def __init__(self, flow: Flow, call: Call) -> None:
        self.flow = flow
        self.call = call
        self.said: list[Say] = []
        self.closing: Closing | None = None
        self.want: Want | None = None
        self.came: list[str] = []
        self.left = ""  # where they were when they acted
        self.chose = ""  # the key that they chose there

    def act(self) -> None:
        """The caller acts: what comes now is the answer to it."""
        self.left = self.call.place
        self.said, self.came, self.chose = [], [], ""

    def note(self, turn: Turn) -> None:
        """What an input has led to. A mere fact leaves what is awaited as it is."""
        self.call = turn.call
        for event in turn.events:
            if type(event) is Entered:
                self.came.append(event.step)
            elif type(event) is Chose:
                self.chose = event.key
        if turn.want is None and not turn.says:
            return
        self.want, self.closing = turn.want, None
        for it in turn.says:
            if isinstance(it, Say):
                self.said.append(it)
            else:
                self.closing = it

    def take(self, input_: Input) -> None:
        """Steps on an input."""
        self.note(step(self.flow, self.call, input_))

    @property
    def pending(self) -> Hashable:
        """What is awaited, where that is nothing of the caller's."""
        if self.want is not None:
            return what(self.flow, self.want)
        return Redirect if isinstance(self.closing, Redirect) else None


class NewSide(Side):
    """The new version, which the log has no records of: it is told what the call was told."""

    __slots__ = ("_answers", "_by_number", "_known", "parted")

    def __init__(
        self,
        flow: Flow,
        call: Call,
        answers: AnswersKnown,
        by_number: Mapping[str, frozenset[str]],
        known: frozenset[str],
    ) -> None:
        super().__init__(flow, call)
        self._answers = answers
        self._by_number = by_number
        self._known = known  # what the call's own version decided by the number
        self.parted: tuple[str, str, str] | None = None  # see Compared: at, instead, key

    def take(self, input_: Input) -> None:
        """Steps on an input. Raises Undecidable where that leads by a step which decides by the caller's number."""
        super().take(input_)
        for name in self.came if self._by_number else ():
            if not self._by_number.get(name, frozenset()) <= self._known:
                raise Undecidable("number", name)

    def go_on(self, at: datetime) -> None:
        """Answers what is wanted, or lets the carrier come again. Raises Undecidable where the log has no answer."""
        if self.want is None:
            self.take(Silent(at))
            return
        answer = self._answers.take(self.flow, self.want, at)
        if answer is None:
            raise Undecidable("unanswered", self.call.place)
        self.take(answer)

    def settle(self, at: datetime) -> None:
        """Goes on until something of the caller is awaited. Raises Undecidable."""
        for _ in range(MOST_AT_ONCE):
            if self.pending is None:
                return
            self.go_on(at)
        raise Undecidable("unanswered", self.call.place)

    def part(self, old: Side) -> None:
        """Notes where the ways parted, the first time that the two came to other steps."""
        if self.parted is None and self.came != old.came:
            self.parted = (self.left or self.call.place, old.call.place, self.chose or old.chose)


def came(turn: Turn) -> list[str]:
    """The steps that the caller came to in a turn."""
    return [event.step for event in turn.events if type(event) is Entered]
