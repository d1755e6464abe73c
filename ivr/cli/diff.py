"""`ivr diff`: what is different between two versions of a line, in an operator's words."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.cli.log_database import log_database
from ivr.config import from_environment
from ivr.menu import Flow
from ivr.menu.diff import Change
from ivr.menu.diff import diff as changes_of
from ivr.menu.load import stem
from ivr.menu.problems import visible
from ivr.store.versions import Versions
from ivr.switchboard.comparing import flow_in, flow_of, touched
from ivr.switchboard.publish import Refused


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what it is called, and the line."""

    name: str
    flow: Flow


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def diff(a: str, b: str | None, format_: str) -> None:
    """Say what changes from A to B: each a menu file, a line (its live version), or a version (its hash).

    With A alone it is what publishing would change: of a file against the live version of its line, or of a line
    against its file in IVR_MENUS. Where the log has calls, each change says how many callers a week it touches.
    Exits with 0, also where nothing is different; with 1 where a file does not check.
    """
    settings = from_environment()
    with log_database(settings.database, "diff") as engine:
        versions = Versions(engine)
        try:
            old, new = _sides(versions, settings.menus, a, b)
        except Refused as refused:
            click.echo(str(refused))
            click.echo("ivr diff: what has errors cannot be compared", err=True)
            sys.exit(1)
        except (LookupError, ValueError) as error:
            click.echo(visible(f"ivr diff: {error.args[0]}"), err=True)
            sys.exit(2)
        except OSError as error:
            click.echo(visible(f"ivr diff: {error.filename}: {error.strerror}"), err=True)
            sys.exit(2)
        changes = changes_of(old.flow, new.flow)
        callers = touched(engine, old.flow.name, changes, datetime.now(UTC))
    if format_ == "json":
        rows = [{**asdict(it), "callers_a_week": times} for it, times in zip(changes, callers, strict=True)]
        click.echo(json.dumps({"from": old.name, "to": new.name, "changes": rows}, ensure_ascii=False, indent=2))
        return
    click.echo(f"from {old.name} to {new.name}: {_count(len(changes), 'change')}")
    for it, times in zip(changes, callers, strict=True):
        click.echo(_told(it, times))


def _sides(versions: Versions, menus: Path, a: str, b: str | None) -> tuple[Side, Side]:
    """Both sides, the older first. Raises Refused, LookupError and ValueError, in words for whoever asks."""
    if b is not None:
        return _side(versions, a), _side(versions, b)
    path = Path(a)
    if path.is_file():
        return _live(versions, stem(path.name)), Side(visible(a), flow_in(path))
    live = _live(versions, a)
    file = menus / f"{a}.yaml"
    if not file.is_file():
        raise LookupError(f"there is no file {file} to compare {a} with; name one: ivr diff {a} FILE")
    return live, Side(str(file), flow_in(file))


def _side(versions: Versions, text: str) -> Side:
    path = Path(text)
    if path.is_file():
        return Side(visible(text), flow_in(path))
    if text in versions.live():
        return _live(versions, text)
    version = versions.find(text)
    return Side(f"version {version}", flow_of(versions, version))


def _live(versions: Versions, line: str) -> Side:
    version = versions.live().get(line)
    if version is None:
        raise LookupError(f"no line {line} is live; there are {', '.join(sorted(versions.live())) or 'none'}")
    return Side(f"{line} as it is live ({version})", flow_of(versions, version))


def _told(it: Change, times: int | None) -> str:
    return visible(it.words) + (f" ({_count(times, 'caller')} a week)" if times is not None else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
