"""`ivr load`: many scripted calls at once to a service that runs, and what they took."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from ivr.config import Settings, from_environment
from ivr.phone.load import ACCOUNT, FROM, Mixed, Plan, PlanError, Tally, as_json, as_text, place, read_mixed
from ivr.phone.scripts import ScriptError, read_script_file
from ivr.switchboard.menu_folder import check_files, menu_files

_SECONDS = {"s": 1, "m": 60, "h": 3600}


class Span(click.ParamType[float]):
    """The value of `--for`: `60s`, `5m`, `1h`; in seconds."""

    name = "SPAN"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds, or the usage error that says what a span is."""
        found = re.fullmatch(r"(\d{1,5})([smh])", str(value).strip())
        if not found:
            self.fail(f'"{value}" is no span such as 60s, 5m, 1h', param, ctx)
        return float(int(found[1]) * _SECONDS[found[2]])


@click.command()
@click.argument("url")
@click.option("--calls-per-second", "rate", type=click.FloatRange(0.001, 10_000), required=True, help="Calls begun.")
@click.option("--for", "seconds", type=Span(), required=True, help="How long calls begin: 60s, 5m, 1h.")
@click.option("--to", help="The number called; that of the first line of IVR_MENUS where none is given.")
@click.option("--from", "from_", default=FROM, show_default=True, help="The callers; each # is a digit by chance.")
@click.option("--keys", multiple=True, help='What callers do, as for `ivr call`; "3x 1 2 hangup" has three shares.')
@click.option("--script", "scripts", multiple=True, help='A scripted call, for what its caller does; "3x FILE.call".')
@click.option(
    "--think",
    type=click.FloatRange(0, 600),
    default=0.0,
    show_default=True,
    help="Seconds before each thing a caller does.",
)
@click.option("--patience", type=click.FloatRange(0, 3600), default=20.0, show_default=True, help="Seconds in a queue.")
@click.option("--most-open", type=click.IntRange(1, 20_000), default=500, show_default=True, help="Calls at once.")
@click.option("--status-url", help="Told when a call is over; /status below URL where none is given.")
@click.option("--seed", type=int, default=0, help="Another one gives other callers, and another order of scripts.")
@click.option("--anywhere", is_flag=True, help="Also call another machine. Only ever one that is yours to load.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def load(
    url: str,
    rate: float,
    seconds: float,
    to: str | None,
    keys: tuple[str, ...],
    scripts: tuple[str, ...],
    format_: str,
    **options: object,
) -> None:
    """Call the voice webhook at URL with many callers, as a carrier would, and print what it took.

    Calls begin on time, whatever became of those before; a latency counts from when its webhook was due. With
    TWILIO_AUTH_TOKEN the webhooks are signed. Exits with 0 when no call failed, with 1 when some did, with 2 where it
    could not run. Ctrl-C ends it with the figures so far.
    """
    settings = from_environment()
    try:
        plan = Plan(
            _voice(url),
            to=to or _first_number(settings),
            rate=rate,
            seconds=seconds,
            scripts=read_mixed(keys) + _from_files(scripts),
            token=settings.auth_tokens[0] if settings.auth_tokens else None,
            public_url=settings.public_url,
            account_sid=settings.account_sid or ACCOUNT,
            **options,  # type: ignore[arg-type]  # click has read them as their types
        )
    except PlanError as error:
        raise click.UsageError(str(error)) from None
    _allow_connections(plan.most_open)
    with _live(plan) as watch:
        tally = asyncio.run(_placed(plan, watch))
    click.echo(as_text(plan, tally) if format_ == "text" else json.dumps(as_json(plan, tally), indent=2))
    sys.exit(1 if tally.failed else 0)


async def _placed(plan: Plan, watch: Callable[[Tally, float], None] | None) -> Tally:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return await place(plan, stop=stop, watch=watch)


def _voice(url: str) -> str:
    """The voice webhook: of a service's address alone, the one that this service has."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return url  # the plan says what is wrong with it
    return f"{url.rstrip('/')}/voice" if path in ("", "/") else url


def _first_number(settings: Settings) -> str:
    """The first number of the first line in the folder of menus."""
    flows = check_files(menu_files(settings.menus)).flows if settings.menus.is_dir() else {}
    for _, flow in sorted(flows.items()):
        if flow.numbers:
            return flow.numbers[0]
    raise PlanError(f"--to is missing: {settings.menus} has no line whose number could be called")


def _from_files(texts: tuple[str, ...]) -> tuple[Mixed, ...]:
    """What the callers of scripted calls do; what they should hear is not compared."""
    found = []
    for text in texts:
        share = re.match(r"(\d{1,4})x\s+", text)
        path = Path(text[share.end() :] if share else text)
        try:
            script = read_script_file(path.read_text("utf-8"))
        except ScriptError as error:
            raise PlanError(f"{path}:{error.number}: {error}") from None
        except (OSError, ValueError) as error:
            raise PlanError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
        found.append(Mixed(str(path), tuple(act for _, act in script.acts), int(share[1]) if share else 1))
    return tuple(found)


def _allow_connections(count: int) -> None:
    """Lets this process have a connection for each open call, as far as the system does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 100
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


@contextmanager
def _live(plan: Plan) -> Iterator[Callable[[Tally, float], None] | None]:
    """What shows a load while it runs: one line on a terminal, nothing anywhere else."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # here, since most runs in a pipe show nothing
    from rich.live import Live

    before: list[tuple[float, int]] = [(0.0, 0)]
    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as live:

        def watch(tally: Tally, seconds: float) -> None:
            then, answered = before[0]
            before[0] = (seconds, tally.answered)
            rate = (tally.answered - answered) / (seconds - then)
            p99 = tally.latency.percentile(99) * 1000
            live.update(
                f"{seconds:.0f} of {plan.seconds:.0f} s  calls {tally.begun:,} begun, {tally.open:,} open,"
                f" {tally.failed:,} failed  webhooks {rate:,.0f} a second  p99 {p99:,.1f} ms",
                refresh=True,
            )

        yield watch
