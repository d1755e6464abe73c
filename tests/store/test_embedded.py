"""The embedded Valkey: who owns it, and what survives the death of either."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from ivr.store import embedded as module
from ivr.store import probe, processes, socket_path
from ivr.store.embedded import AlreadyServed, Embedded, EmbeddedError, attach

OWN = """
import sys
from pathlib import Path
from ivr.store.embedded import Embedded
embedded = Embedded(Path(sys.argv[1]))
embedded.start()
print(embedded.pid, flush=True)
sys.stdin.readline()
embedded.stop()
print("stopped", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for a Valkey, and one for another; what a failing test left behind in them is ended."""
    path = tmp_path / "valkey"
    yield path
    for each in (path, tmp_path / "other"):
        for pid in processes.valkeys_in(each.resolve(), None):
            processes.end(pid)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for servers that hang: here they do so for certain."""
    monkeypatch.setattr(probe, "_ANSWER", 0.3)
    monkeypatch.setattr(processes, "_POLITELY", 0.1)


def ask(url: str, *command: object) -> object:
    """Run one command on a fresh connection."""
    with Redis.from_url(url, socket_timeout=20) as client:
        return client.execute_command(*command)


def owned_elsewhere(program, folder: Path) -> tuple["subprocess.Popen[str]", int]:
    """Start a process that owns the folder; give it and the pid of its Valkey."""
    owner = program(OWN, folder)
    return owner, int(owner.stdout.readline())


def test_it_serves_on_a_private_socket_alone(folder: Path) -> None:
    """Data are appended to a file and never evicted; no port is open; folder and socket are private."""
    with Embedded(folder) as embedded:
        assert embedded.url.startswith("unix:///")
        with Redis.from_url(embedded.url, decode_responses=True) as client:
            told = client.config_get("*")
        assert {name: told[name] for name in ("port", "appendonly", "appendfsync", "save")} == {
            "port": "0",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
        }
        assert told["maxmemory-policy"] == "noeviction"
        assert told["dir"] == str(folder)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(Path(told["unixsocket"]).stat().st_mode) == 0o700
        assert embedded.alive()


def test_stopped_it_leaves_its_data_and_no_process(folder: Path) -> None:
    """What was written just before `stop` is there after the next `start`; no process is left in between."""
    with Embedded(folder) as embedded:
        first, url = embedded.pid, embedded.url
        ask(url, "SET", "key", "value")
    assert not embedded.alive()
    assert processes.valkeys_in(folder, None) == []
    embedded.stop()  # a second time: nothing to do
    with embedded:
        assert embedded.pid != first
        assert embedded.url == url
        assert ask(url, "GET", "key") == b"value"


def test_a_second_owner_of_the_same_process_is_refused(folder: Path) -> None:
    """The lock belongs to one object, not to whoever happens to be in the process."""
    with Embedded(folder) as embedded:
        for again in (embedded, Embedded(folder)):
            with pytest.raises(AlreadyServed):
                again.start()
        assert embedded.alive()


def test_a_second_live_owner_is_refused(folder: Path, program) -> None:
    """The error names the folder and the owner, and the owner's server is left alone."""
    owner, pid = owned_elsewhere(program, folder)
    with pytest.raises(AlreadyServed) as refused:
        Embedded(folder).start()
    assert str(refused.value) == f"{folder} is already served by process {owner.pid}"
    assert (refused.value.folder, refused.value.pid) == (folder, owner.pid)
    assert processes.is_valkey(pid)
    owner.stdin.write("stop\n")
    owner.stdin.flush()
    assert owner.stdout.readline() == "stopped\n"
    assert not processes.is_valkey(pid)


def test_after_kill_9_of_its_owner_the_server_is_taken_over(folder: Path, program) -> None:
    """The next owner goes on with the same server and its data, and can stop it although it is no child."""
    owner, pid = owned_elsewhere(program, folder)
    url = attach(folder)
    assert url
    ask(url, "SET", "key", "value")
    owner.kill()
    owner.wait()
    with Embedded(folder) as embedded:
        assert embedded.pid == pid
        assert ask(embedded.url, "GET", "key") == b"value"
        assert embedded.ensure() is False
    assert processes.valkeys_in(folder, None) == []


def test_a_server_taken_over_is_replaced_when_it_dies(folder: Path, program) -> None:
    """`ensure` looks after a server that somebody else started as after its own."""
    owner, pid = owned_elsewhere(program, folder)
    owner.kill()
    owner.wait()
    with Embedded(folder) as embedded:
        ask(embedded.url, "SET", "key", "value")
        os.kill(pid, signal.SIGKILL)
        assert processes.wait_for_end(pid, 5)
        assert embedded.ensure() is True
        assert ask(embedded.url, "GET", "key") == b"value"


@pytest.mark.parametrize("noted", [True, False])
def test_an_orphan_that_hangs_is_replaced(folder: Path, program, hasty, noted: bool) -> None:
    """A server that does not answer is ended, even without its pid file, and a new one reads its data."""
    owner, pid = owned_elsewhere(program, folder)
    url = attach(folder)
    assert url
    ask(url, "SET", "key", "value")
    owner.kill()
    owner.wait()
    os.kill(pid, signal.SIGSTOP)
    assert attach(folder) is None
    if not noted:
        (folder / "valkey.pid").unlink()
    with Embedded(folder) as embedded:
        assert embedded.pid != pid
        assert not processes.is_valkey(pid)
        assert ask(embedded.url, "GET", "key") == b"value"


def test_an_orphan_whose_socket_is_gone_is_replaced(folder: Path, program) -> None:
    """Two servers never work on the same files, even where the first cannot be reached any more."""
    owner, pid = owned_elsewhere(program, folder)
    url = attach(folder)
    assert url
    ask(url, "SET", "key", "value")
    owner.kill()
    owner.wait()
    path = socket_path.find(folder)
    assert path
    path.unlink()
    with Embedded(folder) as embedded:
        assert processes.valkeys_in(folder, None) == [embedded.pid] != [pid]
        assert ask(embedded.url, "GET", "key") == b"value"


def test_a_stranger_on_the_socket_is_replaced(folder: Path, tmp_path: Path, program) -> None:
    """A server that answers on this folder's socket and keeps its data elsewhere is not taken for ours."""
    owner, pid = owned_elsewhere(program, tmp_path / "other")
    owner.kill()
    owner.wait()
    folder.mkdir()
    there = socket_path.find(tmp_path / "other")
    assert there
    (folder / "valkey.sock").symlink_to(there)
    assert attach(folder) is None
    with Embedded(folder) as embedded:
        assert embedded.pid != pid
        with Redis.from_url(embedded.url, decode_responses=True) as client:
            assert client.config_get("dir") == {"dir": str(folder)}
    assert not processes.is_valkey(pid)


def test_a_process_that_got_the_old_pid_is_left_alone(folder: Path) -> None:
    """A pid file of days ago may name somebody innocent, who may even work in the same folder."""
    folder.mkdir()
    waiting = [sys.executable, "-c", "input()"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE, cwd=folder) as innocent:
        (folder / "valkey.pid").write_text(f"{innocent.pid}\n")
        with Embedded(folder):
            assert innocent.poll() is None
        assert innocent.poll() is None
        innocent.communicate(b"\n")
    assert innocent.returncode == 0


def test_after_kill_9_of_the_server_ensure_brings_the_data_back(folder: Path, clients) -> None:
    """A new server reads what the old one wrote, on the same URL: a client that was connected goes on."""
    with Embedded(folder) as embedded:
        client = clients(embedded.url)
        client.set("key", "value")
        first = embedded.pid
        os.kill(first, signal.SIGKILL)
        assert processes.wait_for_end(first, 5)
        assert not embedded.alive()
        assert embedded.ensure() is True
        assert embedded.ensure() is False
        assert embedded.pid != first
        assert client.get("key") == b"value"


def test_a_server_that_hangs_is_given_time_and_then_replaced(
    folder: Path, hasty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stall alone does not cost the server its life; one that goes on does."""
    with Embedded(folder) as embedded:
        ask(embedded.url, "SET", "key", "value")
        first = embedded.pid
        os.kill(first, signal.SIGSTOP)
        assert embedded.ensure() is False
        os.kill(first, signal.SIGCONT)
        assert embedded.ensure() is False
        os.kill(first, signal.SIGSTOP)
        monkeypatch.setattr(module, "_HANGING", 0.0)
        assert embedded.ensure() is True
        assert embedded.pid != first
        assert ask(embedded.url, "GET", "key") == b"value"


def test_ensure_is_the_owners(folder: Path) -> None:
    """Whoever has not started it has nothing to look after."""
    with pytest.raises(EmbeddedError, match="not owned"):
        Embedded(folder).ensure()
    with pytest.raises(EmbeddedError, match="not been started"):
        _ = Embedded(folder).url
    assert not folder.exists()


def test_commands_attach_to_a_running_one(folder: Path, program) -> None:
    """Beside a running service its URL is found from the folder alone, also by another way to write it."""
    assert attach(folder) is None
    with Embedded(folder) as embedded:
        assert attach(folder) == attach(folder / ".." / folder.name) == embedded.url
    assert attach(folder) is None


def test_ctrl_c_does_not_reach_the_server(folder: Path) -> None:
    """The server is in a session of its own: what a terminal sends to the group of its owner passes it by."""
    with Embedded(folder) as embedded:
        assert os.getsid(embedded.pid) == embedded.pid
        assert os.getpgid(embedded.pid) != os.getpgid(0)


FORK = """
import os, sys, time
from pathlib import Path
from ivr.store.embedded import Embedded
embedded = Embedded(Path(sys.argv[1]))
embedded.start()
child = os.fork()
if child == 0:
    embedded.stop()  # it owns nothing: this must not end its parent's server
    time.sleep(30)
    os._exit(0)
time.sleep(0.3)
print(child, embedded.alive(), flush=True)
time.sleep(30)
"""


def test_a_forked_child_keeps_no_lock(folder: Path, program) -> None:
    """A worker that outlives its killed parent neither owns the server nor keeps the next owner out."""
    owner = program(FORK, folder)
    child, alive = owner.stdout.readline().split()
    try:
        assert alive == "True"
        with pytest.raises(AlreadyServed):
            Embedded(folder).start()
        owner.kill()
        owner.wait()
        os.kill(int(child), 0)  # it lives
        with Embedded(folder) as embedded:
            assert embedded.alive()
    finally:
        os.kill(int(child), signal.SIGKILL)


@pytest.mark.parametrize("name", ["d" * 150, "with space", "quote\"d'", "ünïcode", "per%20cent?#"])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    """However long or odd the folder's name is, the URL reaches the server, and `attach` finds it."""
    with Embedded(tmp_path / name) as embedded:
        ask(embedded.url, "SET", "key", "value")
        assert attach(tmp_path / name) == embedded.url
        assert len(embedded.url) < 300
    with embedded:
        assert ask(embedded.url, "GET", "key") == b"value"


def test_a_long_folder_has_a_short_private_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short directory is the user's own, and found from the folder even where TMPDIR is another one."""
    folder = tmp_path / ("d" * 150)
    with tempfile.TemporaryDirectory(prefix="t") as short, Embedded(folder) as embedded:
        monkeypatch.setattr(tempfile, "tempdir", short)
        embedded.stop()
        embedded.start()
        place = Path(short) / f"touchtone-{os.geteuid()}"
        assert embedded.url.startswith(f"unix://{place}/")
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        assert attach(folder) == embedded.url


def test_a_short_directory_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever made the directory first could replace the socket: no server is started there."""
    folder = tmp_path / ("d" * 150)
    with tempfile.TemporaryDirectory(prefix="t") as short:
        monkeypatch.setattr(tempfile, "tempdir", short)
        place = Path(short) / f"touchtone-{os.geteuid()}"
        place.symlink_to(tmp_path)
        with pytest.raises(EmbeddedError, match="somebody else"):
            Embedded(folder).start()
        place.unlink()
        theirs = os.geteuid() + 1
        (Path(short) / f"touchtone-{theirs}").mkdir()
        monkeypatch.setattr(os, "geteuid", lambda: theirs)
        with pytest.raises(EmbeddedError, match="somebody else"):
            Embedded(folder).start()
    assert processes.valkeys_in(folder, None) == []


def test_a_start_that_fails_says_why_and_holds_nothing(folder: Path) -> None:
    """Where Valkey will not read its files, the error ends with its own last words, and others may try."""
    (folder / "appendonlydir").mkdir(parents=True)
    manifest = folder / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("nonsense\n")
    for _ in range(2):
        with pytest.raises(EmbeddedError, match=r"(?s)ended at once.*manifest"):
            Embedded(folder).start()
    assert processes.valkeys_in(folder, None) == []
    manifest.unlink()
    with Embedded(folder) as embedded:
        assert embedded.alive()


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    """A file in the way gives one error that names the folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="file/valkey cannot be used"):
        Embedded(tmp_path / "file" / "valkey").start()


def test_a_start_is_quick(folder: Path) -> None:
    """Nobody waits for it: a phone line is up within moments."""
    before = time.monotonic()
    with Embedded(folder):
        assert time.monotonic() - before < 5
