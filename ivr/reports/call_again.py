"""What a caller did in a call, so that it can be done again: in the browser phone, in the terminal, as a script.

Secrets are not in the log, so they are not here: whoever calls again enters their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal

from ivr.store.log_queries import KeptRecord, LoggedCall

Kind = Literal["press", "secret", "silence", "speak", "party", "hang_up"]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that the caller did, or the other side of a dialled call: so many seconds after the one before.

    `step` is where the call was. `keys` are those pressed, or, of a secret, as many dots; `seconds` are of a recording
    or a talk; `outcome` is the other side's.
    """

    seq: int
    after: float
    step: str
    kind: Kind
    keys: str = ""
    seconds: int = 0
    outcome: str = ""
    hung_up: bool = False
    waiting: bool = False
    """Whether it was done while waiting in a queue, where time is what happens."""

    @property
    def word(self) -> str:
        """As `ivr call --keys` takes it; a secret as a gap that is no word, so that nobody calls with a wrong one."""
        match self.kind:
            case "press":
                return self.keys
            case "secret":
                return f"<{len(self.keys)}-secret-keys>"
            case "silence":
                return "silence"
            case "speak":
                return f"speak:{max(1, self.seconds)}" + (":hangup" if self.hung_up else "")
            case "party" if self.outcome == "answered":
                return f"answered:{max(1, self.seconds)}" + (":hangup" if self.hung_up else "")
            case "party":
                return {"no_answer": "no-answer"}.get(self.outcome, self.outcome)
        return "hangup"


@dataclass(frozen=True, slots=True)
class Again:
    """A call to be made again: what is called, when it was, who of the team was in, and what the caller did."""

    sid: str
    line: str
    to: str
    at: datetime
    agents: tuple[str, ...]
    acts: tuple[Act, ...]

    @property
    def secrets(self) -> bool:
        """Whether something is left for whoever calls to enter."""
        return any(act.kind == "secret" for act in self.acts)

    @property
    def keys(self) -> str:
        """All of it as one `--keys`, waits in a queue too."""
        return " ".join(_words(self.acts))

    def command(self, zone: tzinfo) -> str:
        """The `ivr call` that makes it again, below the folder of the menus; the moment by the line's clock."""
        agents = "".join(f' --agent "{it}: available"' for it in self.agents)
        return f'ivr call menus/{self.line}.yaml --at {_moment(self.at, zone)}{agents} --keys "{self.keys}"'

    def script(self, zone: tzinfo, caller: str = "anonymous") -> str:
        """A script for `ivr test`: what the caller did; `ivr test --update` adds what must be heard."""
        rows = [
            f"# Call {self.sid} again. What the caller did; `ivr test --update` adds what is heard.",
            *(["# Each <…-secret-keys> is not in the log: write keys of your own there."] if self.secrets else []),
            f"line: {self.line}.yaml",
            f"from: {caller}",
            f"to: {self.to}",
            f"at: {_moment(self.at, zone)}",
            *(f"agent {it}: available" for it in self.agents),
            "",
            *(f"> {word}" for word in _words(self.acts)),
        ]
        return "\n".join(rows) + "\n"

    def payload(self) -> dict[str, Any]:
        """What the browser phone needs, for JSON."""
        acts = [
            {"after": round(it.after, 1), "step": it.step, "kind": it.kind, "keys": it.keys, "seconds": it.seconds,
             "outcome": it.outcome, "seq": it.seq}
            for it in self.acts
        ]  # fmt: skip
        return {"sid": self.sid, "line": self.line, "to": self.to, "at": self.at.isoformat(), "acts": acts}


def again(call: LoggedCall, records: Sequence[KeptRecord]) -> Again | None:
    """What it takes to make the call again; None where the log lacks its beginning, or we made the call."""
    first = records[0] if records else None
    if first is None or first.input.get("kind") != "started" or not call.line or first.input.get("step"):
        return None
    agents = dict.fromkeys(
        str(event["agent"]) for record in records for event in record.events if event.get("kind") == "connected"
    )
    return Again(call.call_sid, call.line, call.called or "", first.at, tuple(agents), tuple(_acts(records)))


def _acts(records: Sequence[KeptRecord]) -> Iterator[Act]:
    step, last, over = "", records[0].at, False
    for record in records:
        made = None if over else _act(record, (record.at - last).total_seconds(), step)
        if made is not None:
            yield made
            last = record.at
        for event in record.events:
            if event.get("kind") == "entered":
                step = str(event.get("step", ""))
            over = over or event.get("kind") == "ended"


def _act(record: KeptRecord, after: float, step: str) -> Act | None:
    input_, kinds = record.input, {str(event.get("kind")) for event in record.events}
    match input_:
        case {"kind": "pressed", "keys": str(keys)}:
            return Act(record.seq, after, step, "press", keys)
        case {"kind": "hidden", "length": int(length)}:
            return Act(record.seq, after, step, "secret", "•" * length)
        case {"kind": "silent"} if "no_input" in kinds or "survey_skipped" in kinds:
            return Act(record.seq, after, step, "silence")
        case {"kind": "waited", "keys": str(keys)} if keys:
            return Act(record.seq, after, step, "press", keys, waiting=True)
        case {"kind": "recorded", **rest}:
            hung_up = bool(rest.get("hung_up"))
            return Act(record.seq, after, step, "speak", seconds=_whole(rest.get("seconds")), hung_up=hung_up)
        case {"kind": "dialed", "outcome": str(outcome), **rest}:
            hung_up = bool(rest.get("hung_up"))
            seconds = _whole(rest.get("seconds"))
            return Act(record.seq, after, step, "party", seconds=seconds, outcome=outcome, hung_up=hung_up)
        case {"kind": "hung_up"} if "ended" in kinds:
            return Act(record.seq, after, step, "hang_up", waiting="abandoned" in kinds)
    return None


def _words(acts: Sequence[Act]) -> Iterator[str]:
    for act in acts:
        if act.waiting and act.after >= 1:
            yield f"wait:{round(act.after)}"
        yield act.word


def _whole(value: Any) -> int:
    return value if type(value) is int and value > 0 else 0


def _moment(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
