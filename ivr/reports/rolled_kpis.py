"""Which figures are made of roll-ups, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr.reports.kpi import Settings
from ivr.reports.rolled import Rolled
from ivr.reports.rolled_calls import OF_CALLS
from ivr.reports.rolled_surveys import OF_SURVEYS
from ivr.reports.rolled_visits import OF_VISITS

ROLLED: Mapping[str, Callable[[Settings], Rolled | None]] = {**OF_CALLS, **OF_VISITS, **OF_SURVEYS}
"""By the figures' names: how each is made with its settings, or None where only the log can tell."""
