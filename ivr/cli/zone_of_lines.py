"""By which clock moments without a zone are read, and days are told."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from ivr.menu import load
from ivr.store.versions import Versions


def zone_of_lines(engine: Engine, line: str | None) -> tzinfo:
    """The zone of the line, live or retired, or that of all lines where they have one in common; else UTC.

    Raises SQLAlchemyError.
    """
    versions, zones = Versions(engine), set()
    found = [version for name, version in versions.live().items() if line in (None, name)]
    if line is not None and not found:
        found = [it.version for it in versions.history(line)[:1]]
    for version in found:
        zones |= {str(flow.zone) for flow in load(versions.files(version) or {}).flows.values()}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else UTC
