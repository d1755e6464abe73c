"""`ivr serve` as a process: what it publishes, and what happens to calls when parts of it are killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from running import LINE, action, words
from serving import IVR, Serve, free_port, until

from ivr.store.client import connect
from ivr.store.embedded import attach


def records(made: Serve, sid: str) -> list[int]:
    """The numbers of the call's records in the database."""
    with closing(sqlite3.connect(made.folder / "var" / "touchtone.db")) as database:
        found = database.execute("SELECT seq FROM records WHERE call_sid = ? ORDER BY seq", (sid,))
        return [seq for (seq,) in found]


@pytest.mark.long
def test_a_call_goes_on_through_kills_and_restarts(serve: Callable[..., Serve]) -> None:
    """kill -9 of every web worker, a restart of Valkey, then kill -9 of the service itself: the same call goes on,
    each of its records is there once, and a graceful end exits with 0.
    """
    service = serve()
    sid = "CAthrough"
    first = service.post("/voice", CallSid=sid)
    assert "Welcome." in words(first)

    for pid in service.workers():
        os.kill(pid, signal.SIGKILL)
    main = service.post(action(first), CallSid=sid, Digits="2")
    assert "Para marcar un número" in words(main)

    url = attach(service.folder / "var" / "valkey")
    assert url
    client = connect(url)
    old = int(client.info("server")["process_id"])
    client.close()
    time.sleep(1.2)  # "appendfsync everysec": what is a second old is on disk
    os.kill(old, signal.SIGKILL)
    until(lambda: "Valkey had died" in service.text())
    number = service.post(action(main), CallSid=sid, Digits="1")
    assert words(number) == "Marque cuatro dígitos."

    assert service.process is not None
    service.process.kill()
    service.process.wait()
    service.start()
    told = service.post(action(number), CallSid=sid, Digits="4021")
    assert words(told).startswith("Usted marcó 4 0 2 1.")
    until(lambda: records(service, sid) == [1, 2, 3, 4])
    assert service.stop() == 0
    (service.folder / "menus" / "test.yaml").write_text(LINE.replace("Welcome.", "Good day."), "utf-8")
    service.start()
    assert "test.yaml differs from its live version; to make it live: ivr publish" in service.text()
    assert words(service.post("/voice", CallSid="CAafter")).startswith("Welcome.")


def test_serve_publishes_what_is_new_and_refuses_what_does_not_check(
    serve: Callable[..., Serve], tmp_path: Path
) -> None:
    """At start each line without a version goes live; a broken file is named, what is no file is passed over."""
    broken = LINE.replace("+15005550001", "+15005550002").replace("go: main", "go: nowhere")
    (tmp_path / "menus" / "folder.yaml").mkdir(parents=True)
    (tmp_path / "menus" / ".#test.yaml").symlink_to("ana@host.1234")  # as an editor leaves it while somebody edits
    service = serve(menus={"test.yaml": LINE, "broken.yaml": broken})
    assert re.search(r"^test is live as version [0-9a-f]{12}$", service.text(), re.M)
    assert 'unknown-step there is no step "nowhere"' in service.text()
    assert "Welcome." in words(service.post("/voice", CallSid="CA1"))
    assert "not in service" in words(service.post("/voice", CallSid="CA2", To="+15005550002"))


@pytest.mark.long
def test_a_published_file_reaches_running_workers_at_once(serve: Callable[..., Serve]) -> None:
    """`ivr publish` beside a running service: every new call gets the new version; a bad file changes nothing."""
    service = serve()
    file = service.folder / "menus" / "test.yaml"
    old = service.post("/voice", CallSid="CAold")
    file.write_text(LINE.replace("Welcome.", "Good day."), "utf-8")
    done = service.run("publish", str(file), "--why", "friendlier")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"test is live as version [0-9a-f]{12} \(before: [0-9a-f]{12}\)\n", done.stdout)
    for number in range(8):
        assert "Good day." in words(service.post("/voice", CallSid=f"CA{number}"))
    assert "To enter a number" in words(service.post(action(old), CallSid="CAold", Digits="1"))
    printed = service.run("fallback", "test").stdout.strip()
    assert printed == (service.folder / "var" / "fallback" / "test.xml").read_text("utf-8")
    assert service.run("fallback", "nobody").returncode == 1
    again = service.run("publish", str(file))
    assert "was live already" in again.stdout
    file.write_text(LINE.replace("go: main", "go: nowhere"), "utf-8")
    refused = service.run("publish", str(file))
    assert refused.returncode == 1
    assert "unknown-step" in refused.stdout
    assert "nothing was published" in refused.stderr
    assert "Good day." in words(service.post("/voice", CallSid="CAafter"))


