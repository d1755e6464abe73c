"""`ivr retire`: a line is taken out of service."""

from __future__ import annotations

import click

from ivr.cli.publishing import publishing, told, who, why_option


@click.command()
@click.argument("line")
@why_option
def retire(line: str, why: str | None) -> None:
    """Take LINE out of service: new callers of its numbers hear that they are not in service.

    Another line may have the numbers then, such as the same one under a new name. Calls in progress go on to their
    end. `ivr rollback LINE` brings it back, and so does publishing its file.
    """
    with publishing("retire") as publisher:
        done = publisher.retire(line, who=who(), why=why)
    click.echo(told(done))
