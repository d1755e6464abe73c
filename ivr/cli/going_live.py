"""What `ivr serve` publishes: each line of the folder that has no version yet, and with `--watch` what is saved.

With the database away or not up to date, lines that were live before are served from this machine's copies all the
same, and what is new is published when it is back.
"""

from __future__ import annotations

import threading
from pathlib import Path

import click
import watchfiles
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.publishing import publisher_of, told, who
from ivr.config import Settings
from ivr.menu.pieces import FOLDER as PIECES
from ivr.store.client import connect
from ivr.store.live import live
from ivr.switchboard.menu_folder import is_menu, misnamed
from ivr.switchboard.patience import named
from ivr.switchboard.publish import Overtaken, Publisher, Refused

PAUSE = 5.0
"""Seconds between two tries to publish while the database is away."""


def go_live(settings: Settings, redis_url: str, stop: threading.Event, *, watch: bool) -> None:
    """Publishes what is new, and goes on beside the calls where there is more to do; ends early where told to stop.

    Raises SQLAlchemyError where the database cannot be used and no line was ever live here.
    """
    for path in misnamed(settings.menus):
        click.echo(f"{path} is not served: the name of a menu file ends with .yaml", err=True)
    try:
        publisher = _publish_new(settings, redis_url, stop)
    except SQLAlchemyError as error:
        if not _anything_live(redis_url):
            raise
        click.echo(f"ivr serve: DATABASE_URL: {named(error)}", err=True)
        click.echo("lines are served as they were last published here; new ones wait for the database", err=True)
        threading.Thread(target=_when_it_is_back, args=(settings, redis_url, stop, watch), daemon=True).start()
        return
    if watch and not stop.is_set():
        threading.Thread(target=_watch, args=(publisher, settings.menus, stop), daemon=True).start()


def _anything_live(redis_url: str) -> bool:
    try:
        with connect(redis_url) as redis:
            return bool(live(redis))
    except RedisError:
        return False


def _when_it_is_back(settings: Settings, redis_url: str, stop: threading.Event, watch: bool) -> None:
    while not stop.wait(PAUSE):
        try:
            publisher = _publish_new(settings, redis_url, stop)
        except (SQLAlchemyError, OSError):
            continue
        click.echo("the database is back: lines are published again", err=True)
        if watch:
            _watch(publisher, settings.menus, stop)
        return


def _publish_new(settings: Settings, redis_url: str, stop: threading.Event) -> Publisher:
    publisher = publisher_of(settings, redis_url)
    for result in publisher.publish_new(settings.menus, who=who()):
        if isinstance(result, Refused):
            click.echo(str(result), err=True)
            click.echo("this file has errors and is not served", err=True)
        else:
            click.echo(told(result))
        if stop.is_set():
            return publisher
    for path in publisher.changed(settings.menus):
        click.echo(f"{path} differs from its live version; to make it live: ivr publish {path}")
    return publisher


def _watch(publisher: Publisher, folder: Path, stop: threading.Event) -> None:
    """Publishes what is saved; what does not check keeps the last good version, and says so."""
    for changes in watchfiles.watch(folder, stop_event=stop, raise_interrupt=False):
        for path in sorted({Path(path) for _, path in changes}):
            try:
                _saved(publisher, path)
            except (SQLAlchemyError, OSError) as error:
                click.echo(f"{path.name} was not published: {type(error).__name__}", err=True)


def _saved(publisher: Publisher, path: Path) -> None:
    if path.parent.name == PIECES:
        for file in publisher.changed(path.parent.parent):
            _saved(publisher, file)
    elif is_menu(path):
        try:
            click.echo(told(publisher.publish(path, who=who(), why="saved")))
        except Refused as refused:
            click.echo(str(refused), err=True)
            click.echo(f"{path.name} has errors; the last good version stays live", err=True)
        except Overtaken as overtaken:
            click.echo(str(overtaken), err=True)
    elif path.suffix == ".yml" and path.is_file():
        click.echo(f"{path} is not served: the name of a menu file ends with .yaml", err=True)
    elif not path.exists() and (line := publisher.live_line(path)):
        click.echo(f"{path.name} is gone; the line {line} stays live as it was last published", err=True)
