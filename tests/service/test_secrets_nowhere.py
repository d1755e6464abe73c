"""Secrets are nowhere: planted through whole calls on real processes, then sought in all that is kept, said and shown.

And whole numbers of callers are where docs/privacy.md says, and nowhere else.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from running import TO, action
from serving import Serve, end, free_port, until
from sought import Sought
from twilio.request_validator import RequestValidator

from ivr.call.inputs import Told
from ivr.call.wants import RunLookup
from ivr.config import Settings
from ivr.menu import load
from ivr.store.callbacks import Callback, Callbacks
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.sql import open_engine
from ivr.switchboard.callbacks import Numbers
from ivr.switchboard.lookups import Lookups

CALLER, AGENT, DESK = "+15005550187", "+15005550401", "+15005550300"
CALLBACK = "+15005550234"
PASSWORD = 'a horse\'s "battery" 8305517264'
KEY = "k9-the-key-of-this-test-6620418537"
TOKEN = "7730194528abcdef0123456789abcdef"


WHOLE = "the whole number of the"


class Echo(BaseHTTPRequestHandler):
    """A server that gives back what it was sent, in all the ways in which servers do."""

    def do_POST(self) -> None:
        """Answers as the path says."""
        said = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self.server.received.append(said)  # type: ignore[attr-defined]
        code = json.loads(said)["code"]
        good = {"status": "open", "at": "2026-07-04"}
        status, body = {
            "/good": (200, json.dumps(good)),
            "/fails": (500, said),
            "/text": (200, said + "?"),
            "/repeats": (200, json.dumps({**good, "status": f"code {code} is fine"})),
            "/typed": (200, json.dumps({**good, "at": code})),
            "/moved": (302, said),
        }[self.path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"/good?code={code}")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """The server of the look-ups."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    made.received = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


WAYS = ("good", "fails", "text", "repeats", "typed", "moved")
"""How the server answers: each is a key of the menu, from 1 on."""


def line(port: int) -> str:
    """A line that asks for secrets of every kind, and gives each to a server."""
    keys = "".join(f"      {key} -> ask_{way}: To hear {way}\n" for key, way in enumerate(WAYS, 1))
    lookups = "".join(
        f"  {way}: {{post: 'http://127.0.0.1:{port}/{way}', body: {{code: <code_{way}>}}, "
        f"headers: {{X-Code: <code_{way}>}}, gives: {{status: text, at: date}}}}\n"
        for way in WAYS
    )
    steps = "".join(
        f"  ask_{way}: {{ask: Your code?, digits: 12, secret: yes, save: code_{way}, go: find_{way}, give_up: main}}\n"
        f"  find_{way}: {{lookup: {way}, found: tell_{way}, not_found: main, failed: main}}\n"
        f"  tell_{way}: {{say: It is <{way}.status>., go: main}}\n"
        for way in WAYS
    )
    return f"""\
line: Secrets
numbers: ["{TO}"]
timezone: America/Chicago
country: US
languages: [en-US]
start: main
operator: message
lookups:
{lookups}  member: {{table: members.csv, where: {{pin: <pin>}}, gives: {{status: text}}}}
  paid: {{post: 'http://127.0.0.1:{port}/good', body: {{code: <amount>}}, gives: {{status: text}}}}
steps:
  main:
    menu:
{keys}      7 -> pin: To enter your PIN
      8 -> amount: To enter an amount
      9 -> agents: To wait
    tries: 9
    give_up: hangup
{steps}  pin: {{ask: PIN?, type: pin, save: pin, go: find_pin, tries: 9, give_up: main}}
  find_pin: {{lookup: member, found: main, not_found: main, failed: main}}
  amount: {{ask: How much?, type: money, secret: yes, save: amount, go: find_paid, tries: 9, give_up: main}}
  find_paid: {{lookup: paid, found: main, not_found: main, failed: main}}
  agents: {{queue: bookings, answered: main, left: main, callback_booked: hangup, timed_out: main, full: main,
    nobody_in: message, closed: main}}
  message: {{voicemail: bookings, go: hangup}}
"""


