"""`ivr prompts`: what callers hear as recordings, what is to be recorded, and how recordings come in."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, NoReturn

import click

from ivr.config import from_environment
from ivr.menu import Flow
from ivr.menu.problems import did_you_mean, visible
from ivr.switchboard.menu_folder import check_files, menu_files
from ivr.switchboard.prompts.manifest import ManifestError
from ivr.switchboard.prompts.standing import Standing, counted, standings, unused
from ivr.switchboard.prompts.texts import texts_of

# The audio libraries take their time to load: they are imported where audio is read.


class Listing(click.Group):
    """A group that lists where no command of its own is named: `ivr prompts meridian`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of its own that is named first, else the list."""
        return super().resolve_command(ctx, args if args and args[0] in self.commands else ["list", *args])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What comes before a command of its own is the list's."""
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Listing, options_metavar="", subcommand_metavar="[LINE|FILE] [--missing] | COMMAND …")
def prompts() -> None:
    """The recordings of prompts: how each text stands, what to record, and how recordings come in.

    Without a command: each text of each line and language, and whether its recording is there.
    """


@prompts.command(name="list")
@click.argument("line", required=False, metavar="[LINE|FILE]")
@click.option("--missing", is_flag=True, help="Only what is missing or stale.")
def list_(line: str | None, missing: bool) -> None:
    """List each text of LINE (or of all lines): recorded, draft, stale, missing or spoken, and its seconds.

    Seconds with a ~ are an estimate. `spoken` has a value in it, and is said by the carrier's voice, always.
    """
    flows = _flows(line)
    found = _standings(flows)
    for name, flow in flows.items():
        for language in flow.languages:
            of = [one for one in found if (one.text.line, one.text.language) == (name, language)]
            click.echo(f"{visible(flow.title)} ({name}), {language}: {_counts(of)}")
            for one in of:
                if one.wanted or not missing:
                    click.echo(f"  {_row(one)}")
    if line is None:
        for path in unused(found, from_environment().recordings):
            click.echo(f"unused: {visible(path)}: no line has a prompt for it any more")


@prompts.command()
@click.argument("line", required=False, metavar="[LINE|FILE]")
@click.option("--format", "format_", type=click.Choice(["csv", "html"]), default="csv", help="CSV, or a page to print.")
@click.option("--missing", is_flag=True, help="Only what is missing or stale.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def script(line: str | None, format_: Literal["csv", "html"], missing: bool, out: Path | None) -> None:
    """Print the studio's script: the words to read, about how long they take, and what each file is called."""
    from ivr.switchboard.prompts.script import as_csv, as_page, readings

    flows = _flows(line)
    takes = readings(_standings(flows), flows, missing=missing)
    text = as_page(takes) if format_ == "html" else as_csv(takes)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        _stop(f"{out}: {error.strerror}")
    click.echo(f"{out}: {_count(len(takes), 'take')}, about {sum(one.seconds for one in takes):.0f} seconds", err=True)


@prompts.command(name="import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--line", metavar="LINE|FILE", help="The line of files that lie in no folder of a line.")
@click.option("--language", default="", help="The language of files that lie in no folder of a language: es-MX.")
@click.option("--dry-run", is_flag=True, help="Judge the files, and keep nothing.")
def import_(folder: Path, line: str | None, language: str, dry_run: bool) -> None:
    """Bring in the recordings of DIR, named by address: main.menu.1.wav, es-MX/main.menu.1.wav.

    Each becomes 8 kHz, mono, 16 bits, at -20 LUFS, without silence around it, and is bound to the present words. Exits
    with 1, and keeps none, where one of them cannot be taken.
    """
    from ivr.switchboard.prompts.bringing import judge_folder, keep

    recordings = from_environment().recordings
    known = [text for flow in _flows(line).values() for text in texts_of(flow)]
    try:
        judged = judge_folder(folder, known, language)
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}")
    refused = [one for one in judged if one.problem]
    fit = [one for one in judged if one.fits]
    for one in judged:
        if one.problem:
            click.echo(f"refused  {visible(one.file)}: {visible(one.problem)}")
        elif one.text is None or one.audio is None:
            click.echo(f"skipped  {visible(one.file)}: not named as a recording")
        else:
            said = f"{one.audio.seconds:.1f} s, from {one.audio.was:.1f} to {one.audio.loudness:.1f} LUFS"
            click.echo(f"fits     {visible(one.file)}: {one.text.path}, {said}")
        for warning in one.warnings:
            click.echo(f"warning  {visible(one.file)}: {warning}")
    heard = f"{_count(len(fit) + len(refused), 'file')}: {len(fit)} fit, {len(refused)} refused"
    if refused or not fit or dry_run:
        why = "this was a dry run" if dry_run else "mend or take away what is refused" if refused else "nothing to keep"
        click.echo(f"{heard}; nothing imported: {why}", err=True)
        sys.exit(1 if refused or not fit else 0)
    try:
        kept = keep(fit, recordings)
    except (ManifestError, OSError) as error:
        _stop(f"nothing imported: {error}")
    click.echo(f"{heard}; {_count(len(kept), 'recording')} imported into {recordings}", err=True)


