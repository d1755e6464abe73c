"""`ivr numbers`: which line answers each number, and whether the carrier's account sends its calls here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

from ivr.cli.log_database import log_database
from ivr.cli.publishing import who
from ivr.config import from_environment
from ivr.menu import Flow
from ivr.menu.problems import visible
from ivr.store.audit import Audit
from ivr.store.versions import Versions
from ivr.switchboard.account_numbers import DEED, MOST, Look, Outcome, account, changes, lacking, look, set_numbers
from ivr.switchboard.clock import utc_now
from ivr.switchboard.comparing import flow_of
from ivr.switchboard.menu_folder import beside, check_files, menu_files
from ivr.switchboard.numbers import SAYS, Number

_STATES = {
    "right": "as it should be",
    "unknown": "not compared",
    "missing": "the account has no such number",
    "draft": "answered once {line} is published",
    "unlisted": "no number of an account: see to it where it is registered",
}


@click.command()
@click.argument("only", metavar="[NUMBER]...", nargs=-1)
@click.option("--set", "set_", is_flag=True, help="Set what is wrong at the carrier.")
def numbers(only: tuple[str, ...], set_: bool) -> None:
    """Say of each NUMBER, or of all, which line answers it, and what is wrong with it in the carrier's account.

    The addresses are made of PUBLIC_URL, and of IVR_FALLBACK_URL where the lines' static documents are hosted. --set
    changes numbers that a live line answers, and no others; one that a trunk or an application has, where it is named.
    Exits with 1 where something is wrong, with 2 where the account cannot be looked at.
    """
    settings = from_environment()
    with log_database(settings.database, "numbers") as engine:
        live, drafts, desk = _live(Versions(engine)), _drafts(settings.menus), _desk(settings.menus)
        with account(settings) as carrier:
            found = look(settings, carrier, live, drafts, desk)
            chosen = _chosen(found, only)
            for number in chosen:
                click.echo(visible(_told(number)))
            if found.more:
                click.echo(f"the account has more than {MOST:,} numbers; those are all that were looked at", err=True)
            if found.trouble:
                _stop(found.trouble)
            if lacks := lacking(settings):
                _stop(f"to compare them with the carrier's account, set {' and '.join(lacks)}")
            assert carrier is not None  # noqa: S101 - nothing is lacking
            if not set_:
                sys.exit(1 if any(it.state in ("wrong", "missing") for it in chosen) else 0)
            audit = Audit(engine, utc_now)

            def note(done: Outcome, was: Number) -> None:
                line = was.answer.line if was.answer else ""
                audit.note(f"{who()} (terminal)", DEED, number=was.number, line=line, **changes(was, done.number))

            wrong = [it for it in chosen if it.settable and (only or not it.taken)]
            done = set_numbers(carrier, wrong, note, take_over=bool(only))
    for outcome in done:
        click.echo(visible(f"{outcome.number.number}  {outcome.words}"))
    for it in chosen:
        if it.taken and not only:
            click.echo(visible(f"{it.number}  left as it is: ivr numbers {it.number} --set takes it over"))
    after: Mapping[str, Number] = {it.number.number: it.number for it in done}
    sys.exit(1 if any(after.get(it.number, it).state in ("wrong", "missing") for it in chosen) else 0)


def _told(it: Number) -> str:
    line = it.answer.line if it.answer else "-"
    if it.state == "wrong":
        words = "; ".join(
            f"{SAYS[fault.about]}: {fault.words}" if fault.about != "number" else fault.words for fault in it.faults
        )
    elif it.state == "other":
        words = f"no line answers it; its calls go to {it.has.voice if it.has else 'nobody'}"
    else:
        words = _STATES[it.state].format(line=line)
    return f"{it.number}  {line}  {words}"


def _chosen(found: Look, only: tuple[str, ...]) -> tuple[Number, ...]:
    unknown = set(only) - {it.number for it in found.numbers}
    if unknown:
        _stop(f"neither a line nor the account has the number {min(unknown)}")
    return tuple(it for it in found.numbers if not only or it.number in only)


def _live(versions: Versions) -> list[Flow]:
    """The flows of what is live; one that this release does not take any more answers nothing."""
    found = []
    for version in versions.live().values():
        try:
            found.append(flow_of(versions, version))
        except LookupError:
            continue
    return found


def _drafts(menus: Path) -> list[Flow]:
    return list(check_files(menu_files(menus)).flows.values())


def _desk(menus: Path) -> tuple[str, ...]:
    team = beside(menus)
    return team.desk if team else ()


def _stop(message: str) -> NoReturn:
    click.echo(f"ivr numbers: {message}", err=True)
    sys.exit(2)