TEAM = f"""\
timezone: America/Chicago
desk: ["{DESK}"]
agents:
  ana: {{name: Ana Ruiz, phone: "{AGENT}", languages: [en-US], pin: "90417352"}}
queues:
  bookings: {{agents: [ana], callback: {{after: 1s, key: 1}}, allow: [US]}}
"""


class Caller:
    """Somebody on the phone, by webhooks alone; all documents that they got are kept."""

    def __init__(self, serve: Serve, sid: str, from_: str = CALLER, to: str = TO) -> None:
        self.serve = serve
        self.form = {"CallSid": sid, "From": from_, "To": to}
        self.documents: list[str] = []
        self.reply = self.send("/voice")

    def send(self, path: str, **form: str) -> httpx.Response:
        """A webhook."""
        response = self.serve.post(path, **self.form, **form)
        assert response.status_code == 200, response.text
        self.documents.append(response.text)
        return response

    def press(self, keys: str) -> None:
        """Keys, where they are awaited."""
        self.reply = self.send(action(self.reply), Digits=keys)

    def hang_up(self, **form: str) -> None:
        """The end."""
        self.send("/voice/status", **{"CallStatus": "completed", **form})


class Secretive(Serve):
    """A service that has secrets of its own."""

    more: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """With a key, a folder for temporary files, and more."""
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        return super().environment | {"IVR_SECRET_KEY": KEY, "TMPDIR": str(temporary), **self.more}


def three_ports() -> int:
    """The first of three ports in a row that nobody has: for carriers, for people, for the phone."""
    for _ in range(100):
        port = free_port()
        try:
            for number in (port + 1, port + 2):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        return port
    raise AssertionError("no three ports in a row are free")


@contextmanager
def secretive(folder: Path, port: int, **more: str) -> Iterator[Secretive]:
    """That service on a folder of its own, running."""
    menus = folder / "menus"
    menus.mkdir(parents=True)
    (menus / "secrets.yaml").write_text(line(port))
    (menus / "members.csv").write_text("pin,status\n00000000,open\n")
    (menus / "team.yaml").write_text(TEAM)
    made = Secretive(folder)
    made.port = three_ports()
    made.more = {"IVR_ALLOW_HOSTS": f"127.0.0.1:{port}", **more}
    try:
        made.start()
        yield made
    finally:
        end(made)


def valkey(serve: Serve) -> tuple[str, int]:
    """The URL and the process of the service's Valkey."""
    url = attach(serve.folder / "var" / "valkey")
    assert url
    client = connect(url, patience=20)
    try:
        return url, int(client.info("server")["process_id"])
    finally:
        client.close()


def plant(serve: Serve, sought: Sought) -> list[Caller]:
    """Calls that leave a secret in every way that there is; whoever called."""
    callers = []
    for key, way in enumerate(WAYS, 1):
        secret = sought.add(f"a code for a server that {way}", f"{key}83920461{key}57")
        callers.append(caller := Caller(serve, f"CAway{key}"))
        caller.press(str(key))
        caller.press(secret)
        caller.hang_up()
    # Wrong ones: too short, cleared in the middle, more keys than were asked for, and silence after some.
    callers.append(caller := Caller(serve, "CAwrong"))
    caller.press("1")
    for name, keys in (("too short", "61830294571"), ("cleared", "7391840256*"), ("too long", "518203946715820")):
        sought.add(f"a code that is {name}", keys.strip("*"))
        caller.press(keys)
    caller.press("")
    caller.hang_up()
    # PINs and amounts, right and wrong, and a call that breaks in the middle of one.
    callers.append(caller := Caller(serve, "CApins"))
    caller.press("7")
    caller.press(sought.add("a PIN", "73194628"))
    caller.press("8")
    caller.press(sought.add("an amount", "9182736450") + "*55")
    caller.press("7")
    caller.hang_up(Digits=sought.add("a PIN that a broken call brings", "84205173"))
    # Webhooks that come again, late, at another turn, after the end, to the fallback, and for a call that nobody knows.
    callers.append(caller := Caller(serve, "CAodd"))
    caller.press("7")
    asked = action(caller.reply)
    caller.send("/voice/fallback", Digits=sought.add("a PIN at the fallback", "29485710"), ErrorCode="11200")
    late = sought.add("a PIN that comes late", "61749283")
    caller.send(asked, Digits=sought.add("a PIN that comes twice", "50392817"))
    for path in (asked, asked.replace("/1?", "/0?"), re.sub(r"/(\d+)\?", "/40?", asked), asked.partition("?")[0]):
        caller.send(path, Digits=late)
    caller.hang_up()
    caller.send(asked, Digits=sought.add("a PIN after the end", "94817260"))
    unknown = sought.add("a PIN of an unknown call", "38271946")
    serve.post("/voice/CAnobody/3", CallSid="CAnobody", Digits=unknown)
    serve.post("/voice/recording", CallSid="CAodd", Digits=unknown)
    # The desk's PIN by phone: wrong ones, and the right one.
    callers.append(caller := Caller(serve, "CAdesk", AGENT, DESK))
    caller.press(sought.add("a wrong PIN of an agent", "40718263"))
    caller.press(sought.add("an agent's PIN", "90417352"))
    caller.hang_up()
    return callers


