"""Look-ups, in tables and at a real server that answers well, badly, slowly or never."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from running import action, running, words

from ivr.call.inputs import Told
from ivr.call.wants import RunLookup
from ivr.config import Settings
from ivr.menu import Flow, load
from ivr.store.embedded import Embedded
from ivr.switchboard.breaker import Breaker
from ivr.switchboard.lookups import Lookups

AT = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)  # 10:00 in Chicago


class Api(BaseHTTPRequestHandler):
    """A server whose paths say how it answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the library's name
        """Answers as the path's last part says."""
        self.server.seen.append((self.command, self.path, dict(self.headers), b""))  # type: ignore[attr-defined]
        self._answer()

    def do_POST(self) -> None:
        """The same, with a body."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        self._answer()

    def _answer(self) -> None:
        how = self.path.split("?")[0].rsplit("/", 1)[-1]
        good = json.dumps({"status": "open", "due": 12.5, "leaves": "2026-07-04", "seats": 3, "extra": None})
        status, body = {
            "good": (200, good),
            "list": (200, f"[{good}]"),
            "nothing": (200, "[]"),
            "null": (200, "null"),
            "missing": (200, '{"status": "open"}'),
            "typed": (200, good.replace("2026-07-04", "soon")),
            "text": (200, "this is no JSON"),
            "scalar": (200, "42"),
            "huge": (200, '{"status": "' + "x" * 400_000 + '"}'),
            "away": (503, "{}"),
            "redirect": (302, ""),
            "gone": (404, "{}"),
        }.get(how, (200, good))
        if how == "never":
            time.sleep(3)
        self.send_response(status)
        if how == "redirect":
            self.send_header("Location", "/good")
        if how == "trickle":
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(30):
                try:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.1)
            return
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        try:
            self.wfile.write(body.encode())
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def api() -> Iterator[ThreadingHTTPServer]:
    """The server, on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    server.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def flow_of(lookups: str) -> Flow:
    """A line with these look-ups, each used once."""
    names = [row.split(":")[0].strip() for row in lookups.splitlines() if row and not row.startswith("    ")]
    steps = "".join(
        f"  use_{name}:\n    lookup: {name}\n    found: {after}\n    not_found: {after}\n    failed: {after}\n"
        for name, after in zip(names, [*(f"use_{name}" for name in names[1:]), "bye"], strict=True)
    )
    text = (
        'line: T\nnumbers: ["+15005550001"]\ntimezone: America/Chicago\nlanguages: [en-US]\nstart: ask\nlookups:\n'
        + lookups
        + "steps:\n  ask:\n    ask: Number?\n    digits: 1-9\n    save: key\n    go: pin\n"
        + f"  pin:\n    ask: Pin?\n    type: pin\n    save: code\n    go: use_{names[0]}\n"
        + steps
        + "  bye:\n    say: Goodbye.\n    go: hangup\n"
    )
    menus = load({"t.yaml": text.encode()})
    assert not menus.errors, menus.errors
    return menus.flows["t"]


GIVES = "    gives: {status: text, due: money, leaves: date, seats: number}\n"


def ask(api: ThreadingHTTPServer, how: str, *, timeout: str = "2s", hosts: frozenset[str] | None = None) -> Told:
    """What a look-up at this server gives."""
    host = f"127.0.0.1:{api.server_port}"
    flow = flow_of(f"  thing:\n    get: http://{host}/things/<key>/{how}\n    timeout: {timeout}\n{GIVES}")
    lookups = Lookups(Settings(lookup_hosts=frozenset({host}) if hosts is None else hosts))
    try:
        return lookups.run(flow, RunLookup("thing", {"key": "4 2/../&"}), AT, time.monotonic() + 5)
    finally:
        lookups.close()


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("good", "found"),
        ("list", "found"),
        ("nothing", "not_found"),
        ("null", "not_found"),
        ("gone", "not_found"),
        ("missing", "failed"),
        ("typed", "failed"),
        ("text", "failed"),
        ("scalar", "failed"),
        ("huge", "failed"),
        ("away", "failed"),
        ("redirect", "failed"),
    ],
)
def test_what_a_server_answers_decides_the_outcome(api: ThreadingHTTPServer, how: str, outcome: str) -> None:
    """Found, not found and failed are told apart, and only what is found brings values, each of its type."""
    told = ask(api, how)
    assert told.outcome == outcome, told
    if outcome == "found":
        assert told.values == {"status": "open", "due": "12.50", "leaves": "2026-07-04", "seats": 3}
    else:
        assert told.values == {}


