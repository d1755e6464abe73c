"""The files of the menus as people edit them: read with a mark of what was read, saved whole or not at all.

Editing here and by other means (git, an editor, another person) do not fight: who saves says what they had read, and
a file that is no longer that is not overwritten. Saving publishes nothing.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from ivr.menu import Problem, load
from ivr.menu.load import Around
from ivr.menu.pieces import FOLDER as PIECES
from ivr.menu.team_load import FILE as TEAM
from ivr.switchboard.menu_folder import check_files, files_of_line, menu_files, piece_files

Kind = Literal["line", "piece", "table"]

LARGEST = 400_000
"""Bytes of a file that can be edited in a form."""

_NEW = """\
# A step is one place in the call. The words are what callers hear; "1 -> message" means that key 1 leads to the step
# "message". The service adds ", press 1" by itself.

line: "{title}"
numbers: ["{number}"]
timezone: {zone}
languages: [en-US]
start: main
operator: message

steps:
  main:
    say: Thank you for calling.
    menu:
      1 -> message: To leave us a message

  message:
    say: After the tone, please tell us your name, your number, and how we can help.
    voicemail: {box}
    go: goodbye

  goodbye:
    say: Thank you. Goodbye.
    go: hangup
"""
"""The file of a new line."""

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufeff\ufffe\uffff\ud800-\udfff]")
"""What no text field holds, and what stands for bytes that were no text."""


class CannotBeEdited(ValueError):  # noqa: N818 - it is an answer, not a fault
    """Why a file, or what is to be saved as one, cannot be edited here; in words."""


class Overtaken(Exception):  # noqa: N818 - likewise
    """Somebody else changed the file since it was read: what it says now."""

    def __init__(self, now: MenuText | None) -> None:
        super().__init__("the file was changed by somebody else since it was opened")
        self.now = now


@dataclass(frozen=True, slots=True)
class MenuFile:
    """A file of the folder, by its name below it: `meridian.yaml`, `pieces/identify.yaml`, `departures.csv`."""

    name: str
    kind: Kind
    path: Path

    @property
    def editable(self) -> bool:
        """Whether it can be edited: tables are another program's."""
        return self.kind != "table"

    @property
    def line(self) -> str | None:
        """The line that it is the file of."""
        return self.path.stem if self.kind == "line" else None


@dataclass(frozen=True, slots=True)
class MenuText:
    """What a file said when it was read, and the mark by which that is told from anything else."""

    file: MenuFile
    data: bytes

    @property
    def mark(self) -> str:
        """A hash of all bytes."""
        return mark_of(self.data)

    @property
    def text(self) -> str:
        """The text, with one kind of line break. Raises CannotBeEdited."""
        if len(self.data) > LARGEST:
            raise CannotBeEdited(
                f"{self.file.name} has {len(self.data):,} bytes; what can be edited here has at most {LARGEST:,}"
            )
        try:
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise CannotBeEdited(f"{self.file.name} is no text in UTF-8 from line {line} on; mend it on disk") from None
        if bad := _UNSEEN.search(text):
            line = text.count("\n", 0, bad.start()) + 1
            raise CannotBeEdited(f"{self.file.name} has the sign U+{ord(bad[0]):04X} in line {line}; mend it on disk")
        return _one_break(text)


def mark_of(data: bytes) -> str:
    """The mark of a file that says this."""
    return sha256(data).hexdigest()[:16]


def listed(folder: Path) -> list[MenuFile]:
    """The files of the menus: lines, pieces, tables. The team's holds PINs and whole numbers, which no page shows."""
    kinds: list[tuple[Kind, list[Path]]] = [
        ("line", menu_files(folder)),
        ("piece", piece_files(folder)),
        ("table", sorted(it for it in folder.glob("*.csv") if it.is_file() and not it.name.startswith("."))),
    ]
    return [MenuFile(_name(path), kind, path) for kind, paths in kinds for path in paths]


def read(folder: Path, name: str) -> MenuText | None:
    """A file as it is now; None where the folder has none of that name: no other path is ever opened.

    Raises OSError.
    """
    file = next((it for it in listed(folder) if it.name == name), None)
    return MenuText(file, file.path.read_bytes()) if file else None


def with_text(old: MenuText, text: str) -> bytes:
    """The file's bytes with another text: its line breaks, its mark of UTF-8 and its last line's end stay.

    Raises CannotBeEdited for what cannot be a file.
    """
    if bad := _UNSEEN.search(text):
        raise CannotBeEdited(f"there is a sign in line {text.count(chr(10), 0, bad.start()) + 1} that no file can hold")
    text = _one_break(text)
    if text and not text.endswith("\n"):
        text += "\n"
    if b"\r\n" in old.data:
        text = text.replace("\n", "\r\n")
    data = (b"\xef\xbb\xbf" if old.data.startswith(b"\xef\xbb\xbf") else b"") + text.encode()
    if len(data) > LARGEST:
        raise CannotBeEdited(f"this has {len(data):,} bytes; what can be edited here has at most {LARGEST:,}")
    return data


def save(folder: Path, name: str, data: bytes, read_as: str) -> MenuText:
    """Writes the file, whole or not at all, if it still has the mark `read_as`; what it says now.

    Raises Overtaken, OSError, and CannotBeEdited for a file that is none of the folder's or is not edited here.
    """
    with _alone(folder):
        now = read(folder, name)
        if now is None:
            raise Overtaken(None)
        if not now.file.editable:
            raise CannotBeEdited(f"{name} is not edited here")
        if now.mark != read_as:
            raise Overtaken(now)
        if now.data != data:
            _replace(now.file.path.resolve(), data)
    return MenuText(now.file, data)


def create(folder: Path, stem: str, title: str, number: str, zone: str) -> MenuFile:
    """Makes the file of a new line, small and without an error. Raises CannotBeEdited, OSError."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", stem) or f"{stem}.yaml" == TEAM:
        raise CannotBeEdited("a file's name has small letters, digits and hyphens, and begins with a letter")
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    data = _NEW.format(title=quoted, number=number, zone=zone, box=stem.replace("-", "_")).encode()
    path = folder / f"{stem}.yaml"
    if wrong := load({path.name: data}).errors:
        raise CannotBeEdited(wrong[0].message)
    try:
        with path.open("xb") as out:
            out.write(data)
    except FileExistsError:
        raise CannotBeEdited(f"there is a {path.name} already") from None
    return MenuFile(path.name, "line", path)


def problems(folder: Path, name: str, data: bytes, around: Around | None = None) -> tuple[Problem, ...]:
    """What the checker says of a file with these bytes, saved or not: of a piece, what it says of the lines that
    run it, too. The file's own problems have its name. `around` is what else there is to judge lines by.
    """
    file = next((it for it in listed(folder) if it.name == name), None)
    if file is None or not file.editable:
        return ()
    paths = [file.path]
    if file.kind == "piece":
        paths += [line for line in menu_files(folder) if f"{PIECES}/{file.path.name}" in files_of_line(line)]
    found = check_files(paths, {file.path: data}, around).problems
    own = {str(file.path): name}
    return tuple(
        Problem(own.get(it.file, _below(folder, it.file)), it.line, it.column, it.rule, it.message, it.severity)
        for it in found
    )


def _below(folder: Path, path: str) -> str:
    return path.removeprefix(f"{folder}/")


def _name(path: Path) -> str:
    return f"{PIECES}/{path.name}" if path.parent.name == PIECES else path.name


def _one_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One save at a time on this machine. Whoever edits by other means knows nothing of it, and takes no part."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