def plant_without_redis(serve: Serve, sought: Sought) -> Caller:
    """A secret that is asked for while Redis is there, and entered while it is away: what is spooled is searched."""
    caller = Caller(serve, "CAaway")
    caller.press("7")
    _, pid = valkey(serve)
    os.kill(pid, signal.SIGSTOP)
    try:
        caller.press(sought.add("a PIN with Redis away", "17395028"))
        caller.press("7")
        caller.press(sought.add("another PIN with Redis away", "62840517"))
        sought.look_at_files(serve.folder / "var" / "spool")
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: not list((serve.folder / "var" / "spool").glob("*.jsonl")), 60)
    caller.hang_up()
    return caller


def book(serve: Serve) -> None:
    """An open callback, as a caller books it."""
    engine = open_engine(f"sqlite:///{serve.folder / 'var' / 'touchtone.db'}")
    numbers, now = Numbers(KEY), datetime.now(UTC)
    given = {"queue": "bookings", "line": "secrets", "version": "v1", "step": "agents", "language": "en-US"}
    booked = Callback(
        id="CAback-bookings", **given, shown=TO, number_sealed=numbers.seal(CALLBACK, "CAback-bookings"),
        number_hash=numbers.hash(CALLBACK), number_last4=CALLBACK[-4:], call_sid="CAback", arrived=1.0, place=1.0,
        booked_at=now, state="booked", tries=0, next_at=now + timedelta(days=1),
    )  # fmt: skip
    assert Callbacks(engine).book(booked)
    engine.dispose()