def test_values_are_quoted_in_addresses(api: ThreadingHTTPServer) -> None:
    """What a caller entered cannot leave its place in the address."""
    ask(api, "good")
    assert api.seen[-1][1] == "/things/4%202%2F..%2F%26/good"  # type: ignore[attr-defined]


@pytest.mark.parametrize("how", ["never", "trickle"])
def test_a_slow_server_fails_within_the_time_out(api: ThreadingHTTPServer, how: str) -> None:
    """A server that answers late, or a byte at a time, is given up in time: a carrier waits 15 s, a caller less."""
    began = time.monotonic()
    assert ask(api, how, timeout="0.5s").outcome == "failed"
    assert time.monotonic() - began < 2.5


def test_requests_go_only_where_the_settings_allow(api: ThreadingHTTPServer) -> None:
    """A host that IVR_ALLOW_HOSTS does not list is not asked at all."""
    before = len(api.seen)  # type: ignore[attr-defined]
    told = ask(api, "good", hosts=frozenset({"127.0.0.1", "api.example.com"}))
    assert told.outcome == "failed"
    assert "IVR_ALLOW_HOSTS" in told.why
    assert len(api.seen) == before  # type: ignore[attr-defined]


def test_a_post_sends_secrets_in_its_body_and_headers_from_the_settings(api: ThreadingHTTPServer) -> None:
    """A body is JSON; a header's <env.name> comes from the environment, and is not there for words to say."""
    host = f"127.0.0.1:{api.server_port}"
    flow = flow_of(
        f"  thing:\n    post: http://{host}/good\n    body: {{pin: <code>, key: <key>}}\n"
        f"    headers: {{Authorization: Bearer <env.token>}}\n{GIVES}"
    )
    lookups = Lookups(Settings(lookup_hosts=frozenset({host}), lookup_values={"token": "t0k"}))
    told = lookups.run(flow, RunLookup("thing", {"code": "4821", "key": "7"}), AT, time.monotonic() + 5)
    lookups.close()
    assert told.outcome == "found"
    method, _, headers, body = api.seen[-1]  # type: ignore[attr-defined]
    assert (method, json.loads(body), headers["Authorization"]) == ("POST", {"pin": "4821", "key": "7"}, "Bearer t0k")
    bare = Lookups(Settings(lookup_hosts=frozenset({host})))
    told = bare.run(flow, RunLookup("thing", {"code": "4821", "key": "7"}), AT, time.monotonic() + 5)
    bare.close()
    assert (told.outcome, told.why) == ("failed", "the setting of <env.token> is missing")


def test_a_turns_budget_is_shared(api: ThreadingHTTPServer) -> None:
    """When the time of a turn is used up, further look-ups fail at once."""
    host = f"127.0.0.1:{api.server_port}"
    flow = flow_of(f"  thing:\n    get: http://{host}/good\n{GIVES}")
    lookups = Lookups(Settings(lookup_hosts=frozenset({host})))
    assert lookups.run(flow, RunLookup("thing", {}), AT, time.monotonic()).outcome == "failed"
    lookups.close()


