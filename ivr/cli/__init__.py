"""The command line: `ivr check`, `ivr call`, `ivr test`, `ivr serve` and the others of COMMANDS."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from ivr.config import SettingError

COMMANDS = (
    "check", "draw", "call", "test", "serve", "publish", "notice", "hours", "versions", "rollback", "promote",
    "retire", "diff", "fallback", "numbers", "calls", "replay", "report", "export", "worker", "load", "user", "token",
    "erase", "demo-data", "rollups", "prompts",
)  # fmt: skip
"""Each is a function of that name, its hyphen an underscore, in a module of that name."""


class Commands(click.Group):
    """Imports a command when it is asked for: `ivr check` need not wait for a database library."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands' names, in the order in which one needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(import_module(f"ivr.cli.{name}"), name)
        assert isinstance(command, click.Command)  # noqa: S101 - so are all of COMMANDS
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="touchtone", message="touchtone %(version)s")
def ivr() -> None:
    """Phone menus as YAML files: check them, call them, serve them."""


def main() -> None:
    """Runs the command; a setting that makes no sense, or a file or a disk that nobody reckoned with, is one line that
    names it, and exit 2.
    """
    try:
        ivr()
    except SettingError as error:
        click.echo(f"ivr: {error}", err=True)
        sys.exit(2)
    except UnicodeEncodeError as error:
        click.echo(f"ivr: {error.object[:60]!a} is no text that can be kept", err=True)
        sys.exit(2)
    except OSError as error:
        from ivr.menu.problems import visible

        named = f"{error.filename}: " if error.filename is not None else ""
        click.echo(visible(f"ivr: {named}{error.strerror or error}"), err=True)
        sys.exit(2)
