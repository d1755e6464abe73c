"""`ivr notice`: a line or a queue closed now, or a notice played first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from typing import NoReturn
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Engine

from ivr.cli.log_database import log_database
from ivr.cli.publishing import who
from ivr.cli.until import Ahead, AheadOption
from ivr.cli.zone_of_lines import zone_of_lines
from ivr.config import Settings, from_environment
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.notices import Notice
from ivr.switchboard.clock import utc_now
from ivr.switchboard.notice_board import QUEUE, NoticeBoard
from ivr.switchboard.notices import Notices, RefusedNotice
from ivr.switchboard.staff import Staff


class _Switch(click.Group):
    """`ivr notice LINE …` without a word between them sets a notice for that line."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The subcommand; what is none is what a notice is set for."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            args = ["set", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Switch)
def notice() -> None:
    """Close a line or a queue now, or let its callers hear a notice first (docs/notices.md).

    `ivr notice LINE|queue:NAME --say en-US="…"` sets one; `list` and `end ID` are the other two.
    """


@notice.command(name="set")
@click.argument("target", metavar="LINE|queue:NAME")
@click.option("--say", "said", multiple=True, metavar='LANGUAGE="WORDS"', help="The words, once for each language.")
@click.option("--from", "since", type=AheadOption(), help="From when on (now): a moment, or a time to wait such as 2h.")
@click.option("--until", type=AheadOption(), help="Until when (4h later): a moment, or how long, such as 90m or 2d.")
@click.option("--closed", is_flag=True, help="Close the line or the queue as well.")
@click.option("--prepared", is_flag=True, help="Only keep it ready, to be switched on here or by phone.")
@click.option("--why", default="", help="The reason, kept with it.")
def set_(
    target: str, said: tuple[str, ...], since: Ahead | None, until: Ahead | None, closed: bool, prepared: bool, why: str
) -> None:
    """Set a notice for a line or a queue. TARGET is LINE, or queue:NAME; or the number of a prepared notice."""
    if prepared and (since or until):
        raise click.UsageError("a prepared notice has no time yet: leave --from and --until to when it is switched on")
    words = _words(said)
    with switch("notice") as (notices, engine):
        zone = zone_of(engine, target)
        begins = since.after(utc_now(), zone) if since else None
        ends = until.after(begins or utc_now(), zone) if until else None
        if prepared:
            done = notices.prepare(target, words, closed=closed, who=me(), why=why)
            click.echo(f"notice {done.id} is prepared; ivr notice {done.id} switches it on")
            return
        if target.isdecimal():
            if said or since or closed:
                raise click.UsageError("a prepared notice has its words already; only --until can be given")
            done = notices.switch_on(int(target), who=me(), until=ends)
        else:
            done = notices.put(target, words, since=begins, until=ends, closed=closed, who=me(), why=why)
        click.echo(f"{sentence(done, zone)}; ivr notice end {done.id} ends it at once")


@notice.command(name="list")
def list_() -> None:
    """List the notices, the newest first, and which of them are on."""
    with switch("notice") as (notices, engine):
        now = utc_now()
        for one in notices.all():
            zone = zone_of(engine, one.target)
            ended = f", ended by {one.ended_by}" if one.ended_by else ""
            click.echo(f"{one.id:>4}  {one.state(now):<8}  {sentence(one, zone)}, by {one.who}{ended}")
            for language, text in one.words.items():
                click.echo(f"      {language}  {text}")


@notice.command()
@click.argument("number", type=click.IntRange(1, 2**31 - 1), metavar="ID")
def end(number: int) -> None:
    """End the notice of that number, at once."""
    with switch("notice") as (notices, _):
        done = notices.end(number, who=me())
        click.echo(f"notice {number} for {done.target} is over")


def sentence(one: Notice, zone: tzinfo) -> str:
    """What a notice does to whom, from when until when."""
    does = "is closed" if one.closed else "plays a notice"
    if one.since is None or one.until is None:
        return f"{one.target} {does} when it is switched on"
    since, until = (it.astimezone(zone).strftime("%Y-%m-%d %H:%M") for it in (one.since, one.until))
    return f"{one.target} {does} from {since} until {until} ({zone})"


@contextmanager
def switch(command: str) -> Iterator[tuple[Notices, Engine]]:
    """The switch on the settings' data, with or without a running service; what it refuses ends the command."""
    settings = from_environment()
    with log_database(settings.database, command) as engine:
        try:
            yield Notices(board_of(settings, engine), engine, Staff(settings.menus).now, utc_now), engine
        except RefusedNotice as refused:
            fail(command, str(refused))


def board_of(settings: Settings, engine: Engine) -> NoticeBoard:
    """The board, told to a Redis if one runs."""
    url = settings.redis_url or attach(settings.valkey_folder)
    return NoticeBoard(connect(url) if url else None, engine)


def zone_of(engine: Engine, target: str) -> tzinfo:
    """By which clock moments are meant: the line's, for a queue the team's, else that of all lines, or UTC."""
    if target.startswith(QUEUE):
        zone = Staff(from_environment().menus).now().zone
        return zone or ZoneInfo("UTC")
    return zone_of_lines(engine, target) if not target.isdecimal() else zone_of_lines(engine, None)


def me() -> str:
    """Who runs this command, as the audit trail has it."""
    return f"{who()} (terminal)"


def _words(said: tuple[str, ...]) -> dict[str, str]:
    words: dict[str, str] = {}
    for one in said:
        language, equals, text = one.partition("=")
        if not equals or not language.strip() or not text.strip():
            raise click.UsageError(f'--say {one}: write a language and its words, such as --say en-US="We are closed."')
        if language.strip() in words:
            raise click.UsageError(f"--say {language.strip()}: these words are there twice")
        words[language.strip()] = text.strip()
    return words


def fail(command: str, message: str) -> NoReturn:
    """One line about what was refused, and exit 1."""
    click.echo(f"ivr {command}: {message}", err=True)
    sys.exit(1)
