"""`ivr rollback`: one step back."""

from __future__ import annotations

import click

from ivr.cli.publishing import publishing, told, who, why_option


@click.command()
@click.argument("line")
@click.option("--to", metavar="VERSION", help="This version instead: its hash, or how it begins (ivr versions LINE).")
@why_option
def rollback(line: str, to: str | None, why: str | None) -> None:
    """Go one step back with LINE (the name of its file without .yaml): the version before is live again.

    Where a version is being tried out, the trial ends; a line that was retired is back. Again, it goes further back.
    Nothing is asked and no scripted call is run. Calls in progress keep their version. The file stays as it is.
    """
    with publishing("rollback") as publisher:
        done = publisher.roll_back(line, who=who(), why=why, to=to)
    click.echo(told(done))
