"""`ivr test --walk`: every press, wrong key, silence and hang-up at every place of a line, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from ivr.call.walk import Coverage, Heard, Unreached, Walk, Way, walk
from ivr.call.walk.explore import Progress as Told
from ivr.menu.flow import LAST_RESORT, VOICEMAIL
from ivr.menu.load import stem
from ivr.menu.problems import visible
from ivr.switchboard.menu_folder import check_files, menu_files

MOST_LISTED = 10
"""Of anything, lines that are printed; how many more there are stands below them."""

LONGEST_PATH = 40
"""Keys of a way that are printed."""


def walk_files(paths: Sequence[Path]) -> int:
    """Walks menu files, or all of a folder; the highest exit code of any (`walk_file`)."""
    files: list[Path] = []
    for path in paths:
        found = menu_files(path) if path.is_dir() else [path]
        if not found:
            click.echo(f"ivr test: {path}: there is no menu file (*.yaml) in this folder", err=True)
            return 2
        files += found
    codes = []
    for number, file in enumerate(dict.fromkeys(files)):
        if number:
            click.echo("")
        codes.append(walk_file(file))
    return max(codes)


def walk_file(path: Path) -> int:
    """Walks the line of a menu file and prints what was found, the worst first.

    Returns the exit code: 0 where every path ends, hands over or is stopped by the caps, 1 where something is wrong,
    2 where the file cannot be walked. The problems of a file that does not check are printed as `ivr check` does.
    """
    if not path.is_file():
        click.echo(f"ivr test: {path}: there is no such file or folder", err=True)
        return 2
    try:
        menus = check_files([path])
    except OSError as error:
        click.echo(f"ivr test: {error.filename}: {error.strerror}", err=True)
        return 2
    flow = menus.flows.get(stem(str(path)))
    if flow is None or menus.errors:
        for problem in menus.errors:
            click.echo(str(problem))
        click.echo(f"ivr test: {path} has errors, so there is nothing to walk", err=True)
        return 2
    with _progress(str(path)) as told:
        found = walk(flow, progress=told)
    for line in report(found):
        click.echo(visible(line))
    return 0 if found.proven else 1


@contextmanager
def _progress(name: str) -> Iterator[Told | None]:
    """A bar on a terminal, nothing elsewhere; how many states there will be shows as they are found."""
    if not sys.stderr.isatty():
        yield None
        return
    # Here, since it takes its time, and most runs show nothing.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("states"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name)
        yield lambda done, known: bar.update(task, completed=done, total=known)


def report(found: Walk) -> Iterator[str]:
    """The lines of the report."""
    yield from _verdict(found)
    yield from _faults(found)
    yield from _unreached(found)
    yield from _heard(found.heard)
    yield from _persons(found)
    if found.undecided:
        yield ""
        yield "Not decided:"
        yield from _some([f"  {line}" for line in found.undecided])
    yield ""
    yield from _counts(found)


def _verdict(found: Walk) -> Iterator[str]:
    if found.proven:
        yield f"{found.line}: every path ends, hands over to a person, or is stopped by the caps."
    elif found.faults:
        yield f"{found.line}: {_count(len(found.faults), 'fault')}. Callers meet what no caller should."
    else:
        yield f"{found.line}: too large to be walked to its end, so nothing is proven."


def _faults(found: Walk) -> Iterator[str]:
    for fault in found.faults:
        yield ""
        yield f"FAULT  {fault.step}: {fault.what}"
        yield f"       the way there: {_path(fault.way)}"


def _unreached(found: Walk) -> Iterator[str]:
    steps = [one for one in found.unreached if not one.way]
    ways = [one for one in found.unreached if one.way]
    if ways:
        yield ""
        yield "Never taken:"
        yield from _some([f"  {_name(one)}: {one.why}" for one in ways])
    if steps:
        yield ""
        yield "Never reached:"
        yield from _some([f"  {one.step}: {one.why}" for one in steps])
    if found.too_far:
        yield ""
        yield "Too far from the beginning: the cap on inputs stops callers before they come there:"
        yield from _some([f"  {place}" for place in found.too_far])


def _name(one: Unreached) -> str:
    return (
        f"{one.step}, key {one.way.removeprefix('menu.')}" if one.way.startswith("menu.") else f"{one.step}, {one.way}"
    )


def _heard(heard: Sequence[Heard]) -> Iterator[str]:
    if not heard:
        return
    yield ""
    yield "The same words three times in one call:"
    places: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in heard:
        places.setdefault((one.place, one.prompts), []).append(one.why)
    lines = []
    for (place, prompts), whys in places.items():
        more = f" and {len(prompts) - 1} more" if len(prompts) > 1 else ""
        lines.append(f"  {place}: {prompts[0]}{more}, to a caller {' or '.join(dict.fromkeys(whys))}")
    yield from _some(lines)
    if any(not prompt.startswith("service.") for one in heard for prompt in one.prompts):
        yield "  (a list of words says them shorter each time; fewer tries hand over sooner)"


def _persons(found: Walk) -> Iterator[str]:
    yield ""
    keys, seconds = found.longest_in_keys, found.longest_in_seconds
    if keys is None or seconds is None:
        yield "No key leads to a person, nor to a message: callers only come there by giving up."
    else:
        yield "The longest way to a person, straight to the farthest place and from there on:"
        yield from _way(f"{_count(keys.keys, 'key')}", keys)
        yield from _way(f"{_seconds(seconds.seconds)} of words", seconds)
    if found.silence:
        to = _person(found.silence.to) if found.silence.to else "the end of the call"
        yield f"A caller who presses nothing comes to {to} after {_seconds(found.silence.seconds)}."
    if found.no_key_to_a_person and keys is not None:
        yield f"No key leads to a person from {_listed(found.no_key_to_a_person)}."


def _person(step: str) -> str:
    """The step that hands a caller over, for people: what the service itself adds to a line has no name in its file."""
    service = {VOICEMAIL: "the line's own voicemail", LAST_RESORT: "the last resort"}
    return service.get(step, step)


def _way(measure: str, way: Way) -> Iterator[str]:
    at = "" if way.at == way.person else f"by way of {way.at} "
    unsure = "" if way.confirmed else "; no single call was found that goes it"
    yield f"  {measure}, {at}to {_person(way.person)}{unsure}: {_path(way.path)}"


def _counts(found: Walk) -> Iterator[str]:
    proof = found.proof
    yield (
        f"Of {found.inputs:,} inputs tried in {_count(found.states, 'state')}: {proof.ended:,} end the call, "
        f"{proof.handed_over:,} hand over, {proof.hung_up:,} are the caller hanging up, {proof.capped:,} meet a cap."
    )
    if proof.loops:
        driven = "it" if proof.loops == 1 else "each" if proof.driven == proof.loops else f"{proof.driven} of them"
        loops = _count(proof.loops, "loop")
        yield f"Callers can go round {loops} until a cap stops them; the engine was driven round {driven}, to the end."
    rows = [
        ("steps", found.steps),
        ("options", found.options),
        ("outcomes", found.outcomes),
        ("languages", found.languages),
    ]
    yield "Covered: " + ", ".join(f"{_share(covered)} {name}" for name, covered in rows) + "."


def _share(covered: Coverage) -> str:
    return f"{covered.reached:,} of {covered.total:,}"


def _path(way: Sequence[str]) -> str:
    """What the caller presses and what else happens, on one line: a key that is pressed again and again is counted."""
    words: list[tuple[str, int]] = []
    for word in way:
        if words and words[-1][0] == word:
            words[-1] = (word, words[-1][1] + 1)
        else:
            words.append((word, 1))
    shown = [word if times == 1 else f"{word} ({times} times)" for word, times in words]
    left = len(shown) - LONGEST_PATH
    return ", ".join(shown[:LONGEST_PATH]) + (f", and {left} more" if left > 0 else "") or "at the beginning"


def _some(lines: list[str]) -> Iterator[str]:
    yield from lines[:MOST_LISTED]
    if len(lines) > MOST_LISTED:
        yield f"  and {len(lines) - MOST_LISTED:,} more"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_LISTED:,} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more


def _seconds(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
