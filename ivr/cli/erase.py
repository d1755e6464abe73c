"""`ivr erase`: a caller is removed from everything that is kept, and then looked for in all of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.log_database import log_database
from ivr.cli.publishing import who
from ivr.config import Settings, from_environment
from ivr.store.callers import CallerHash
from ivr.store.client import connect
from ivr.store.embedded import Embedded, EmbeddedError, attach
from ivr.store.erasing.person import Person, person
from ivr.switchboard.clock import utc_now
from ivr.switchboard.erasing import Erased, Eraser, GoesOnError
from ivr.switchboard.sealing import key_of

PATIENCE = 30.0
"""Seconds that Redis may take to answer: nobody is on the phone."""


@click.command()
@click.argument("number", metavar="NUMBER")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and change nothing.")
@click.option("--now", is_flag=True, help="Although a call of the number goes on: all but that call.")
def erase(number: str, dry_run: bool, now: bool) -> None:
    """Remove the caller of NUMBER (+15005550006) from all that is kept, and prove it by a search.

    With or without a running service. Exits with 1 where something of the caller is still there, which is listed, and
    with 2 where nothing was done, or not all could be reached: then run it again.
    """
    settings = from_environment()
    try:
        them = person(number, CallerHash(key_of(settings)))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with log_database(settings.database, "erase") as engine, _redis_url(settings) as url:
        redis = connect(url, patience=PATIENCE)
        account = bool(settings.account_sid and settings.auth_tokens)
        eraser = Eraser(engine, redis, settings.data, account, f"{who()} (terminal)", utc_now)
        try:
            if dry_run:
                _would(them, eraser.would(them))
                return
            erased = eraser.erase(them, now=now, tell=_tell)
        except GoesOnError as error:
            going = f"{_number(error.calls, 'call')} from {them.shown} that goes on right now"
            _fail(f"there is {going}; nothing was erased. Run it again later, or with --now to erase all else", 1)
        except RedisError as error:
            _fail(f"REDIS_URL: Redis cannot be reached ({type(error).__name__}); run it again", 2)
        except SQLAlchemyError:
            raise
        except OSError as error:
            _fail(f"IVR_DATA: {error.strerror or error}; run it again", 2)
        finally:
            redis.close()
    sys.exit(_erased(them, erased))


def _would(them: Person, erased: Erased) -> None:
    click.echo(f"Would erase the caller {them.shown}: {_number(erased.calls, 'call')}; nothing was changed")
    _list(erased.removed)
    _goes_on(erased.going_on)


def _erased(them: Person, erased: Erased) -> int:
    """Prints what became of it; the exit code."""
    click.echo(f"Erased the caller {them.shown}: {_number(erased.calls, 'call')}")
    _list(erased.removed)
    click.echo("Searched for the number in its spellings, its hash and the calls")
    places = erased.found.places
    width = max(map(len, places), default=0)
    for name, it in sorted(places.items()):
        looked = f"{it.places:>10,} {it.of.ljust(7)} {it.bytes:>15,} bytes"
        left = f"{it.found} found" + (f", and {it.going_on} of calls that go on" if it.going_on else "")
        click.echo(f"  {name.ljust(width)}  {looked}  {left}")
    for note in erased.to_do:
        click.echo(f"Mind: {note}")
    _goes_on(erased.going_on)
    size = sum(it.bytes for it in places.values())
    click.echo(f"{len(places)} places, {size:,} bytes: {erased.found.found} found")
    return 1 if erased.found.found or erased.found.going_on or erased.going_on else 0


def _list(removed: dict[str, int]) -> None:
    for name, number in sorted(removed.items()):
        click.echo(f"  {number:>7,}  {name.replace('_', ' ')}")


def _goes_on(calls: int) -> None:
    if calls:
        click.echo(f"Not erased: {_number(calls, 'call')} that goes on right now; run it again when it is over")


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


@contextmanager
def _redis_url(settings: Settings) -> Iterator[str]:
    """The Redis of the settings; else the Valkey of the service, or, where none runs, of ourselves for this while."""
    url = settings.redis_url or attach(settings.valkey_folder)
    if url is not None:
        yield url
        return
    try:
        with Embedded(settings.valkey_folder) as embedded:
            yield embedded.url
    except EmbeddedError as error:
        _fail(f"IVR_DATA: {error}", 2)


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"{what} …", err=True)


def _fail(message: str, code: int) -> None:
    click.echo(f"ivr erase: {message}", err=True)
    sys.exit(code)
