"""The days that a page is about, by the viewer's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ivr.web.reports.filters import Filters


def days_of(filters: Filters) -> list[str]:
    """All of them in ISO 8601, in their order, those to come left out."""
    first = filters.since.astimezone(filters.zone).date()
    end = min(filters.until, filters.now) - timedelta(microseconds=1)
    last = max(end.astimezone(filters.zone).date(), first)
    return [(first + timedelta(days=it)).isoformat() for it in range((last - first).days + 1)]


def days_axis(days: Sequence[str]) -> dict[str, Any]:
    """An axis of days for a plot."""
    if len(days) > 9:
        return {"type": "date", "tickformat": "%-d %b", "nticks": 10, "tickangle": 0}
    return {"type": "date", "tickformat": "%a<br>%-d %b", "tickvals": list(days), "tickangle": 0}


def day_words(day: str) -> str:
    """A day for a table: Wed 2026-07-01."""
    return f"{datetime.fromisoformat(day):%a} {day}"
