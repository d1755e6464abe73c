"""By which clock moments without a zone are read, and days are told."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from ivr.menu import load
from ivr.store.versions import Versions


def zone_of_lines(engine: Engine, line: str | None) -> tzinfo:
    """The zone of the line, or that of all lines where they have one in common; else UTC. Raises SQLAlchemyError."""
    versions, zones = Versions(engine), set()
    for name, version in versions.live().items():
        files = versions.files(version) if line in (None, name) else None
        zones |= {str(flow.zone) for flow in load(files).flows.values()} if files else set()
    return ZoneInfo(zones.pop()) if len(zones) == 1 else UTC
