"""Recordings brought in: by `ivr prompts import`, by an upload in the console, or by the synthesizer of drafts.

First every file is judged, and nothing is written; then all are kept, or none: a file that is refused keeps the others
of its heap out, too, so that a heap is never half in.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath

from ivr.menu.spoken import ENGLISH
from ivr.switchboard.prompts.audio import Prepared, prepared
from ivr.switchboard.prompts.manifest import Entry, read, unchanged, write
from ivr.switchboard.prompts.naming import text_named
from ivr.switchboard.prompts.texts import PromptText
from ivr.switchboard.prompts.unfit import LARGEST, UnfitError

ODD = 2.0
"""How many times longer or shorter than the estimate a recording may be before somebody shall listen to it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One file: the text that it is for and the recording that it becomes, or why not (`problem`).

    A file that is not meant as a recording at all has neither text nor problem.
    """

    file: str
    text: PromptText | None = None
    audio: Prepared | None = None
    problem: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it can be kept."""
        return self.audio is not None and not self.problem


def judge(data: bytes, text: PromptText, file: str) -> Judged:
    """One file of audio for one text: what the console's upload asks. `file` is what to call it."""
    if text.valued:
        return Judged(file, text, problem="these words hold a value, so the carrier's voice says them, always")
    try:
        audio = prepared(data)
    except UnfitError as error:
        return Judged(file, text, problem=str(error))
    return Judged(file, text, audio, warnings=(*audio.warnings, *_odd(audio, text)))


def judge_folder(folder: Path, known: Sequence[PromptText], language: str = "") -> list[Judged]:
    """Every file below the folder, by path; hidden ones are left out. Raises OSError where it cannot be looked into."""
    files = ((PurePosixPath(path.relative_to(folder)), partial(_bytes, path)) for path in _files(folder))
    return judge_heap(files, known, language)


def judge_heap(
    files: Iterable[tuple[PurePosixPath, Callable[[], bytes]]], known: Sequence[PromptText], language: str = ""
) -> list[Judged]:
    """Files by their names, each with what reads it (which may raise OSError and UnfitError); one for a text at most.

    `language` is that of files that lie in no folder of a language.
    """
    found: list[Judged] = []
    by_text: dict[str, str] = {}
    for file, reads in files:
        judged = _judged(file, reads, known, language)
        if text := judged.text:
            if first := by_text.get(text.path):
                judged = replace(judged, audio=None, problem=f"{first} is for the same words; take one of them away")
            by_text.setdefault(text.path, judged.file)
        found.append(judged)
    return found


def keep(
    judged: Iterable[Judged], folder: Path, *, draft: bool = False, seen: Mapping[str, str] | None = None
) -> list[str]:
    """Keeps the recordings, each bound to the words of its text; the paths below the folder, in order.

    All of them or none: whatever fails, the folder is as it was. `seen` are the marks of the recordings that somebody
    saw in these places, by path. Raises Overtaken where there are others now, ManifestError, and OSError. A process
    that dies in between leaves texts without a recording, which are spoken, and never one with the wrong audio.
    """
    coming = {one.text.path: (one.text, one.audio) for one in judged if one.text and one.audio and not one.problem}
    if not coming:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder), tempfile.TemporaryDirectory(prefix=".coming-", dir=folder) as aside:
        before = read(folder)
        unchanged(before, seen or {})
        for path, (_, audio) in coming.items():
            _write(Path(aside, "new", path), audio.wav)
        _replace(folder, Path(aside), before, coming, draft=draft)
    return sorted(coming)


def drop(paths: Iterable[str], folder: Path, *, seen: Mapping[str, str] | None = None) -> None:
    """Takes recordings away, and their entries first. Raises Overtaken (as `keep`), ManifestError, and OSError."""
    gone = set(paths)
    with _alone(folder):
        before = read(folder)
        unchanged(before, seen or {})
        write(folder, {path: entry for path, entry in before.items() if path not in gone})
        for path in gone:
            (folder / path).unlink(missing_ok=True)


def _replace(
    folder: Path,
    aside: Path,
    before: dict[str, Entry],
    coming: dict[str, tuple[PromptText, Prepared]],
    *,
    draft: bool,
) -> None:
    entries = {
        path: Entry(text.words, round(audio.seconds, 2), draft, text.piece, sha256(audio.wav).hexdigest()[:12])
        for path, (text, audio) in coming.items()
    }
    moved: list[str] = []
    write(folder, {path: entry for path, entry in before.items() if path not in coming})  # played by nobody from here
    try:
        for path in coming:
            target, old = folder / path, aside / "old" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            old.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                shutil.copy2(target, old)
            moved.append(path)
            (aside / "new" / path).replace(target)
        write(folder, before | entries)
    except BaseException:
        for path in moved:
            old = aside / "old" / path
            if old.exists():
                old.replace(folder / path)
            else:
                (folder / path).unlink(missing_ok=True)
        write(folder, before)
        raise


def _judged(file: PurePosixPath, reads: Callable[[], bytes], known: Sequence[PromptText], language: str) -> Judged:
    try:
        text = text_named(file, known, language)
    except UnfitError as error:
        return Judged(str(file), problem=str(error))
    if text is None:
        return Judged(str(file))
    try:
        return judge(reads(), text, str(file))
    except UnfitError as error:
        return Judged(str(file), text, problem=str(error))
    except OSError as error:
        return Judged(str(file), text, problem=f"cannot be read: {error.strerror}")


def _odd(audio: Prepared, text: PromptText) -> tuple[str, ...]:
    about = text.seconds
    if 1 / ODD <= audio.seconds / max(about, 60 / ENGLISH) <= ODD or abs(audio.seconds - about) < 2:
        return ()
    return (f"it lasts {audio.seconds:.1f} s where the words take about {about:.1f} s: is it the right one?",)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise UnfitError(f"too large: {LARGEST / 1e6:.0f} MB are the most")
    return path.read_bytes()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time changes the folder, of all processes; the kernel lets go when one dies."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
