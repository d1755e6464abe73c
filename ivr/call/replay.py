"""Folding `step` over the log: what a call's records say of it, and what a draft would have made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.call.engine import step
from ivr.call.inputs import Input
from ivr.call.state import Call, Record, Turn
from ivr.menu.flow import Flow


def replay(flow: Flow, call: Call, records: Iterable[Record]) -> Iterator[Turn]:
    """The turns of a call from its state before the records on, in the order of `seq`.

    On the version of the call the turns' events are those of the records.
    """
    inputs: Iterable[Input] = (record.input for record in sorted(records, key=lambda record: record.seq))
    for input_ in inputs:
        turn = step(flow, call, input_)
        call = turn.call
        yield turn
