"""What a call was told when it wanted something: the answers that the log has, for whoever wants the same again."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import datetime

from ivr.call.inputs import Input, Told
from ivr.call.wants import RunLookup, Want
from ivr.menu.flow import Flow, Table
from ivr.menu.values import Type


class AnswersKnown:
    """The answers of one call, in the order in which they came. Each is given once.

    The same is a look-up of the same rows of the same table, or the same request to a server, with the same values,
    whatever its name in the file; a queue of the same name, with the same head start; a survey asked of as many.
    """

    def __init__(self) -> None:
        self._kept: defaultdict[Hashable, deque[tuple[Input, Mapping[str, Type]]]] = defaultdict(deque)

    def keep(self, flow: Flow, want: Want, answer: Input) -> None:
        """Keeps what a want of this flow was answered with."""
        gives = flow.lookups[want.lookup].gives if isinstance(want, RunLookup) else {}
        self._kept[what(flow, want)].append((answer, gives))

    def take(self, flow: Flow, want: Want, at: datetime) -> Input | None:
        """The answer to a want of this flow at a moment; None where the log has none, or not all that is asked for."""
        kept = self._kept.get(what(flow, want))
        if not kept:
            return None
        answer, gave = kept.popleft()
        if isinstance(want, RunLookup) and isinstance(answer, Told) and answer.outcome == "found":
            gives = flow.lookups[want.lookup].gives
            if any(gave.get(field) != type_ for field, type_ in gives.items()):
                return None
        return answer if answer.at == at else replace(answer, at=at)


def what(flow: Flow, want: Want) -> Hashable:
    """What is wanted, the same for two flows that want the same."""
    if not isinstance(want, RunLookup):
        return want
    source, values = flow.lookups[want.lookup], _Values(want.values)
    if isinstance(source, Table):
        rows = sorted((column, template.fill(values)) for column, template in source.where.items())
        return source.table, source.next, tuple(rows)
    fields = [sorted((name, it.fill(values)) for name, it in part.items()) for part in (source.body, source.headers)]
    return "get" if source.get else "post", source.url.fill(values), *map(tuple, fields)


class _Values(dict[str, str]):
    """Values by name; a setting of the service (`env.NAME`) stands for itself."""

    def __missing__(self, name: str) -> str:
        return f"<{name}>"
