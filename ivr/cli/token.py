"""`ivr token`: by which programs read the reports."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NoReturn

import click

from ivr.cli.log_database import log_database
from ivr.cli.publishing import who
from ivr.config import from_environment
from ivr.store.api_tokens import ApiToken, ApiTokens
from ivr.store.audit import Audit
from ivr.store.people import NAME, NameTakenError
from ivr.switchboard.clock import utc_now

DAYS = 90

LONGEST = 3650


@click.group()
def token() -> None:
    """By which programs read the reports (docs/api.md)."""


@token.command()
@click.argument("name")
@click.option("--expires", default=f"{DAYS}d", show_default=True, metavar="90d|never", help="After so many days.")
def new(name: str, expires: str) -> None:
    """Make a token called NAME, and print it: this once."""
    days = _days(expires)
    if not NAME.fullmatch(name):
        _fail(f'"{name}": a name has two or more small letters, digits, dots and dashes, and begins with a letter')
    with _tokens() as (tokens, audit):
        until = None if days is None else utc_now() + timedelta(days=days)
        try:
            made = tokens.make(name, f"{who()} (terminal)", until)
        except NameTakenError:
            _fail(f"there is a {name} already; ivr token revoke {name} ends it")
        audit.note(f"{who()} (terminal)", "token_made", token=name, expires=_day(until))
        click.echo(f"{made}  (for {name}; not shown again; {_expiry(until)})")


@token.command(name="list")
def list_() -> None:
    """List the tokens, the newest first, and when each was used last."""
    with _tokens() as (tokens, _):
        for one in tokens.all():
            used = f"used {one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never used"
            click.echo(f"{one.name:<16}  {_state(one):<19}  {used:<21}  by {one.made_by}")


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End the token called NAME, at once and for good."""
    with _tokens() as (tokens, audit):
        if not tokens.revoke(name):
            _fail(f"there is no {name}; ivr token list shows what there is")
        audit.note(f"{who()} (terminal)", "token_revoked", token=name)
        click.echo(f"{name} is revoked")


def _days(text: str) -> int | None:
    if text == "never":
        return None
    found = re.fullmatch(r"([1-9]\d{0,3})d", text)
    if not found or int(found[1]) > LONGEST:
        _fail(f'--expires is "{text}"; it is days such as 90d, at most {LONGEST}d, or never')
    return int(found[1])


def _state(one: ApiToken) -> str:
    if one.revoked_at:
        return f"revoked {one.revoked_at:%Y-%m-%d}"
    return _expiry(one.expires_at) if one.good(utc_now()) else f"expired {one.expires_at:%Y-%m-%d}"


def _expiry(until: datetime | None) -> str:
    return f"expires {_day(until)}" if until else "never expires"


def _day(until: datetime | None) -> str:
    return f"{until:%Y-%m-%d}" if until else "never"


@contextmanager
def _tokens() -> Iterator[tuple[ApiTokens, Audit]]:
    with log_database(from_environment().database, "token") as engine:
        yield ApiTokens(engine, utc_now), Audit(engine, utc_now)


def _fail(message: str) -> NoReturn:
    click.echo(f"ivr token: {message}", err=True)
    sys.exit(2)
