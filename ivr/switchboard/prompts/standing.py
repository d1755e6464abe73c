"""How each text of a line stands: recorded, draft, stale, missing, or spoken because a value is said in it."""

from __future__ import annotations

import wave
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ivr.switchboard.prompts.current import Sought
from ivr.switchboard.prompts.manifest import Entry, read
from ivr.switchboard.prompts.texts import PromptText

State = Literal["recorded", "draft", "stale", "missing", "spoken"]
STATES: tuple[State, ...] = get_args(State)

WANTED = ("stale", "missing")
"""The states of texts that somebody has to read: callers hear the carrier's voice meanwhile."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a text stands. `seconds` is the recording's own length where it has one, else (`about`) an estimate.

    `file` is the recording's path below the folder, which another text's may be (`shared`); `was` are the words of a
    stale one, `draft` tells whether a synthesizer read it.
    """

    text: PromptText
    state: State
    seconds: float
    about: bool
    file: str = ""
    was: str = ""
    draft: bool = False

    @property
    def wanted(self) -> bool:
        """Whether somebody has to read it."""
        return self.state in WANTED

    @property
    def shared(self) -> bool:
        """Whether it is played from the recording of another text with the same words."""
        return bool(self.file) and self.file != self.text.path and self.state != "stale"


def standings(texts: Iterable[PromptText], folder: Path) -> list[Standing]:
    """How each of the texts stands in the folder of recordings. Raises ManifestError."""
    sought = Sought(folder, read(folder))
    return [_standing(text, sought, folder) for text in texts]


def counted(found: Sequence[Standing]) -> dict[State, int]:
    """How many texts stand how, the states without any left out."""
    counts = Counter(one.state for one in found)
    return {state: counts[state] for state in STATES if counts[state]}


def unused(found: Sequence[Standing], folder: Path) -> dict[str, Entry]:
    """The recordings of the manifest that none of the texts is played from, nor will be: their prompt is gone.

    Right only where `found` is of all lines. Raises ManifestError.
    """
    used = {one.file for one in found} | {one.text.path for one in found}
    return {path: entry for path, entry in read(folder).items() if path not in used}


def _standing(text: PromptText, sought: Sought, folder: Path) -> Standing:
    if text.valued:
        return Standing(text, "spoken", text.seconds, about=True)
    if one := sought.recording(text):
        state: State = "draft" if one.entry.draft else "recorded"
        length = _length(folder / one.path, one.entry)
        return Standing(text, state, length, about=False, file=one.path, draft=one.entry.draft)
    if old := sought.stale(text):
        return Standing(text, "stale", text.seconds, about=True, file=text.path, was=old.text, draft=old.draft)
    return Standing(text, "missing", text.seconds, about=True)


def _length(path: Path, entry: Entry) -> float:
    """Seconds of the recording, from the file itself; what the manifest says where it cannot be read."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError, OSError, ZeroDivisionError):
        return entry.seconds or 0.0
