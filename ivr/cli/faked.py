"""Look-ups of trial calls: answered by what a script or an option says, and else really, where that is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from ivr.call.inputs import Told
from ivr.call.wants import RunLookup
from ivr.menu import Flow
from ivr.menu.flow import Request
from ivr.phone.scripts import Answer, answer_line
from ivr.switchboard.lookups import LookupRunner
from ivr.switchboard.typed import typed


class Faked:
    """A look-up runner in front of the real one, for one call at a time.

    Each answer is given once, in their order, to the look-up of its name; after that a table is read, and a server
    asked where `servers` allows it. `tell` hears the transcript's line of each answer that was no table's.
    """

    def __init__(self, tell: Callable[[str], None], *, servers: bool) -> None:
        self.left: list[Answer] = []
        self.refused: list[str] = []  # look-ups that would have asked a server
        self._tell = tell
        self._servers = servers
        self._real: LookupRunner | None = None

    def expect(self, answers: Iterable[Answer]) -> Faked:
        """This runner, for a call with these answers."""
        self.left, self.refused = list(answers), []
        return self

    def over(self, real: LookupRunner) -> Faked:
        """This runner, with the real one behind it."""
        self._real = real
        return self

    def run(self, flow: Flow, want: RunLookup, at: datetime, deadline: float) -> Told:
        """The answer of the look-up."""
        answer = next((answer for answer in self.left if answer.lookup == want.lookup), None)
        if answer is not None:
            self.left.remove(answer)
            self._tell(answer_line(answer))
            return told(flow, answer, at)
        assert self._real is not None  # noqa: S101 - a service has put it there
        if not isinstance(flow.lookups[want.lookup], Request):
            return self._real.run(flow, want, at, deadline)
        if not self._servers:
            self.refused.append(want.lookup)
            return Told(at, "failed", why="a script asks no server")
        found = self._real.run(flow, want, at, deadline)
        values = {name: _text(value) for name, value in found.values.items()}
        self._tell(answer_line(Answer(want.lookup, found.outcome, values)))
        return found


def told(flow: Flow, answer: Answer, at: datetime) -> Told:
    """What the engine is told: values of the types that the line declares. Raises ValueError as `misfits` says."""
    if answer.outcome != "found":
        return Told(at, "not_found" if answer.outcome == "not_found" else "failed", why="as the script says")
    gives = flow.lookups[answer.lookup].gives
    return Told(at, "found", {name: typed(answer.values[name], type_) for name, type_ in gives.items()})


def misfits(flow: Flow, answers: Iterable[Answer]) -> Iterator[tuple[int, str]]:
    """What the line could not take of these answers: the number of the answer's line, and what is wrong."""
    for answer in answers:
        if answer.lookup not in flow.lookups:
            known = ", ".join(flow.lookups) or "none"
            yield answer.number, f'{flow.name} has no look-up "{answer.lookup}"; it has {known}'
            continue
        if answer.outcome != "found":
            continue
        gives = flow.lookups[answer.lookup].gives
        listed = " ".join(f"{name}={type_.upper()}" for name, type_ in gives.items())
        odd = [name for name in answer.values if name not in gives] + [n for n in gives if n not in answer.values]
        if odd:
            lacks = "has no value" if odd[0] in gives else "does not give"
            yield answer.number, f'"{answer.lookup}" {lacks} "{odd[0]}"; write found {listed}'
            continue
        for name, type_ in gives.items():
            try:
                typed(answer.values[name], type_)
            except ValueError as error:
                yield answer.number, f'{name}="{answer.values[name]}": {error}; "{answer.lookup}" gives a {type_} there'


def _text(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
