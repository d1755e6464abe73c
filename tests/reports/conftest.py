"""The log of an empty database."""

from __future__ import annotations

import pytest
from log_by_chance import HASHES
from sqlalchemy import Engine

from ivr.store.call_log import CallLog


@pytest.fixture
def log(engine: Engine) -> CallLog:
    """An empty log."""
    return CallLog(engine, HASHES)
