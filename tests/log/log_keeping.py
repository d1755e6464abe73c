"""Retention on a test's own database and folder."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from redis import Redis
from sqlalchemy import Engine

from ivr.config import Keep
from ivr.store.calls import Calls
from ivr.store.messages import Messages
from ivr.store.old_calls import OldCalls
from ivr.store.set_aside import SetAside
from ivr.switchboard.audio_removal import AudioRemoval
from ivr.switchboard.retention import Retention


def retention(keep: Keep, engine: Engine, data: Path, redis: Redis | None = None) -> Retention:
    """What removes what is old; the carrier is asked for its copies where there is a Redis to ask through."""
    audio = AudioRemoval(data, Calls(redis) if redis else None)
    return Retention(keep, OldCalls(engine), Messages(engine), audio, SetAside(engine, data / "set-aside"))


def remove_old(
    keep: Keep,
    engine: Engine,
    data: Path,
    now: datetime,
    redis: Redis | None = None,
    stop: threading.Event | None = None,
) -> dict[str, int]:
    """One round of it; how many went of each kind of which any did."""
    removed = retention(keep, engine, data, redis).round(now, stop or threading.Event())
    return {kind: number for kind, number in removed.items() if number}
