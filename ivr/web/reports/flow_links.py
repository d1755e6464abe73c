"""From the numbers of the flow to the calls behind them."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.reports.call_wanted import VISITS
from ivr.reports.flow import Passage
from ivr.store.rollups.way_through import LEFT, LINE, LOST, OPEN, START
from ivr.web.reports.filters import Filters
from ivr.web.reports.links import calls_link, page_link

_OUTCOMES = {LOST: "nothing", LEFT: "something", LINE: "line"}


@dataclass(frozen=True, slots=True)
class FlowLinks:
    """Links that keep the filters, for one version. Calls that we made to call somebody back are left out, as here."""

    filters: Filters
    line: str
    version: str

    def calls(self, **narrowed: str | None) -> str:
        """Calls of the version."""
        of = {"line": self.line, "version": self.version, "queue": None, "agent": None, "callbacks": "no"}
        return calls_link(self.filters, **(of | narrowed))

    def passage(self, it: Passage) -> str:
        """Calls that went so; where no search tells one way from another, all that went from there to there."""
        kind, _, key = it.way.partition(":")
        if it.target == OPEN:
            return self.calls(last=it.source or None, outcome="no_end")
        if it.target in _OUTCOMES:
            return self.calls(event="ended", at=it.source or None, outcome=_OUTCOMES[it.target])
        if it.source == START:
            return self.calls(step=it.target)
        between = {"step": it.source, "next": it.target}
        match kind:
            case "chose":
                return self.calls(**between, event="chose", at=it.source, key=key)
            case "looked_up":
                return self.calls(**between, event="looked_up", at=it.source, key=key)
            case "gave_up" | "capped" | "rescued" | "answered":
                return self.calls(**between, event=kind, at=it.source)
            case "message":
                return self.calls(**between, event="message_left", at=it.source)
            case "dial":
                return self.calls(**between, event="dial_ended", at=it.source)
            case "queue" if key in VISITS:
                return self.calls(**between, outcome=key)
            case "survey" if key != "answered":
                return self.calls(**between, event="survey_skipped", at=it.source)
            case "language":
                return self.calls(**between, language=key)
        return self.calls(**between)

    def other(self, version: str) -> str:
        """This page, of another version."""
        return page_link("flow", self.filters, line=self.line, version=version)
