"""Valkeys that somebody started and nobody waits for: which of them work in a folder, and how to end one."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

_PROC = Path("/proc")
_PROGRAM = "valkey-server"
_POLITELY, _AT_LAST = 2.0, 5.0
"""Seconds that a process is given to end by each signal."""


def valkeys_in(folder: Path, noted: int | None) -> list[int]:
    """Give the process ids of the living Valkeys whose working directory is `folder` (resolved).

    Children that rewrite its append-only file are among them. `noted` is the pid that one wrote down; it is
    all there is to go by where the system has no /proc.
    """
    if not _has_proc():
        return [noted] if noted is not None and is_valkey(noted) else []
    return [
        int(entry.name)
        for entry in _PROC.iterdir()
        if entry.name.isdigit() and _link(entry / "cwd") == str(folder) and is_valkey(int(entry.name))
    ]


def is_valkey(pid: int) -> bool:
    """Tell whether a process lives and is a Valkey: pids are given again, and a wrong one must not be ended.

    A zombie, which only waits to be reaped, does not live.
    """
    if _has_proc():
        # An upgraded package leaves "…/valkey-server (deleted)" behind.
        return Path(_link(_PROC / str(pid) / "exe") or "").name.startswith(_PROGRAM)
    command = ["ps", "-o", "stat=,command=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, check=False).stdout  # noqa: S603
    return _PROGRAM.encode() in shown and not shown.lstrip().startswith(b"Z")


def end(pid: int) -> bool:
    """End a Valkey by SIGTERM, on which it writes its data out, then by SIGKILL; True where it is gone.

    What is no Valkey is left alone and counts as gone.
    """
    for number, seconds in ((signal.SIGTERM, _POLITELY), (signal.SIGKILL, _AT_LAST)):
        if not is_valkey(pid):
            return True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
        if wait_for_end(pid, seconds):
            return True
    return False


def wait_for_end(pid: int, seconds: float) -> bool:
    """Wait until a Valkey that need not be our child is gone; False where it still lives after `seconds`."""
    deadline = time.monotonic() + seconds
    while is_valkey(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _has_proc() -> bool:
    return (_PROC / "self").exists()


def _link(path: Path) -> str | None:
    # Processes come and go while one looks, and those of others may not be looked at.
    try:
        return os.readlink(path)
    except OSError:
        return None
