"""By which clock days and hours are told: that of whoever looks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import request
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.versions import Versions
from ivr.switchboard.lines import UnknownVersion
from ivr.web.people.office import office

COOKIE = "zone"
"""A small script keeps the browser's zone in it (static/reports_zone.js)."""


def read_zone(text: str) -> ZoneInfo:
    """The zone of a name. Raises ValueError, with words for whoever wrote it."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"“{text}” is no time zone such as Europe/Berlin or Asia/Kolkata") from None


def viewers_zone() -> ZoneInfo:
    """The browser's, where it told; else that of the lines. Raises SQLAlchemyError."""
    try:
        return read_zone(request.cookies[COOKIE])
    except (KeyError, ValueError):
        return zone_of_lines(None)


def zone_of_lines(line: str | None) -> ZoneInfo:
    """The zone of the line, or the one that all lines have in common; else UTC. Raises SQLAlchemyError."""
    zones = set()
    for name, version in Versions(office().engine).live().items():
        if line in (None, name):
            try:
                zones.add(str(office().lines.of(version).flow.zone))
            except (UnknownVersion, SQLAlchemyError):
                continue
    return ZoneInfo(zones.pop()) if len(zones) == 1 else ZoneInfo("UTC")


def ahead(zone: ZoneInfo, moment: datetime) -> str:
    """How far a zone is from UTC at a moment: UTC+5:30, UTC."""
    offset = moment.astimezone(zone).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    if not minutes:
        return "UTC"
    hours, left = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{left:02}' if left else ''}"
