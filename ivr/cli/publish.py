"""`ivr publish`: a menu file goes live."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from ivr.cli.publishing import publishing, told, who, why_option
from ivr.switchboard.menu_folder import check_files
from ivr.switchboard.rehearsal import Rehearsal, rehearse, scripts_of


class Share(click.ParamType[float]):
    """A share of callers, such as 10%."""

    name = "SHARE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share, as 0.1, or the usage error that says what one is."""
        found = re.fullmatch(r"(\d{1,2}(?:\.\d{1,2})?) ?%", str(value).strip())
        if found is None or not 0 < float(found[1]) < 100:
            self.fail(f'"{value}" is no share of callers; write such as 10%', param, ctx)
        return float(found[1]) / 100


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@why_option
@click.option("--share", type=Share(), help="Try it out on this share of callers first, such as 10%.")
@click.option("--force", is_flag=True, help="Although scripted calls fail, or the team or a table does not fit; --why.")
def publish(file: Path, why: str | None, share: float | None, force: bool) -> None:
    """Check FILE, run its line's scripted calls (*.call), and make it the live version of its line.

    New calls get it at once, also from a service that runs on the same IVR_DATA; calls in progress keep the
    version that they began with. Exits with 1, and changes nothing, where the file does not check, a scripted call
    fails, or somebody else published the line meanwhile.
    """
    if force and not (why or "").strip():
        raise click.UsageError("what is forced needs its reason: --force --why REASON")
    with publishing("publish") as publisher:
        seen = publisher.seen(file)
        done = publisher.publish(
            file, who=who(), why=why, base=seen, share=share, rehearsal=_rehearsed(file), force=force
        )
    for warning in done.warnings:
        click.echo(str(warning))
    if done.forced:
        click.echo(f"forced, although {done.forced}", err=True)
    click.echo(told(done))


def _rehearsed(file: Path) -> Rehearsal | None:
    """What came of the scripted calls; none are placed to a file that does not check, which is refused anyhow."""
    scripts = scripts_of(file)
    if not scripts or check_files([file]).errors:
        return None
    if sys.stderr.isatty():
        click.echo(f"{len(scripts)} scripted calls …", err=True)
    found = rehearse(file, progress=True)
    if not found.passed:
        click.echo(found.told)
    return found