@pytest.mark.long
def test_what_redis_did_not_hear_of_is_heard_all_the_same(serve: Callable[..., Serve]) -> None:
    """Who publishes cannot reach Redis, or dies before it is told: the worker tells it, and new callers hear it."""
    service = serve()
    file = service.folder / "menus" / "test.yaml"
    file.write_text(LINE.replace("Welcome.", "Good day."), "utf-8")
    nowhere = service.environment | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}"}
    subprocess.run([*IVR, "publish", str(file)], env=nowhere, check=True, capture_output=True, timeout=60)
    until(lambda: "Good day." in words(service.post("/voice", CallSid=f"CA{uuid4().hex}")))


@pytest.mark.long
def test_watch_publishes_on_save_and_keeps_the_last_good_version(serve: Callable[..., Serve]) -> None:
    """A saved file is live at once; one that does not check is named, and callers hear the last good one."""
    service = serve("--watch")
    file = service.folder / "menus" / "test.yaml"
    time.sleep(0.5)
    file.write_text(LINE.replace("Welcome.", "Good day."), "utf-8")
    until(lambda: service.text().count("test is live as version") == 2)
    assert "Good day." in words(service.post("/voice", CallSid="CA1"))
    file.write_text(LINE.replace("go: main", "go: nowhere"), "utf-8")
    until(lambda: "the last good version stays live" in service.text())
    assert "Good day." in words(service.post("/voice", CallSid="CA2"))


@pytest.mark.long
def test_a_second_service_on_the_same_data_is_refused(serve: Callable[..., Serve]) -> None:
    """One owner of the embedded Valkey: a second `ivr serve` says who has it, and exits with 2."""
    service = serve()
    second = service.run("serve", "--port", str(free_port()))
    assert second.returncode == 2
    assert second.stderr.startswith("ivr serve: ")
    assert str(service.process and service.process.pid) in second.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"REDIS_URL": "localhost:6379"}, "ivr: REDIS_URL begins with redis:// or rediss:// or unix://"),
        ({"REDIS_URL": "redis://localhost:99999"}, "ivr: REDIS_URL is no address"),
        ({"REDIS_URL": "redis://localhost/abc"}, "ivr: REDIS_URL ends with the number of a database"),
        ({"DATABASE_URL": "mysql://x"}, "ivr: DATABASE_URL begins with"),
        ({"DATABASE_URL": "postgresql://u:p@h:abc/x"}, "ivr: DATABASE_URL is no address"),
        ({"DATABASE_URL": "sqlite://"}, "ivr: DATABASE_URL names no file"),
        ({"PUBLIC_URL": "phone.example.com", "TWILIO_AUTH_TOKEN": "x"}, 'ivr: PUBLIC_URL is "phone.example.com"'),
        ({"PUBLIC_URL": "https://phone.example.com"}, "ivr: TWILIO_AUTH_TOKEN is not set"),
        ({"TWILIO_AUTH_TOKEN": "one,,two"}, "ivr: TWILIO_AUTH_TOKEN is one token"),
        ({"TWILIO_ACCOUNT_SID": "hello"}, "ivr: TWILIO_ACCOUNT_SID is AC and 32"),
        ({"IVR_SECRET_KEY": "short"}, "ivr: IVR_SECRET_KEY is at least 32 characters"),
        ({"IVR_MENUS": "/nowhere/at/all"}, "ivr: IVR_MENUS: there is no folder"),
        ({"IVR_DATA": "/dev/null"}, 'ivr: IVR_DATA is "/dev/null", which is no folder'),
        ({"IVR_ALLOW_HOSTS": "http://x/"}, 'ivr: IVR_ALLOW_HOSTS has "http://x/"'),
        ({"IVR_MENU": "menus"}, "ivr: IVR_MENU is no setting; did you mean IVR_MENUS?"),
    ],
)
def test_a_setting_that_makes_no_sense_is_one_line_and_exit_2(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    """The line names the setting and says what it should be; no trace."""
    (tmp_path / "menus").mkdir()
    made = Serve(tmp_path)
    environment = made.environment | settings
    done = subprocess.run(
        [*IVR, "serve", "--port", str(made.port)], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


@pytest.mark.long
def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """Exit 2 and the way out, instead of a service that nobody can call."""
    (tmp_path / "menus").mkdir()
    made = Serve(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", made.port))
        taken.listen()
        done = made.run("serve", "--port", str(made.port))
    assert done.returncode == 2
    assert "choose another with --port" in done.stderr
