"""The pages for people with something in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flask import Flask
from people_rooms import joins, office_of, opened, settings_in
from sqlalchemy import Engine

from ivr.store.embedded import Embedded


@contextmanager
def reported(folder: Path, valkey: Embedded, now: datetime, fill: Callable[[Engine], object]) -> Iterator[Flask]:
    """Give the application at that moment, its log filled, with an analyst and an agent who may sign in."""
    with opened(settings_in(folder, valkey.url, menus=folder), clock=lambda: now, fill=fill) as made:
        for role in ("analyst", "agent"):
            joins(office_of(made), f"{role}.one", role)
        yield made
