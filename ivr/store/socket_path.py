"""Where the socket of an embedded Valkey lies: in its folder, or in a short one where that path is too long.

The kernel takes 107 bytes for the path of a socket (103 on macOS), and data folders may well be deeper.
"""

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

LONGEST = 100
"""Bytes of a path that every system takes."""


def choose(folder: Path) -> Path:
    """Choose the socket's path for a folder (absolute), and make the directory that it needs.

    A socket outside the folder is a link inside it, for those whose TMPDIR is another one.
    Raises `OSError` where the short directory belongs to somebody else or cannot be made.
    """
    inside = folder / "valkey.sock"
    if _fits(inside):
        return inside
    short = _private_directory() / f"{sha256(os.fsencode(folder)).hexdigest()[:16]}.sock"
    if not _fits(short):
        raise OSError(f"{short} is too long for a socket; set TMPDIR to a shorter folder")
    link = folder / "valkey.sock.new"
    link.unlink(missing_ok=True)
    link.symlink_to(short)
    link.replace(inside)
    return short


def find(folder: Path) -> Path | None:
    """Give the path of the socket that was last chosen for a folder, or None where none could be reached."""
    inside = folder / "valkey.sock"
    path = Path(os.readlink(inside)) if inside.is_symlink() else inside
    if not _fits(path) or not path.is_socket() or not _is_mine(path.parent):
        return None
    return path


def url(path: Path) -> str:
    """Write a socket's path as a URL that redis-py takes."""
    return f"unix://{quote(os.fsencode(path))}"


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= LONGEST


def _private_directory() -> Path:
    directory = Path(tempfile.gettempdir()) / f"touchtone-{os.geteuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    # Anybody may have made it first, in a folder that all share: whoever owns it could replace the socket.
    if not _is_mine(directory):
        raise PermissionError(f"{directory} belongs to somebody else; set TMPDIR to another folder")
    directory.chmod(0o700)
    return directory


def _is_mine(directory: Path) -> bool:
    found = directory.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
