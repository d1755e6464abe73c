"""The studio's script: what is to be read, in which language, how long it may take, and what the file is called.

Words that are said in several places are read once.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from jinja2 import Environment, PackageLoader, StrictUndefined

from ivr.menu import Flow
from ivr.menu.words import Pause, Text
from ivr.reports.export_formats import defused
from ivr.switchboard.prompts.standing import Standing

COLUMNS = ("line", "language", "address", "words", "seconds", "state", "notes", "file")

_TIMES = {1: "second", 2: "third", 3: "fourth", 4: "fifth"}

_templates = Environment(
    loader=PackageLoader("ivr.switchboard.prompts", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One take: the words to read and what to call the file. `seconds` is about how long it takes."""

    line: str
    title: str
    language: str
    address: str
    words: str
    seconds: float
    state: str
    notes: str
    file: str


def readings(standings: Iterable[Standing], flows: Mapping[str, Flow], *, missing: bool = False) -> list[Reading]:
    """What is to be read, grouped by line and language; with `missing` only what is missing or stale.

    What has a value in it is left out: the carrier's voice says that.
    """
    takes: dict[tuple[str, str, str], list[Standing]] = {}
    for one in standings:
        if one.state != "spoken":
            takes.setdefault((one.text.line, one.text.language, one.text.words), []).append(one)
    found = [_reading(same, flows) for same in takes.values() if not missing or any(one.wanted for one in same)]
    return sorted(found, key=lambda one: (one.line, flows[one.line].languages.index(one.language)))


def as_csv(script: Sequence[Reading]) -> str:
    """The script as CSV that no spreadsheet runs, a row a take, the first row its columns."""
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in script:
        held = (one.line, one.language, one.address, one.words, f"{one.seconds:.1f}", one.state, one.notes, one.file)
        rows.writerow(map(defused, held))
    return out.getvalue()


def as_page(script: Sequence[Reading]) -> str:
    """The script as a page of HTML that refers to nothing outside, and prints well: line by line, each language."""
    groups: dict[tuple[str, str, str], list[Reading]] = {}
    for one in script:
        groups.setdefault((one.line, one.title, one.language), []).append(one)
    return _templates.get_template("script.html").render(groups=groups)


def _reading(same: Sequence[Standing], flows: Mapping[str, Flow]) -> Reading:
    first = next((one for one in same if one.wanted), same[0])
    text = first.text
    flow = flows[text.line]
    return Reading(
        text.line,
        flow.title,
        text.language,
        text.address,
        _readable(text.text),
        first.seconds,
        first.state,
        "; ".join(_notes(first, same, flow)),
        f"{text.language}/{text.line}/{text.name}.wav",
    )


def _readable(text: Text) -> str:
    """The words for a person to read: a pause is told as one."""
    told = (f" [pause {piece.seconds:g} s] " if isinstance(piece, Pause) else str(piece) for piece in text)
    return " ".join("".join(told).split())


def _notes(one: Standing, same: Sequence[Standing], flow: Flow) -> Iterable[str]:
    text = one.text
    step, _, rest = text.address.partition(".menu.")
    if rest:
        yield f"key {rest} of {step}"
    if text.variant:
        yield f"said the {_TIMES.get(text.variant, f'{text.variant + 1}th')} time"
    if text.piece:
        yield f"of the piece {text.piece}"
    owner = flow.steps.get(text.address.rpartition(".")[0])
    if owner is not None and not owner.interruptible and text.address.endswith(".say"):
        yield "heard out: no key cuts it short"
    if one.was:
        yield f'was: "{one.was}"'
    if also := [other.text.name for other in same if other is not one]:
        yield f"also said at {', '.join(also)}"
