"""What is done in one turn of a walk: what is tried, and what is chosen of all that the turn decides on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from ivr.call.inputs import Input, Told
from ivr.call.state import Call
from ivr.call.walk.tried import Try
from ivr.call.walk.values import NOW

Chosen = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Action:
    """What was done in a turn: what was tried, and what was chosen for it."""

    tried: Try
    chosen: Chosen
    zone: tzinfo  # of the line, to tell moments in

    @property
    def words(self) -> str:
        """For a person: the key to press, or what happens."""
        told = [f"{name} {value}" for name, value in self.chosen.items() if name != NOW]
        moment = self.chosen.get(NOW)
        told += [f"on {moment.astimezone(self.zone):%A at %H:%M}"] if isinstance(moment, datetime) else []
        return f"{self.tried.label} ({', '.join(told)})" if told else self.tried.label

    def apply(self, call: Call) -> tuple[Call, Input]:
        """The call and the input of the turn, with what was chosen in them."""
        input_ = self.tried.input
        if not self.chosen:
            return call, input_
        call = call.copy()
        for name, value in self.chosen.items():
            if name == NOW:
                input_ = replace(input_, at=value)  # type: ignore[arg-type]
            elif name == "call.from":
                call.caller = str(value)
            elif name == "call.to":
                call.to = str(value)
            else:
                call.values[name] = value
        if isinstance(input_, Told) and input_.outcome == "found":
            told = {name.partition(".")[2]: value for name, value in self.chosen.items() if "." in name}
            input_ = replace(input_, values=input_.values | told)
        return call, input_
