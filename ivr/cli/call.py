"""`ivr call`: a menu file called in the terminal, through the whole application over HTTP and TwiML."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from ivr import phone
from ivr.cli.faked import Faked, misfits
from ivr.cli.trial import service
from ivr.config import SettingError
from ivr.menu import Flow
from ivr.phone import Clock, ManualClock, RealClock
from ivr.phone.given import CLOSED, Given, read_given, written
from ivr.phone.scripts import Answer, answer_line, read_answer, read_moment
from ivr.switchboard.clock import utc_now
from ivr.switchboard.menu_folder import check_files
from ivr.switchboard.publish import Refused

CALLER = "+15005550100"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "from_", default=CALLER, show_default=True, help="The caller's number, or any text.")
@click.option("--to", default=None, help="The number called; the line's first where none is given.")
@click.option("--at", default=None, help="The moment of the call, ISO 8601, in the line's zone: 2026-07-01T10:00")
@click.option("--keys", default=None, help='What the caller does: "1 4021 silence hangup". See docs/phone.md.')
@click.option(
    "--lookup", "lookups", multiple=True, help='What a look-up answers, instead of asking: "NAME: found due=12.50"'
)
@click.option("--agent", "agents", multiple=True, help='Who of the team is in: "NAME: available"')
@click.option("--notice", "notices", multiple=True, help='What callers hear first: "en-US: WORDS", or "closed"')
@click.option("--special", "days", multiple=True, help='The hours of a day: "2026-12-24: 08:00-12:00"')
def call(
    file: Path,
    from_: str,
    to: str | None,
    at: str | None,
    keys: str | None,
    lookups: tuple[str, ...],
    agents: tuple[str, ...],
    notices: tuple[str, ...],
    days: tuple[str, ...],
) -> None:
    """Call FILE in the terminal.

    Type keys and press Enter; Enter alone is silence; hangup hangs up. With --keys nobody is asked, and no
    time is really waited. The file is called as it is on disk, by a service of its own that is gone afterwards.
    What is printed, saved as NAME.call, is a test for `ivr test`.
    """
    menus = check_files([file])
    flow = next(iter(menus.flows.values()), None)
    if flow is None:
        for problem in menus.errors:
            click.echo(str(problem))
        click.echo(f"ivr call: {file} has errors, so nobody can call it", err=True)
        sys.exit(1)
    # A person at the terminal takes real time, unless they chose a moment; a script takes none.
    clock: Clock = RealClock() if at is None and keys is None else ManualClock(_moment(at, flow.zone))
    given = [*_given("agent", agents), *_given("notice", notices), *_given("special", days)]
    faked = Faked(_print, servers=True).expect(_answers(lookups, flow))
    try:
        with service(file, clock, faked) as trial:
            for it, message in trial.begin(given):
                raise click.UsageError(f"--{written(it)[0].split()[0]}: {message}")
            ending = phone.call(
                f"{trial.url}/voice",
                to=to or flow.numbers[0],
                from_=from_,
                keys=keys,
                clock=clock,
                zone=flow.zone,
                header={"line": file.name, **dict(map(written, given))},
                auth_token=trial.token,
                fallback_url=f"{trial.url}/voice/fallback",
                status_url=f"{trial.url}/voice/status",
                out=sys.stdout,
                stdin=sys.stdin,
                worker=trial.worker.round,
            )
    except SettingError:
        raise
    except Refused as refused:  # the file was changed between two looks
        raise click.ClickException(str(refused)) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for answer in faked.left:
        click.echo(f"ivr call: never used: {answer_line(answer)}", err=True)
    sys.exit(1 if ending.by == "error" else 0)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _answers(lookups: tuple[str, ...], flow: Flow) -> list[Answer]:
    try:
        answers = [read_answer(text) for text in lookups]
    except ValueError as error:
        raise click.UsageError(f"--lookup: {error}") from None
    for _, message in misfits(flow, answers):
        raise click.UsageError(f"--lookup: {message}")
    return answers


def _given(kind: str, texts: tuple[str, ...]) -> list[Given]:
    """What the options of a kind give, as a script's header has it; `closed` alone is a notice."""
    rows = [f"{kind}: {CLOSED}" if text == CLOSED else f"{kind} {text.removeprefix(f'{kind} ')}" for text in texts]
    try:
        return [read_given(row) for row in rows]
    except ValueError as error:
        raise click.UsageError(f"--{kind}: {error}") from None


def _moment(text: str | None, zone: ZoneInfo) -> datetime:
    if text is None:
        return utc_now()
    try:
        moment = read_moment(text)
    except ValueError as error:
        raise click.UsageError(f"--at: {error}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