def test_a_breaker_opens_rests_and_tries_once() -> None:
    """After five failures in a row nothing is tried for a while; then one try decides for all."""
    now = [0.0]
    breaker = Breaker(failures=5, rest=30, now=lambda: now[0])
    for _ in range(5):
        assert breaker.allows()
        breaker.note(worked=False)
    assert not breaker.allows()
    now[0] = 31
    assert (breaker.allows(), breaker.allows()) == (True, False)
    breaker.note(worked=False)
    assert not breaker.allows()
    now[0] = 62
    assert breaker.allows()
    breaker.note(worked=True)
    assert breaker.allows()
    assert breaker.allows()


def test_what_fails_too_often_is_left_alone(api: ThreadingHTTPServer) -> None:
    """The sixth caller does not wait for a server that failed five times in a row."""
    host = f"127.0.0.1:{api.server_port}"
    flow = flow_of(f"  thing:\n    get: http://{host}/away\n{GIVES}")
    lookups = Lookups(Settings(lookup_hosts=frozenset({host})))
    before = len(api.seen)  # type: ignore[attr-defined]
    whys = [lookups.run(flow, RunLookup("thing", {}), AT, time.monotonic() + 5).why for _ in range(7)]
    lookups.close()
    assert whys[:5] == ["HTTP 503"] * 5
    assert "left alone" in whys[5]
    assert len(api.seen) == before + 5  # type: ignore[attr-defined]


TABLE = "stop,at,to,bay\n4021,9:30,Austin,1\n4021,10:00,Dallas,2\n4021,17:05,Waco,3\n4022,23:50,Tulsa,4\n"


def departures(folder: Path, stop: str, at: datetime, table: str = TABLE) -> Told:
    """The next departure of a stop."""
    (folder / "departures.csv").write_text(table, "utf-8")
    flow = flow_of(
        "  next:\n    table: departures.csv\n    where: {stop: <key>}\n    next: at\n"
        "    gives: {to: text, at: time, bay: digits}\n"
    )
    lookups = Lookups(Settings(menus=folder))
    try:
        return lookups.run(flow, RunLookup("next", {"key": stop}), at, time.monotonic() + 5)
    finally:
        lookups.close()


@pytest.mark.parametrize(
    ("stop", "utc", "to"),
    [
        ("4021", "14:29", "Austin"),
        ("4021", "14:30", "Austin"),
        ("4021", "14:31", "Dallas"),
        ("4021", "15:00", "Dallas"),
        ("4021", "15:01", "Waco"),
        ("4021", "22:06", "Austin"),
        ("4022", "04:00", "Tulsa"),
    ],
)
def test_the_next_row_is_the_first_at_or_after_now(tmp_path: Path, stop: str, utc: str, to: str) -> None:
    """In the line's own zone (Chicago, UTC-5 in July); after the last time of the day comes the first of the next."""
    at = datetime.fromisoformat(f"2026-07-01T{utc}+00:00")
    told = departures(tmp_path, stop, at)
    assert (told.outcome, told.values.get("to")) == ("found", to)


@pytest.mark.parametrize(
    ("utc", "to"), [("2026-07-01T17:00", "Waco"), ("2026-07-01T17:01", "Hico"), ("2026-07-02T11:01", None)]
)
def test_rows_with_dates_do_not_start_over(tmp_path: Path, utc: str, to: str | None) -> None:
    """A table of moments is over when its last one is past."""
    (tmp_path / "trips.csv").write_text("at,to\n2026-07-02T06:00,Hico\n2026-07-01 12:00,Waco\n", "utf-8")
    flow = flow_of(
        "  trip:\n    table: trips.csv\n    where: {}\n    next: at\n    gives: {to: text}\n".replace(
            "    where: {}\n", "    where: {to: <key>}\n"
        )
    )
    lookups = Lookups(Settings(menus=tmp_path))
    at = datetime.fromisoformat(f"{utc}+00:00")
    found = [lookups.run(flow, RunLookup("trip", {"key": name}), at, 1e12).outcome for name in ("Waco", "Hico")]
    lookups.close()
    assert found == {"Waco": ["found", "found"], "Hico": ["not_found", "found"], None: ["not_found"] * 2}[to]


