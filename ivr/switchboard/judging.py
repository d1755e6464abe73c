"""What there is to judge lines by beside their files: their recordings, and what callers did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from ivr.menu import Flow
from ivr.menu.load import Around
from ivr.menu.rules.stale_recording import Recorded
from ivr.reports.traffic import traffic
from ivr.switchboard.prompts.current import Sought
from ivr.switchboard.prompts.manifest import readable
from ivr.switchboard.prompts.texts import texts_of


def around(recordings: Path, engine: Engine | None = None, span: tuple[datetime, datetime] | None = None) -> Around:
    """The recordings in this folder, and the calls of the log that began in the span (aware), where one is given.

    Raises SQLAlchemyError, now and when a line is checked.
    """
    did = traffic(engine, *span) if engine is not None and span is not None else None
    return Around(traffic=did, recorded=recorded(recordings))


def recorded(folder: Path) -> Callable[[Flow], Recorded]:
    """For a line: the words of its recordings that say others than the file; none that the line does not miss."""
    sought = Sought(folder, readable(folder))

    def of(flow: Flow) -> Recorded:
        return {
            (text.address, text.variant, text.language): stale.text
            for text in texts_of(flow)
            if not text.valued and (stale := sought.stale(text)) and sought.recording(text) is None
        }

    return of
