"""A file that one process holds, until it lets go or dies.

The kernel holds the lock (flock) and releases it however its holder ends; there is nothing stale to clean up.
The file itself stays: removing it would let two processes hold two files of the same name.
"""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from weakref import WeakSet


class FileLock:
    """One lock, held by one object: a second one of the same process is refused as well."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._fd is not None

    def take(self, *, wait: bool) -> bool:
        """Take the lock and write this process's id into the file; False where somebody else has it.

        With `wait`, sleep until it is free, however long. Raises `OSError` where the file cannot be made.
        """
        # Not inherited by programs that we start: the descriptor closes on exec (PEP 446).
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(fd, 0)
            os.pwrite(fd, b"%d\n" % os.getpid(), 0)
        except BlockingIOError:
            os.close(fd)
            return False
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd
        _held.add(self)
        return True

    def release(self) -> None:
        """Let go; nothing happens where it is not held."""
        if self._fd is not None:
            # Not closed alone: a copy of the descriptor in a forked child would keep the lock.
            fcntl.flock(self._fd, fcntl.LOCK_UN)
            self._forget()

    def holder(self) -> int | None:
        """Tell the process id that the last holder wrote, or None where there is none to read."""
        for _ in range(20):
            # Whoever has just taken the lock writes a moment later.
            try:
                return int(self.path.read_text())
            except (OSError, ValueError):
                time.sleep(0.005)
        return None

    def _forget(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        _held.discard(self)

    def __enter__(self) -> "FileLock":
        self.take(wait=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


_held: "WeakSet[FileLock]" = WeakSet()


def _forget_all() -> None:
    # A flock belongs to all copies of its descriptor: a forked worker that outlived its killed parent would
    # hold the lock for it. Closing the copy releases nothing in the parent.
    for lock in list(_held):
        lock._forget()


os.register_at_fork(after_in_child=_forget_all)
