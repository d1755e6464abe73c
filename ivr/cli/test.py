"""`ivr test`: scripted calls, placed and compared with what they say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ivr.cli.differences import difference
from ivr.cli.progress import progress
from ivr.cli.scripted import Placed, Verdict, run_all
from ivr.cli.walk import walk_files
from ivr.config import from_environment
from ivr.phone.scripts import CallScript, ScriptError, read_script_file
from ivr.switchboard.menu_folder import check_files


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--update", is_flag=True, help="Write what was heard into the scripts that differ.")
@click.option("--walk", is_flag=True, help="Walk menu files instead: try every key at every place.")
def test(paths: tuple[Path, ...], update: bool, walk: bool) -> None:
    """Run scripted calls: files, or all *.call below a folder (below IVR_MENUS where no PATH is given).

    A script is what `ivr call` prints. Exits with 0 when all passed, with 1 when some failed, with 2 where it could
    not run; with --walk likewise, where 1 means that some path does not end as it should.
    """
    if walk:
        sys.exit(walk_files(paths or (from_environment().menus,)))
    files = _files(paths or (from_environment().menus,))
    failed: dict[Path, str] = {}
    placed = list(_read(files, failed))
    with progress(len(placed)) as done:
        verdicts = run_all(placed, lambda _: done())
    for verdict in verdicts:
        if update and verdict.whole and not verdict.same:
            _rewrite(verdict)
        elif not verdict.passed:
            failed[verdict.placed.path] = _told(verdict)
    for file in files:
        if file in failed:
            click.echo(failed[file])
    click.echo(f"{len(files) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


def _files(paths: tuple[Path, ...]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = (found for found in sorted(path.rglob("*.call")) if found.is_file())
            files += [file for file in below if not any(p.startswith(".") for p in file.relative_to(path).parts)]
        elif path.is_file():
            files.append(path)
        else:
            _stop(f"{path}: there is no such file or folder")
    if not files:
        _stop(f"{', '.join(map(str, paths))}: there is no script (*.call) here; save what `ivr call` prints as one")
    return list({file.resolve(): file for file in files}.values())


def _read(files: list[Path], failed: dict[Path, str]) -> Iterator[Placed]:
    """The scripts of the files that can be run; of each other file, what is wrong goes into `failed`."""
    scripts: list[tuple[Path, str, CallScript, Path]] = []
    for file in files:
        try:
            text = file.read_bytes().decode("utf-8-sig")
            script = read_script_file(text)
            scripts.append((file, text, script, _menu(file, script)))
        except ScriptError as error:
            failed[file] = f"{file}:{error.number}: {error}"
        except UnicodeDecodeError as error:
            failed[file] = f"{file}:{error.object[: error.start].count(10) + 1}: this is no text in UTF-8"
        except OSError as error:
            _stop(f"{file}: {error.strerror or error}")
    checked = {menu: check_files([menu]) for menu in dict.fromkeys(menu for *_, menu in scripts)}
    for menus in checked.values():
        for problem in menus.errors:
            click.echo(str(problem))
    for file, text, script, menu in scripts:
        flow = next(iter(checked[menu].flows.values()), None)
        if flow is None or checked[menu].errors:
            failed[file] = f"{file}: {menu} has errors, so nobody can call it"
        else:
            yield Placed(file, text, script, menu, flow)


def _menu(file: Path, script: CallScript) -> Path:
    """The menu file that a script calls: beside it, in the folder above, or in IVR_MENUS. Raises ScriptError."""
    above = file.parent.parent if file.parent.name not in ("", "..") else file.absolute().parent.parent
    folders = (file.parent, above, from_environment().menus)
    for folder in folders:
        for name in (script.line, f"{script.line}.yaml"):
            if (folder / name).is_file():
                return folder / name
    number = next(number for number, row in enumerate(script.top, 1) if row.startswith("line:"))
    places = ", ".join(str(folder) for folder in dict.fromkeys(folders))
    raise ScriptError(number, f'there is no menu file "{script.line}"; write its name or path (looked for in {places})')


def _rewrite(verdict: Verdict) -> None:
    try:
        verdict.placed.path.write_text(verdict.heard, "utf-8")
    except OSError as error:
        _stop(f"{verdict.placed.path}: {error.strerror or error}")
    click.echo(f"rewritten: {verdict.placed.path}")


def _told(verdict: Verdict) -> str:
    """What a failed script looks like: its problems, one a line, and the difference."""
    path = verdict.placed.path
    rows = [f"{path}:{number}: {text}" if number else f"{path}: {text}" for number, text in verdict.problems]
    if verdict.heard != verdict.placed.text and not verdict.same:
        rows.append(difference(str(path), verdict.placed.text, verdict.heard, colour=sys.stdout.isatty()))
    return "\n".join(rows)


def _stop(message: str) -> None:
    click.echo(f"ivr test: {message}", err=True)
    sys.exit(2)
