"""The manifest of the recordings: which words each was read from. It is what binds a file to its text."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

FILE = "manifest.json"


class ManifestError(ValueError):
    """A manifest that cannot be read: what is there would be lost by writing a new one."""


class Overtaken(Exception):  # noqa: N818 - it is an answer, not a fault
    """Somebody else kept or took away the recording `path` since it was looked at."""

    def __init__(self, path: str) -> None:
        super().__init__(f"somebody else changed the recording {path} meanwhile")
        self.path = path


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording: the words that it was read from and its length.

    `draft` marks a synthesizer's, which may be read again. `piece` is the piece that the prompt comes from, empty for a
    line's own. `audio` is the beginning of the file's SHA-256, which changes its address for the carrier.
    """

    text: str
    seconds: float | None = None
    draft: bool = False
    piece: str = ""
    audio: str = ""

    @property
    def mark(self) -> str:
        """What tells this recording from any other of the same text: by its audio, else by what is known of it."""
        return self.audio or sha256(f"{self.text}\0{self.seconds}\0{self.draft}".encode()).hexdigest()[:12]


Manifest = Mapping[str, Entry]
"""Entries by the path of the recording below the folder: `en-US/meridian/main.menu.1.wav`."""


def read(folder: Path) -> dict[str, Entry]:
    """The manifest of a folder; empty where there is none. Raises ManifestError for one that cannot be read."""
    path = folder / FILE
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ManifestError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise ManifestError(f"{path}: this is no JSON ({error}); mend it, or delete it and import anew") from None
    if not isinstance(data, dict):
        raise ManifestError(f"{path}: a map of paths to entries is expected; mend it, or delete it and import anew")
    found = {name: _entry(given) for name, given in data.items()}
    return {name: entry for name, entry in found.items() if entry is not None}


def readable(folder: Path) -> dict[str, Entry]:
    """The manifest as callers have it: where it cannot be read, nothing is recorded, and all is spoken."""
    try:
        return read(folder)
    except ManifestError:
        return {}


def unchanged(manifest: Manifest, seen: Mapping[str, str]) -> None:
    """Whether the recordings are still those that were seen: marks by path, empty for none. Raises Overtaken."""
    for path, mark in seen.items():
        entry = manifest.get(path)
        if (entry.mark if entry else "") != mark:
            raise Overtaken(path)


def write(folder: Path, manifest: Manifest) -> None:
    """Puts the manifest in the place of the present one, sorted by path, whole or not at all. Raises OSError."""
    data = {name: _written(manifest[name]) for name in sorted(manifest)}
    path = folder / FILE
    draft = path.with_name(f".{FILE}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", "utf-8")
        draft.replace(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def _entry(given: Any) -> Entry | None:
    if not isinstance(given, dict) or not isinstance(given.get("text"), str) or not given["text"]:
        return None
    seconds = given.get("seconds")
    return Entry(
        given["text"],
        float(seconds) if isinstance(seconds, int | float) else None,
        given.get("draft") is True,
        str(given.get("piece", "")),
        str(given.get("audio", "")),
    )


def _written(entry: Entry) -> dict[str, Any]:
    held = {"text": entry.text, "seconds": entry.seconds, "draft": entry.draft}
    held |= {"piece": entry.piece, "audio": entry.audio}
    return {name: value for name, value in held.items() if value or name == "text"}
