"""Heaps of uploads: what somebody sent for a line, judged and converted, laid by until they have heard it.

A heap is a folder below `uploads`, of an address that nobody guesses: `heap.json`, and the audio that would be kept.
It is forgotten once it is kept or thrown away, after KEPT, or where there are more than MOST.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.switchboard.prompts.texts import PromptText

if TYPE_CHECKING:  # it loads the audio libraries
    from ivr.switchboard.prompts.bringing import Judged

KEPT = 2 * 3600.0
"""Seconds."""
MOST = 20

_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a heap: the text that it is for and its words as they were read, or what is wrong with it.

    Seconds, and the loudness before and after (LUFS), are of the audio that would be kept. A file that is not meant
    as a recording has neither a text nor a problem.
    """

    file: str
    address: str = ""
    variant: int = 0
    language: str = ""
    words: str = ""
    seconds: float = 0.0
    was: float = 0.0
    loudness: float = 0.0
    warnings: tuple[str, ...] = ()
    problem: str = ""

    @property
    def fits(self) -> bool:
        """Whether it can be kept."""
        return bool(self.address) and not self.problem

    def is_for(self, text: PromptText) -> bool:
        """Whether it was recorded for this text, and the words are still the same."""
        return self.place == (text.address, text.variant, text.language) and self.words == text.words

    @property
    def place(self) -> tuple[str, int, str]:
        """Address, variant and language of its text."""
        return self.address, self.variant, self.language


@dataclass(frozen=True, slots=True)
class Heap:
    """What somebody (`who`, the number of a person) sent for a line."""

    line: str
    who: int
    uploads: tuple[Upload, ...]


def uploads_of(judged: Iterable[Judged]) -> tuple[Upload, ...]:
    """What was judged, without its audio."""
    return tuple(_upload(one) for one in judged)


def lay_by(data: Path, line: str, who: int, judged: Iterable[Judged]) -> str:
    """Lays a heap by, below the folder of the service's data; the token that finds it. Raises OSError."""
    judged = list(judged)
    _tidy(data)
    token = secrets.token_urlsafe(16)
    folder = data / "uploads" / token
    folder.mkdir(mode=0o700, parents=True)
    try:
        for number, one in enumerate(judged):
            if one.fits and one.audio:
                (folder / f"{number}.wav").write_bytes(one.audio.wav)
        heap = Heap(line, who, uploads_of(judged))
        (folder / "heap.json").write_text(json.dumps(asdict(heap)), "utf-8")
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return token


def find(data: Path, token: str) -> Heap | None:
    """The heap of this token; None where there is none any more."""
    if not _TOKEN.fullmatch(token):
        return None
    path = data / "uploads" / token / "heap.json"
    try:
        told = json.loads(path.read_text("utf-8"))
        if time.time() - path.stat().st_mtime > KEPT:
            return None
    except (OSError, ValueError):
        return None
    uploads = (Upload(**{**one, "warnings": tuple(one["warnings"])}) for one in told["uploads"])
    return Heap(told["line"], told["who"], tuple(uploads))


def folder_of(data: Path, token: str) -> Path:
    """Where the audio of a heap lies that was found: `0.wav` is that of its first upload."""
    return data / "uploads" / token


def judged_again(data: Path, token: str, chosen: Mapping[int, tuple[Upload, PromptText]]) -> Iterator[Judged]:
    """The chosen uploads of a heap by their numbers, each for its text, as they can be kept. Raises OSError."""
    from ivr.switchboard.prompts import audio, bringing

    for number, (one, text) in chosen.items():
        wav = (folder_of(data, token) / f"{number}.wav").read_bytes()
        heard = audio.Prepared(wav, one.seconds, one.was, one.loudness)
        yield bringing.Judged(one.file, text, heard, warnings=one.warnings)


def forget(data: Path, token: str) -> None:
    """Throws a heap that was found away."""
    shutil.rmtree(folder_of(data, token), ignore_errors=True)


def _upload(one: Judged) -> Upload:
    made = Upload(one.file, warnings=one.warnings, problem=one.problem)
    if text := one.text:
        made = replace(made, address=text.address, variant=text.variant, language=text.language, words=text.words)
    if audio := one.audio:
        made = replace(made, seconds=audio.seconds, was=audio.was, loudness=audio.loudness)
    return made


def _tidy(data: Path) -> None:
    """Room for one more."""
    found: list[tuple[float, Path]] = []
    for folder in (data / "uploads").glob("*"):
        with suppress(OSError):  # another process may be tidying, too
            found.append((folder.stat().st_mtime, folder))
    found.sort(reverse=True)
    for number, (made, folder) in enumerate(found, 2):
        if number > MOST or time.time() - made > KEPT:
            shutil.rmtree(folder, ignore_errors=True)