def test_a_table_that_changes_is_read_anew_and_a_broken_one_fails(tmp_path: Path) -> None:
    """Tables are live: ops change a row and the next caller hears it; a broken table is a failed look-up."""
    assert departures(tmp_path, "4099", AT).outcome == "not_found"
    assert departures(tmp_path, "4099", AT, TABLE + "4099,12:00,Hondo,7\n").values["to"] == "Hondo"
    assert departures(tmp_path, "4021", AT, "stop,to\n4021,Austin\n").outcome == "failed"
    (tmp_path / "departures.csv").unlink()
    flow = flow_of("  next:\n    table: departures.csv\n    where: {stop: <key>}\n    gives: {to: text}\n")
    lookups = Lookups(Settings(menus=tmp_path))
    assert lookups.run(flow, RunLookup("next", {"key": "1"}), AT, time.monotonic() + 5).outcome == "failed"
    lookups.close()


SECRET_LINE = """\
line: Bank
numbers: ["+15005550001"]
timezone: America/Chicago
languages: [en-US]
start: pin
last_resort: "+15005550199"
lookups:
  account:
    post: http://HOST/good
    body: {pin: <code>}
    filler: One moment, please.
    gives: {status: text, due: money, leaves: date, seats: number}
steps:
  pin:
    ask: Enter your PIN.
    type: pin
    save: code
    go: account
    give_up: operator
  account:
    lookup: account
    found: told
    not_found: pin
    failed: operator
  told:
    say: Your account is <account.status> and <account.due> is due on <account.leaves>.
    go: hangup
"""


def test_secret_digits_are_nowhere(api: ThreadingHTTPServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A PIN reaches its look-up and nothing else: no key of Redis, no file, no log line, no document."""
    pin = "73919642"
    host = f"127.0.0.1:{api.server_port}"
    with Embedded(tmp_path / "valkey") as valkey:
        line = SECRET_LINE.replace("HOST", host)
        with running(tmp_path, valkey.url, {"bank.yaml": line}, lookup_hosts=frozenset({host})) as service:
            first = service.post("/voice", CallSid="CA1")
            filler = service.post(action(first), CallSid="CA1", Digits=pin)
            assert words(filler) == "One moment, please."
            assert "<Redirect" in filler.text
            in_between = [service.redis.dump(key) or b"" for key in service.redis.scan_iter("*")]
            sealed = service.redis.hget(next(iter(service.redis.scan_iter("*call:CA1"))), "state")
            told = service.post("/voice/CA1/2", CallSid="CA1")
            assert words(told) == "Your account is open and 12.50 US dollars is due on July 4, 2026."
            assert json.loads(api.seen[-1][3]) == {"pin": pin}  # type: ignore[attr-defined]
            service.post(action(first), CallSid="CA1", Digits=pin)  # a late copy
            places = [*in_between, *service.records("CA1"), filler.content, told.content, caplog.text.encode()]
            places += [service.redis.dump(key) or b"" for key in service.redis.scan_iter("*")]
        files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert sealed
    assert b"\n" in sealed  # the secret was kept, encrypted, until its look-up was done
    assert len(files) > 3
    assert not [place for place in [*places, *files] if pin.encode() in place]


def test_a_look_up_that_never_ends_is_stopped(tmp_path: Path, valkey: Embedded) -> None:
    """A file whose look-ups lead to each other for ever: the caller hears an apology and is handed on."""
    text = SECRET_LINE.replace("found: told", "found: account", 1).replace("HOST", "nowhere.example.com")
    text = text.replace("failed: operator", "failed: account").replace("    filler: One moment, please.\n", "")
    text = text.replace("  told:", "  told:\n    goal: never").replace("give_up: operator", "give_up: told")
    with running(tmp_path, valkey.url, {"bank.yaml": text}) as service:
        first = service.post("/voice", CallSid="CAloop")
        reply = service.post(action(first), CallSid="CAloop", Digits="1234")
        assert "We are sorry" in words(reply)
        assert "+15005550199" in reply.text
