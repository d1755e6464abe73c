"""`ivr promote`: what is tried out goes to all callers."""

from __future__ import annotations

import click

from ivr.cli.publishing import publishing, told, who, why_option


@click.command()
@click.argument("line")
@why_option
def promote(line: str, why: str | None) -> None:
    """Give all callers of LINE the version that is being tried out (ivr publish FILE --share 10%)."""
    with publishing("promote") as publisher:
        done = publisher.promote(line, who=who(), why=why)
    click.echo(told(done))