@prompts.command()
@click.argument("line", required=False, metavar="[LINE|FILE]")
@click.option("--only", multiple=True, metavar="PATTERN", help="Only addresses such as 'main.*'; may be repeated.")
@click.option("--again", is_flag=True, help="Read each draft anew, not only what is missing or stale.")
def draft(line: str | None, only: tuple[str, ...], again: bool) -> None:
    """Have what is missing read by espeak-ng, as drafts; what a person recorded is never touched."""
    from ivr.switchboard.prompts.bringing import drop, keep
    from ivr.switchboard.prompts.drafts import drafted, read_aloud
    from ivr.switchboard.prompts.synthesis import NoSynthesizerError

    recordings = from_environment().recordings
    found = _standings(_flows(line))
    chosen = [one for one in found if not only or any(fnmatchcase(one.text.name, pattern) for pattern in only)]
    try:
        judged = [read_aloud(one) for one in drafted(chosen, again=again)]
        for one in judged:
            if one.problem:
                click.echo(f"refused  {visible(one.file)}: {one.problem}")
        for path in keep(judged, recordings, draft=True):
            click.echo(f"read     {path}")
        if line is None and not only:
            gone = [path for path, entry in unused(found, recordings).items() if entry.draft]
            drop(gone, recordings)
            for path in gone:
                click.echo(f"removed  {visible(path)}: no line has a prompt for it any more")
    except (NoSynthesizerError, ManifestError, OSError) as error:
        _stop(str(error))
    for old in chosen:
        if old.state == "stale" and not old.draft:
            click.echo(f"stale    {old.text.path}: a person's; the words are spoken until it is recorded anew")
    click.echo(f"{_count(sum(one.fits for one in judged), 'draft')} read", err=True)
    sys.exit(1 if any(one.problem for one in judged) else 0)


def _flows(line: str | None) -> Mapping[str, Flow]:
    """The line that is named by its stem or file, or all of the menus; stops where one of them does not check."""
    menus = from_environment().menus
    files = menu_files(menus)
    if line is not None:
        file = Path(line)
        path = file if file.suffix == ".yaml" or file.is_file() else menus / f"{line}.yaml"
        if not path.is_file():
            hint = did_you_mean(line, [one.stem for one in files])
            _stop(f'there is no line "{visible(line)}" in {menus}{hint}, and no such file')
        files = [path]
    elif not files:
        _stop(f"{menus}: there is no menu file (*.yaml) in this folder")
    try:
        checked = check_files(files)
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}")
    if checked.errors or not checked.flows:
        for problem in checked.errors:
            click.echo(str(problem), err=True)
        _stop("nothing done: the menus have errors")
    return checked.flows


def _standings(flows: Mapping[str, Flow]) -> list[Standing]:
    texts = [text for flow in flows.values() for text in texts_of(flow)]
    try:
        return standings(texts, from_environment().recordings)
    except ManifestError as error:
        _stop(str(error))


def _row(one: Standing) -> str:
    seconds = f"{'~' if one.about else ''}{one.seconds:.1f} s"
    more = f" (played from {one.file})" if one.shared else f' (recorded: "{one.was}")' if one.was else ""
    return f"{one.state:<8} {seconds:>7}  {one.text.name}  {visible(one.text.words)}{visible(more)}"


def _counts(found: Sequence[Standing]) -> str:
    counts = ", ".join(f"{number} {state}" for state, number in counted(found).items())
    return f"{counts}; {_length(found)}"


def _length(found: Iterable[Standing]) -> str:
    seconds = round(sum(one.seconds for one in found))
    return f"about {seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"about {seconds} s"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _stop(message: str) -> NoReturn:
    click.echo(f"ivr prompts: {message}", err=True)
    sys.exit(2)
