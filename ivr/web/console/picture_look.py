"""What somebody looks at on the picture of a line: which version and traffic, which pieces closed, which step open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from flask import abort, request, url_for

from ivr.menu import Flow
from ivr.web.console.standing import LineNow
from ivr.web.people.office import office

Of = Literal["live", "draft"]

TITLES: dict[Of, str] = {"live": "Live", "draft": "Draft"}

SPANS = {"": 0, "7d": 7, "28d": 28}
"""What `calls` says in the URL, and how many days it is; nothing is a picture without traffic."""

FIGURES_OF = 7
"""Days whose figures a step tells where the picture is without traffic."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `flows` are the versions that there are to look at: hash and flow; `closed` are running steps."""

    line: str
    of: Of
    flows: dict[Of, tuple[str, Flow]]
    calls: str
    closed: tuple[str, ...]
    step: str | None

    @property
    def version(self) -> str:
        """The hash of the version."""
        return self.flows[self.of][0]

    @property
    def flow(self) -> Flow:
        """What it says."""
        return self.flows[self.of][1]

    @property
    def days(self) -> int:
        """Of how many days the traffic is on the picture; 0 for none."""
        return SPANS[self.calls]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when the calls began whose figures are told, to the minute: within one nothing is drawn anew."""
        until = office().clock().replace(second=0, microsecond=0)
        return until - timedelta(days=self.days or FIGURES_OF), until

    def at(self, step: str | None) -> Look:
        """The same, with another step open, or none."""
        return replace(self, step=step)

    def version_of(self, of: Of) -> Look:
        """Another version, with the same open as far as it has it."""
        flow = self.flows[of][1]
        step = self.step if self.step in flow.steps else None
        return replace(self, of=of, closed=_known(flow, self.closed), step=step)

    def with_calls(self, calls: str) -> Look:
        """With the traffic of another span."""
        return replace(self, calls=calls)

    def toggled(self, piece: str) -> Look:
        """With a piece open that is closed, or the other way round."""
        closed = set(self.closed) ^ {piece}
        return replace(self, closed=_known(self.flow, closed))

    def href(self, endpoint: str = "index") -> str:
        """The address of the look."""
        said: dict[str, str | tuple[str, ...]] = {"of": self.of} if self.of != _first(self.flows) else {}
        said |= {"calls": self.calls} if self.calls else {}
        said |= {"closed": self.closed} if self.closed else {}
        said |= {"step": self.step} if self.step else {}
        return url_for(f"console.picture.{endpoint}", line=self.line, **said)  # type: ignore[arg-type]


def flows_of(it: LineNow) -> dict[Of, tuple[str, Flow]]:
    """What there is to look at of a line, what callers hear first. Raises SQLAlchemyError."""
    found: dict[Of, tuple[str, Flow]] = {}
    if it.live and it.live_flow:
        found["live"] = it.live.version, it.live_flow
    if it.draft and it.draft_version:
        found["draft"] = it.draft_version, it.draft
    return found


def read_look(it: LineNow) -> Look | None:
    """What this request asks for; None where there is no such version. What nobody could ask for is 400 or 404."""
    flows = flows_of(it)
    of, calls, step = request.args.get("of"), request.args.get("calls", ""), request.args.get("step") or None
    if (of is not None and of not in get_args(Of)) or calls not in SPANS:
        abort(400)
    chosen: Of | None = of or _first(flows)  # type: ignore[assignment]  # it is one of them
    if chosen is None or chosen not in flows:
        return None
    flow = flows[chosen][1]
    if step is not None and step not in flow.steps:
        abort(404)
    return Look(it.name, chosen, flows, calls, _known(flow, request.args.getlist("closed")), step)


def _first(flows: dict[Of, tuple[str, Flow]]) -> Of | None:
    return next(iter(flows), None)


def _known(flow: Flow, closed: Collection[str]) -> tuple[str, ...]:
    """Of these names the pieces that the version has, in its order; one within a closed piece is closed with it."""
    names = [name for name in flow.uses if name in closed]
    return tuple(name for name in names if not any(name.startswith(f"{outer}.") for outer in names))
