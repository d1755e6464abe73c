"""One logged call over two versions: where it ended, and where the same caller would have ended on the other one.

Both are folded over the same inputs. What a caller does is an answer to what they heard, so an input counts on the new
version as long as the caller has heard the same there, word for word, and the same is awaited (`ivr.call.heard`): then
they press the same key, whatever it does there. From the first input on of which that cannot be said, the call is
undecidable. What would only have been heard later decides nothing of what was done before.

    an act         keys, silence, a recording, the end of a dialled leg, what comes in a wait, hanging up: fed to both
    an answer      belongs to the want that it answers: the new version gets it when it wants the same, earlier or later
    a return       the carrier comes again after words that await nothing: each version has its own

A caller who is handed over on the new version (a number is dialled, a queue, a message) at a place where on the old one
they are not, or at another step, has come to an end of the menu that is known: what came after it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ivr.call.answers_known import AnswersKnown
from ivr.call.by_number import by_number
from ivr.call.engine import step
from ivr.call.heard import same_wait, same_words
from ivr.call.inputs import Accepted, Hidden, Input, Noticed, RecordingReady, Released, Silent, Told, Waited
from ivr.call.says import Redirect
from ivr.call.sides import NewSide, Side, Undecidable, Why, came
from ivr.call.state import Call, Turn
from ivr.call.wants import Want
from ivr.menu.flow import Flow
from ivr.menu.graph import reaches_person
from ivr.menu.steps import Ask

How = Literal["line", "caller", "lost", "handed_over"]
"""How a call ended: the menu hung up, the caller did, nobody said; or, where no more is known, handed over."""

Verdict = Literal["same", "another_way", "elsewhere", "undecidable"]


@dataclass(frozen=True, slots=True)
class End:
    """Where a call ended: the last step that it came to, and how."""

    step: str
    how: How


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of one call.

    `new` is None where that is undecidable. `at` is the step of the new version at which the ways parted, or at which
    the call is undecidable, and `instead` the step of its own version at that moment; both are empty of the same way.
    `key` is what was chosen as the ways parted, where it was a key. `path` are the steps that the call came to on
    its own version: those of the log, where this release does what that one did.
    """

    verdict: Verdict
    old: End
    new: End | None
    path: tuple[str, ...]
    at: str = ""
    instead: str = ""
    key: str = ""
    why: Why | Literal[""] = ""


ANSWERS = (Told, Waited, Released)
"""The inputs by which wants are answered."""

FACTS = (Accepted, RecordingReady, Noticed)
"""The inputs that come without a turn while the call goes on."""


