"""`ivr user`: who may sign in to the pages for people."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.publishing import who
from ivr.config import Settings, from_environment
from ivr.store.audit import Audit
from ivr.store.people import NAME, NameTakenError, People, Person
from ivr.store.sql import migrate, open_engine
from ivr.switchboard.clock import utc_now
from ivr.switchboard.roles import ROLES, SAYS


@click.group()
def user() -> None:
    """Who may sign in to the desk, the console and the reports."""


@user.command()
@click.argument("name")
@click.option(
    "--role",
    required=True,
    type=click.Choice(ROLES),
    help="; ".join(f"{role} {words}" for role, words in SAYS.items()) + ".",
)
@click.option("--agent", default=None, help="Who they are in team.yaml, if they take calls.")
def add(name: str, role: str, agent: str | None) -> None:
    """Add NAME, and print the one-time link by which they choose a password."""
    with _people() as (people, audit):
        if not NAME.fullmatch(name):
            _fail(f'"{name}": a name has two or more small letters, digits, dots and dashes, and begins with a letter')
        try:
            person = people.add(name, role, agent)
        except NameTakenError:
            _fail(f"there is a {name} already; ivr user link {name} prints a new link")
        audit.note(f"{who()} (terminal)", "person_added", person=name, role=role)
        click.echo(welcome(people, person))


@user.command()
@click.argument("name")
def link(name: str) -> None:
    """Print a new one-time link for NAME; those before it are good no longer."""
    with _people() as (people, audit):
        person = _known(people, name)
        if not person.active:
            _fail(f"{name} is locked out; ivr user unlock {name} lets them in again")
        audit.note(f"{who()} (terminal)", "link_made", person=name)
        click.echo(welcome(people, person))


@user.command()
@click.argument("name")
def lock(name: str) -> None:
    """Lock NAME out, at once, wherever they are signed in."""
    _set_active(name, active=False)


@user.command()
@click.argument("name")
def unlock(name: str) -> None:
    """Let NAME sign in again."""
    _set_active(name, active=True)


@user.command(name="list")
def list_() -> None:
    """List who may sign in, and as what."""
    with _people() as (people, _):
        for person in people.all():
            state = "" if person.active else "locked out" if person.has_password else "locked out, no password"
            state = state or ("" if person.has_password else "no password yet")
            agent = f"agent {person.agent}" if person.agent else ""
            click.echo("  ".join(filter(None, (f"{person.name:<16}", f"{person.role:<10}", agent, state))).rstrip())


def welcome(people: People, person: Person, door: str = "http://127.0.0.1:8001") -> str:
    """The one-time link of a person, as it is printed: this once. `door` is where people sign in."""
    return f"{door}/welcome/{people.link(person.id)}  (for {person.name}; works once, for two days)"


def first_link(settings: Settings, door: str) -> str | None:
    """A one-time link for the owner, where nobody may sign in yet, or the one who may never did.

    None where SQL is away: the line goes on, and the link is printed at the next start.
    """
    engine = open_engine(settings.database)
    try:
        people = People(engine, utc_now)
        everybody = people.all()
        if any(person.has_password for person in everybody):
            return None
        owner = next((person for person in everybody if person.role == "owner" and person.active), None)
        return welcome(people, owner or people.add("owner", "owner"), door)
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


def _set_active(name: str, *, active: bool) -> None:
    with _people() as (people, audit):
        people.change(_known(people, name).id, active=active)
        audit.note(f"{who()} (terminal)", "person_changed", person=name, active=str(active))
        click.echo(f"{name} {'may sign in' if active else 'is locked out'}")


def _known(people: People, name: str) -> Person:
    person = people.named(name)
    if person is None:
        _fail(f"there is no {name}; ivr user list shows who there is")
    return person


@contextmanager
def _people() -> Iterator[tuple[People, Audit]]:
    engine = open_engine(from_environment().database)
    try:
        migrate(engine)
        yield People(engine, utc_now), Audit(engine, utc_now)
    finally:
        engine.dispose()


def _fail(message: str) -> NoReturn:
    click.echo(f"ivr user: {message}", err=True)
    sys.exit(2)
