"""`ivr hours`: why a line is open or closed, and special days ahead."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import NoReturn

import click

from ivr.cli.log_database import log_database
from ivr.cli.notice import me, switch
from ivr.cli.until import Ahead, AheadOption
from ivr.config import from_environment
from ivr.menu import Menus
from ivr.menu.load import stem
from ivr.menu.team_load import FILE as TEAM
from ivr.store.notices import NoticeBook
from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.comparing import flow_of
from ivr.switchboard.hours import Told, of_line, of_team, told
from ivr.switchboard.menu_folder import check_files
from ivr.switchboard.notice_board import QUEUE
from ivr.switchboard.staff import Staff


class _Day(click.ParamType[date]):
    name = "DAY"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f'"{value}" is no day; write such as 2026-12-24', param, ctx)


@click.command()
@click.argument("file", metavar="FILE|LINE|queue:NAME")
@click.option("--at", type=AheadOption(), help="At which moment (now): such as 2026-12-24T13:00, 18:00 or 2d.")
@click.option(
    "--special", type=(_Day(), str), default=None, metavar="DAY HOURS",
    help='Enter a special day ahead: --special 2026-12-24 "08:00-12:00", or off.',
)  # fmt: skip
@click.option("--of", default="", metavar="NAME", help="Which of the line's hours the special day changes (all).")
@click.option("--why", default="", help="What day it is: Christmas Eve.")
@click.option("--drop", type=click.IntRange(1, 2**31 - 1), metavar="ID", help="Take that special day back.")
def hours(file: str, at: Ahead | None, special: tuple[date, str] | None, of: str, why: str, drop: int | None) -> None:
    """Say why the hours of a menu file, a live line or a queue are open or closed, and when they change next.

    A special day counts for all versions of the line, at once, and leaves the file as it is.
    """
    if (of or why) and not special:
        raise click.UsageError("--of and --why belong to a special day: write --special DAY HOURS")
    settings = from_environment()
    target = stem(Path(file).name) if file.endswith(".yaml") else file
    if special or drop is not None:
        with switch("hours") as (notices, _):
            if special:
                day = notices.add_day(target, special[0], special[1], of=of, who=me(), why=why)
                click.echo(f"{day.target}: on {day.day:%A}, {day.day}, it is {_open(day.hours)}; special day {day.id}")
            if drop is not None:
                gone = notices.drop_day(drop, who=me())
                click.echo(f"{gone.target}: {gone.day} is a day like any other")
        return
    with log_database(settings.database, "hours") as engine:
        it = _told(file, Versions(engine))
        moment = at.after(utc_now(), it.zone) if at else utc_now()
        book = NoticeBook(engine)
        board = book.current(moment) if moment > utc_now() - timedelta(seconds=5) else book.back_then(moment)
        for row in told(it, board, moment):
            click.echo(row)


def _told(file: str, versions: Versions) -> Told:
    """Whose hours are meant; exit 1 or 2 with what is wrong."""
    path = Path(file)
    settings = from_environment()
    if file.startswith(QUEUE) or path.name == TEAM:
        source = path if path.name == TEAM else settings.menus / TEAM
        if not source.is_file():
            _stop(f"there is no file {source}")
        _stop_at_errors(source, check_files([source]))
        team = Staff(source.parent).now()
        every = of_team(team)
        if path.name == TEAM:
            return every
        if file not in every.hours:
            _stop(f"there is no queue {file.removeprefix(QUEUE)}; the team has {', '.join(every.hours) or 'none'}")
        return Told(file, every.zone, {file: every.hours[file]}, {file: file})
    if path.is_file():
        menus = check_files([path])
        _stop_at_errors(path, menus)
        if stem(path.name) not in menus.flows:
            _stop(f"{file} is no line")
        return of_line(menus.flows[stem(path.name)])
    live = versions.live()
    if file not in live:
        _stop(f"there is no file {file}, and no live line of that name; live are {', '.join(sorted(live)) or 'none'}")
    try:
        return of_line(flow_of(versions, live[file]))
    except LookupError as error:
        _stop(str(error.args[0]))


def _stop_at_errors(path: Path, menus: Menus) -> None:
    for problem in menus.errors:
        click.echo(str(problem))
    if menus.errors:
        _stop(f"{path} has errors")


def _open(hours: str) -> str:
    return "closed" if hours == "off" else f"open {hours}"


def _stop(message: str) -> NoReturn:
    click.echo(f"ivr hours: {message}", err=True)
    sys.exit(1)