class Comparer:
    """Compares calls of one version with another one. With `reworded`, the same prompts are heard as the same words."""

    def __init__(self, old: Flow, new: Flow, *, reworded: bool = False) -> None:
        self._old = old
        self._new = new
        self._reworded = reworded
        self._by_number = {} if old is new else by_number(new)
        self._old_by_number = by_number(old) if self._by_number else {}

    def compare(self, call: Call, inputs: Sequence[Input]) -> Compared:
        """What becomes of a call that has not begun, given the inputs of its records (one at least) in their order."""
        answers, turns = self._folded(call, inputs)
        path = tuple(name for turn in turns for name in came(turn))
        known = frozenset[str]().union(*(self._old_by_number.get(name, ()) for name in path))
        old, new = Side(self._old, call), NewSide(self._new, call, answers, self._by_number, known)
        ended = turns[-1].call
        end = End(ended.place, _how(ended.ended))
        noted = 0
        try:
            for input_, turn in zip(inputs, turns, strict=True):
                if not self._feed(input_, old, new):
                    break
                old.note(turn)
                noted += 1
            else:
                self._finish(inputs[-1], old, new)
        except Undecidable as stop:
            later = [old.call.place, *(name for turn in turns[noted:] for name in came(turn))]
            return self._undecided(stop, old, new, end, path, later)
        new.part(old)
        new_end = End(new.call.place, _how(new.call.ended))
        if new.parted is None:
            return Compared("same", end, new_end, path)
        verdict: Verdict = "another_way" if end == new_end else "elsewhere"
        return Compared(verdict, end, new_end, path, *new.parted)

    def _folded(self, call: Call, inputs: Sequence[Input]) -> tuple[AnswersKnown, list[Turn]]:
        """The call on its own version, and what it was told there."""
        answers, turns = AnswersKnown(), []
        want: Want | None = None
        for input_ in inputs:
            if want is not None and isinstance(input_, ANSWERS):
                answers.keep(self._old, want, input_)
            turn = step(self._old, call, input_)
            if turn.want is not None or turn.says:
                want = turn.want
            call = turn.call
            turns.append(turn)
        return answers, turns

    def _feed(self, input_: Input, old: Side, new: NewSide) -> bool:
        """What an input of the log does on the new version; false where the call is over there. Raises Undecidable."""
        if new.call.ended:
            return False
        if old.call.ended:
            return True  # a fact that came late
        if isinstance(input_, FACTS):
            if isinstance(input_, Noticed) or (new.pending is None and new.call.queued is not None):
                new.take(input_)
            return True
        if old.want is not None and isinstance(input_, ANSWERS):
            if new.pending == old.pending:
                new.go_on(input_.at)
            return True
        if isinstance(old.closing, Redirect) and isinstance(input_, Silent):
            if new.pending is Redirect:
                new.go_on(input_.at)
            return True
        if new.call.place:
            self._same_so_far(input_, old, new)
            if new.call.ended:
                return False
        new.part(old)
        old.act()
        new.act()
        new.take(input_)
        return True

    def _finish(self, last: Input, old: Side, new: NewSide) -> None:
        """To the end of a call of which the log has no more inputs. Raises Undecidable."""
        if new.call.ended:
            return
        if old.call.ended:
            new.settle(last.at)
            if not new.call.ended:
                raise Undecidable("over", new.call.place)
        else:
            self._same_so_far(last, old, new)

    def _same_so_far(self, input_: Input, old: Side, new: NewSide) -> None:
        """Sees to it that both await something of the caller. Raises Undecidable where that, or what they heard, is
        not the same; unless the call is over by then.
        """
        if new.pending is None or new.pending != old.pending:
            new.settle(input_.at)
        if new.call.ended:
            return
        if not same_words(old.said, new.said, reworded=self._reworded):
            raise Undecidable("heard", new.call.place)
        if new.pending != old.pending or not (new.pending or same_wait(old.closing, new.closing, input_)):
            raise Undecidable("awaited", new.call.place)
        if isinstance(input_, Hidden) and not _judged_alike(old, new):
            raise Undecidable("secret", new.call.place)

    def _undecided(
        self, stop: Undecidable, old: Side, new: NewSide, end: End, path: tuple[str, ...], later: Sequence[str]
    ) -> Compared:
        place, instead = stop.at, old.call.place
        new.part(old)
        parted = new.parted or (place, instead, "")
        if place not in later[:1] and _hands_over(self._new, place):
            if place in path:
                return Compared("another_way", end, End(place, "handed_over"), path, *parted)
            handed = next((name for name in later if _hands_over(self._old, name)), None)
            from_ = End(handed, "handed_over") if handed else end
            return Compared("elsewhere", from_, End(place, "handed_over"), path, *parted)
        return Compared("undecidable", end, None, path, place, instead, why=stop.why)


def _how(ended: str) -> How:
    return "line" if ended == "line" else "caller" if ended else "lost"


def _hands_over(flow: Flow, place: str) -> bool:
    return place in flow.steps and reaches_person(flow.steps[place])


def _judged_alike(old: Side, new: Side) -> bool:
    """Whether secret keys mean the same at both places: the log has only what they were judged to be."""
    asked = [side.flow.steps[side.call.place].act for side in (old, new)]
    one, other = ((it.type, it.length, it.luhn, it.hidden) if isinstance(it, Ask) else None for it in asked)
    return one == other and old.flow.country == new.flow.country