def seen_by_the_owner(serve: Serve, client: httpx.Client, sought: Sought) -> None:
    """Whoever may see the number of a callback asks for it, and that is noted without it."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/desk/live").text)
    assert token
    shown = client.post("/desk/callbacks/CAback-bookings/number", headers={"X-CSRFToken": token[1]})
    assert CALLBACK in shown.text
    audit = client.get("/people/audit")
    assert "number seen" in audit.text
    sought.look("the audit page", audit.content, "pages")


def people(serve: Serve, sought: Sought) -> httpx.Client:
    """The owner, signed in at last."""
    client = httpx.Client(base_url=f"http://127.0.0.1:{serve.port + 1}", timeout=30, follow_redirects=True)
    until(lambda: _is_up(client))
    link = re.search(r"/welcome/\S+", serve.text())
    assert link
    wrong = sought.add("a wrong password", "a wrong 'one' 5519 & more")
    for name, password in (
        ("owner", wrong),
        (sought.add("a password in the field of the name", "7205518394-oops"), wrong),
    ):
        token = _token(client.get("/sign-in").text)
        assert (
            client.post("/sign-in", data={"csrf_token": token, "name": name, "password": password}).status_code == 401
        )
    token = _token(client.get(link[0]).text)
    password = sought.add("the owner's password", PASSWORD)
    entered = client.post(link[0], data={"csrf_token": token, "password": password, "again": password})
    assert "Hello, owner" in entered.text
    sought.add("the one-time link", link[0].rpartition("/")[2])
    return client


def _is_up(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _token(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found[1]


def commands(serve: Serve, folder: Path) -> Iterator[tuple[str, bytes]]:
    """What the commands print of the log, and every export."""
    folder.mkdir()
    given = [
        ["calls", "--limit", "1000"],
        ["calls", "--set-aside"],
        ["report"],
        ["report", "--html", str(folder / "r.html")],
    ]
    given += [["calls", sid] for sid in re.findall(r"CA\w+", serve.run("calls").stdout)]
    for what in ("calls", "events", "surveys"):
        for form in ("csv", "jsonl", "parquet"):
            given.append(["export", what, "--format", form, "--out", str(folder / f"{what}.{form}")])
    for command in given:
        done = serve.run(*command)
        yield f"ivr {' '.join(command[:2])}", (done.stdout + done.stderr).encode()
    for path in folder.iterdir():
        yield f"the file {path.name}", path.read_bytes()


@pytest.mark.long
def test_secrets_are_nowhere(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """In no file, table, key, log line, metric, page or export, plain or encoded; and the servers did get them."""
    sought = Sought()
    with secretive(tmp_path, server.server_port, IVR_LOOKUP_TOKEN="3810572946-api") as serve:
        callers = plant(serve, sought)
        callers.append(plant_without_redis(serve, sought))
        for way in WAYS:
            secret = sought.values[f"a code for a server that {way}"]
            assert any(secret in said for said in server.received), way  # type: ignore[attr-defined]
        for name, number in (("caller", CALLER), ("agent", AGENT), ("open callback", CALLBACK)):
            sought.add(f"{WHOLE} {name}", number[2:])
        book(serve)
        sought.add("the service's key", KEY)
        sought.add("a token of a look-up", "3810572946-api")
        client = people(serve, sought)
        until(lambda: "CAaway" in serve.run("calls").stdout, 60)
        seen_by_the_owner(serve, client, sought)
        pages = sought.look_at_pages(client, ["/", "/desk", "/desk/live", "/people", "/people/audit", "/reports"])
        client.close()
        assert len(pages) > 10
        look_everywhere(serve, sought, callers, tmp_path)
    sought.look_at_files(tmp_path / "var")
    said = serve.text().replace(sought.values.pop("the one-time link"), "")  # it is printed, once, for the owner
    sought.look("what all processes print", said.encode(), "logs")
    # docs/privacy.md: the state of a call has the number until it expires, in Redis and in the files of Redis.
    in_redis = [it for it in sought.found if it.startswith(WHOLE) and re.search(r" in the (key|file valkey/)", it)]
    elsewhere = [it for it in sought.found if it not in in_redis]
    assert elsewhere == [], "\n".join(elsewhere)
    assert {it.partition(" in ")[0] for it in in_redis} == {f"{WHOLE} caller", f"{WHOLE} agent"}
    kinds = ("files", "redis", "sql", "pages", "logs", "documents", "commands")
    assert min(sought.looked.get(kind, 0) for kind in kinds) > 100


def look_everywhere(serve: Serve, sought: Sought, callers: list[Caller], folder: Path) -> None:
    """All but the pages for people, while the service runs."""
    for caller in callers:
        sought.look(f"a document of {caller.form['CallSid']}", "\0".join(caller.documents).encode(), "documents")
    base = f"http://127.0.0.1:{serve.port}"
    sids = [caller.form["CallSid"] for caller in callers]
    for path in ("/metrics", "/healthz", "/readyz", "/dev/lines", *(f"/dev/calls/{sid}" for sid in sids)):
        sought.look(path, httpx.get(base + path, timeout=30).content, "pages")
    with httpx.Client(base_url=f"http://127.0.0.1:{serve.port + 2}", timeout=30) as phone:
        sought.look_at_pages(phone, ["/", *(f"/calls/{sid}" for sid in sids)])
    for where, said in commands(serve, folder / "exports"):
        sought.look(where, said, "commands")
    client = connect(valkey(serve)[0], patience=20)
    try:
        sought.look_at_redis(client)
        client.bgrewriteaof()
    finally:
        client.close()
    sought.look_at_sqlite(serve.folder / "var" / "touchtone.db")
    sought.look_at_files(serve.folder / "var")
    sought.look_at_files(serve.folder / "tmp")


@pytest.mark.long
def test_a_refused_webhook_leaves_no_secret(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """With a token, what is not signed, or signed wrongly, is refused, and nothing of it is kept or said."""
    sought = Sought()
    with secretive(tmp_path, server.server_port, TWILIO_AUTH_TOKEN=TOKEN) as serve:
        url = f"http://127.0.0.1:{serve.port}/voice"
        form = {"CallSid": "CAsigned", "From": CALLER, "To": TO}
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        first = httpx.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=30)
        assert first.status_code == 200
        secret = sought.add("a PIN of a forged webhook", "4719028365")
        for path in ("/voice", action(first), "/voice/fallback", "/voice/status"):
            forged = httpx.post(
                f"http://127.0.0.1:{serve.port}{path}",
                data=form | {"Digits": secret},
                headers={"X-Twilio-Signature": signature},
                timeout=30,
            )
            assert forged.status_code == 403
            sought.look(f"the answer of {path}", forged.content, "documents")
        sought.add("the carrier's token", TOKEN)
        client = connect(valkey(serve)[0], patience=20)
        sought.look_at_redis(client)
        client.close()
        sought.look("/metrics", httpx.get(f"http://127.0.0.1:{serve.port}/metrics", timeout=30).content, "pages")
    sought.look_at_sqlite(tmp_path / "var" / "touchtone.db")
    sought.look_at_files(tmp_path / "var")
    sought.look_at_files(tmp_path / "tmp")
    sought.look("what all processes print", serve.text().encode(), "logs")
    assert sought.found == []


@pytest.mark.parametrize("way", ["plain", "percent", "json", "base64", "hex", "reversed", "spoken"])
def test_the_search_would_find_them(way: str) -> None:
    """In whatever form they were left."""
    from base64 import b64encode

    value = "7205518394"
    left = {
        "plain": f"x{value}x",
        "percent": f"pin={value}&",
        "json": json.dumps({"a": json.dumps({"pin": value})}),
        "base64": b64encode(f'{{"keys":"{value}"}}'.encode()).decode(),
        "hex": value.encode().hex(),
        "reversed": value[::-1],
        "spoken": " ".join(value),
    }[way]
    sought = Sought({"a PIN": value})
    sought.look("here", left.encode(), "files")
    sought.look("there", b"nothing of it 7205518393", "files")
    assert sought.found == ["a PIN in here"]


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_gives_a_secret_back(server: ThreadingHTTPServer, way: str) -> None:
    """The caller does not hear it, and the log does not have it: the look-up failed, and why says nothing of it."""
    told = looked_up(server, way, "839204611579")
    assert told.outcome == ("found" if way == "good" else "failed")
    assert "8392046115" not in repr(told)


def test_a_short_secret_may_be_an_amount_by_chance(server: ThreadingHTTPServer) -> None:
    """Four digits that come back are no reason to let a look-up fail."""
    assert looked_up(server, "repeats", "8392").outcome == "found"


def looked_up(server: ThreadingHTTPServer, way: str, code: str) -> Told:
    """What one of the look-ups is answered."""
    flow = load({"secrets.yaml": line(server.server_port).encode()}).flows["secrets"]
    lookups = Lookups(Settings(lookup_hosts=frozenset({f"127.0.0.1:{server.server_port}"})))
    try:
        return lookups.run(flow, RunLookup(way, {f"code_{way}": code}), datetime.now(UTC), time.monotonic() + 30)
    finally:
        lookups.close()
