"""The recordings that callers hear: those that still say what the menu says.

A text is played from its own recording. Where it has none, it is played from another recording of just the same words
in the same language, which was made for the same line, or for the same piece in another line: so the prompt of a piece
that a line runs twice (`who.number.ask`, `again.number.ask`) is recorded once. A person goes before a draft.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.menu import Flow
from ivr.switchboard.prompts.manifest import FILE, Entry, Manifest, readable
from ivr.switchboard.prompts.texts import PromptText, texts_of

LOOKED_AT = 1.0
"""Seconds after which the manifest is looked at again."""

Stamp = tuple[int, int, int] | None
"""What tells one manifest from another, without reading it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The recording that a text is played from: its path below the folder, and its entry."""

    path: str
    entry: Entry


class Recordings:
    """The folder of recordings, as a running process has it. Safe between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: Stamp = None
        self._next = 0.0  # when the manifest is looked at again, on the monotonic clock

    def stamp(self) -> Stamp:
        """Which manifest there is: changes at most LOOKED_AT seconds after it has been replaced."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + LOOKED_AT
            try:
                told = (self._folder / FILE).stat()
                self._stamp = (told.st_mtime_ns, told.st_size, told.st_ino)
            except OSError:
                self._stamp = None
        return self._stamp

    def of(self, flow: Flow) -> dict[tuple[str, int, str], str]:
        """What the line plays: `{(address, variant, language): path}`, as the carrier asks for it below `/recordings/`.

        The path ends in `?v=…` where the manifest knows the audio: carriers keep what they fetched by its address, and
        a new recording shall not wait until they forget the old one.
        """
        found = Sought(self._folder, readable(self._folder))
        return {
            (it.address, it.variant, it.language): f"{one.path}?v={one.entry.audio}" if one.entry.audio else one.path
            for it in texts_of(flow)
            if (one := found.recording(it))
        }


class Sought:
    """Finds the recordings of texts in a folder with this manifest."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self._manifest = manifest
        self._same: dict[tuple[str, str], list[Found]] = {}
        for path, entry in manifest.items():
            self._same.setdefault((path.partition("/")[0], entry.text), []).append(Found(path, entry))

    def recording(self, text: PromptText) -> Found | None:
        """The recording that the text is played from; None where it is spoken."""
        if text.valued:
            return None
        fitting = sorted(self._fitting(text), key=lambda one: (one.entry.draft, one.path != text.path, one.path))
        return next((one for one in fitting if (self._folder / one.path).is_file()), None)

    def stale(self, text: PromptText) -> Entry | None:
        """The entry of its own recording, where that was read from other words than these."""
        own = self._manifest.get(text.path)
        return own if own and own.text != text.words and (self._folder / text.path).is_file() else None

    def _fitting(self, text: PromptText) -> Iterator[Found]:
        for one in self._same.get((text.language, text.words), ()):
            line = one.path.split("/")[1] if one.path.count("/") > 1 else ""
            if line == text.line or (text.piece and one.entry.piece == text.piece):
                yield one
