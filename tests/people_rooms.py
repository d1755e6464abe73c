"""The pages for people as tests open them: on a folder of their own, with people who may sign in, at a port or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from ivr.config import Settings
from ivr.store.people import Person
from ivr.store.sql import migrate, open_engine
from ivr.web.people import create_people
from ivr.web.people.guard import hashed
from ivr.web.people.office import Office

PASSWORD = "correct horse battery"


def settings_in(folder: Path, redis_url: str, **others: Any) -> Settings:
    """Settings with everything in a folder, and its menus in `menus` there, which is made; `others` go before these."""
    plain = Settings(redis_url=redis_url, data=folder, menus=folder / "menus", secret_key="k" * 40)
    settings = replace(plain, **others)
    settings.menus.mkdir(exist_ok=True)
    return settings


@contextmanager
def opened(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    fill: Callable[[Engine], object] | None = None,
) -> Iterator[Flask]:
    """Give the application for people, its database migrated, and filled where asked for, until it is closed."""
    engine = open_engine(settings.database)
    migrate(engine)
    if fill is not None:
        fill(engine)
    engine.dispose()
    app = create_people(settings, clock=clock)
    with closing(office_of(app)):
        yield app


def office_of(app: Flask) -> Office:
    """What the application works with."""
    found: Office = app.extensions["ivr"]
    return found


def joins(office: Office, name: str, role: str, agent: str | None = None) -> Person:
    """Somebody who may sign in with the password from now on."""
    person = office.people.add(name, role, agent)
    office.people.set_password(person.id, hashed(PASSWORD))
    return person


@contextmanager
def at_a_port(app: Flask) -> Iterator[str]:
    """Give the address of the application, served on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()
