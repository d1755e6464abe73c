"""The pages for people with something in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from conftest import PASSWORD
from flask import Flask
from sqlalchemy import Engine

from ivr.config import Settings
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine
from ivr.web.people import create_people
from ivr.web.people.guard import hashed


@contextmanager
def reported(folder: Path, valkey: Embedded, now: datetime, fill: Callable[[Engine], object]) -> Iterator[Flask]:
    """Give the application at that moment, its log filled, with an analyst and an agent who may sign in."""
    settings = Settings(redis_url=valkey.url, data=folder, menus=folder, secret_key="k" * 40)
    engine = open_engine(settings.database)
    migrate(engine)
    fill(engine)
    engine.dispose()
    made = create_people(settings, clock=lambda: now)
    people = made.extensions["ivr"].people
    for role in ("analyst", "agent"):
        people.set_password(people.add(f"{role}.one", role, None).id, hashed(PASSWORD))
    yield made
    made.extensions["ivr"].close()
