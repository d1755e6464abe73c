"""What the service has in development alone: a look into calls, and a clock that a webhook sets."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from running import FROM, LINE, TO, TOKEN, Running
from serving import Serve, end, until
from werkzeug.test import TestResponse

from ivr.config import Settings
from ivr.web import create_app

HERE = {"base_url": "http://127.0.0.1:8000"}

SECRET = """\
line: Secret
numbers: ["+15005550002"]
timezone: America/New_York
languages: [en-US]
start: pin
lookups:
  account:
    post: http://127.0.0.1:9/
    body: {pin: <pin>}
    gives: {name: text}
steps:
  pin:
    ask: Enter your PIN.
    type: pin
    save: pin
    go: size
  size:
    ask: Enter your shoe size.
    digits: 2
    save: size
    go: account
  account:
    lookup: account
    found: hangup
    not_found: hangup
    failed: hangup
"""

HOURS = """\
line: Hours
numbers: ["+15005550003"]
timezone: America/Chicago
country: US
languages: [en-US]
start: when
hours: {office: "Mo-Fr 08:00-18:00; PH off"}
steps:
  when: {hours: office, open: open_now, closed: closed_now}
  open_now: {say: We are open., go: hangup}
  closed_now: {say: We are closed., go: hangup}
"""


def get(service: Running, path: str, **headers: str) -> httpx.Response:
    """A question of this machine."""
    return httpx.get(service.url + path, headers=headers, timeout=30)


def call_of(service: Running, sid: str) -> dict[str, object]:
    """The inside of a call."""
    found = get(service, f"/dev/calls/{sid}")
    assert found.status_code == 200
    return dict(found.json())


def test_the_lines_are_listed(service: Running) -> None:
    """Each live line has its title, file, numbers, languages, zone and version."""
    version = service.publish("hours.yaml", HOURS)
    hours, test = get(service, "/dev/lines").json()
    assert (hours["title"], hours["file"], hours["numbers"], hours["zone"], hours["version"]) == (
        "Hours",
        "hours",
        ["+15005550003"],
        "America/Chicago",
        version,
    )
    assert test["languages"] == ["en-US", "es-MX"]


def test_a_call_is_seen_from_within(service: Running) -> None:
    """The place with its line in the file, the language, what was saved, and what happened, in order."""
    service.post("/voice", CallSid="CA1")
    service.post("/voice/CA1/1", CallSid="CA1", Digits="2")
    service.post("/voice/CA1/2", CallSid="CA1", Digits="1")
    seen = call_of(service, "CA1")
    row = LINE.splitlines().index("  number:") + 1
    assert (seen["line"], seen["place"], seen["file"], seen["language"]) == ("test", "number", "test.yaml", "es-MX")
    assert seen["row"] in (row, row + 1)
    service.post("/voice/CA1/3", CallSid="CA1", Digits="0417")
    assert call_of(service, "CA1")["values"] == {"number": "0417"}
    records = call_of(service, "CA1")["records"]
    assert isinstance(records, list)
    kinds = [event["kind"] for record in records for event in record["events"]]
    assert kinds[:3] == ["entered", "language_chosen", "entered"]
    assert "answered" in kinds
    assert [record["seq"] for record in records] == [1, 2, 3, 4]


def test_secrets_are_masked(service: Running) -> None:
    """A secret answer shows that it is there, and nothing of it, neither among values nor in events."""
    service.publish("secret.yaml", SECRET)
    given = {"CallSid": "CA1", "To": "+15005550002"}
    service.post("/voice", **given)
    service.post("/voice/CA1/1", **given, Digits="4821")
    seen = get(service, "/dev/calls/CA1")
    assert seen.json()["values"] == {"pin": "•••"}
    assert "4821" not in seen.text


def test_a_call_that_nobody_knows(service: Running) -> None:
    """It is 404."""
    assert get(service, "/dev/calls/CA0").status_code == 404


@pytest.mark.parametrize("path", ["/dev/lines", "/dev/recordings", "/dev/calls/CA1"])
def test_nobody_else_looks_in(service: Running, path: str) -> None:
    """Neither what was forwarded nor a website whose name leads here (DNS rebinding) learns anything."""
    assert get(service, path).status_code in (200, 404)
    assert get(service, path, **{"X-Forwarded-For": "192.0.2.1"}).status_code == 403
    assert get(service, path, Host="rebound.example").status_code == 403


def asked(settings: Settings, path: str, **options: object) -> TestResponse:
    """What an application of these settings answers."""
    app = create_app(settings)
    try:
        return app.test_client().open(path, **HERE, **options)
    finally:
        app.extensions["ivr"].close()


def test_production_has_none_of_it(service: Running) -> None:
    """With a PUBLIC_URL the addresses do not exist, and the header of the clock means nothing."""
    settings = replace(service.settings, public_url="https://phone.example.com", auth_tokens=(TOKEN,))
    for path in ("/dev/lines", "/dev/recordings", "/dev/calls/CA1"):
        assert asked(settings, path).status_code == 404
    assert asked(settings, "/healthz", headers={"X-Touchtone-Now": "nonsense"}).status_code == 200


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-07-01T10:00:00-05:00", "We are open."),
        ("2026-07-01T08:30:00+00:00", "We are closed."),  # 3:30 in Chicago
        ("2026-12-25T12:00:00-06:00", "We are closed."),  # a holiday
        ("2026-12-24T12:00:00-06:00", "We are open."),
    ],
)
def test_a_webhook_sets_the_clock(service: Running, moment: str, words: str) -> None:
    """In development the header of a webhook is the moment at which it is answered."""
    service.publish("hours.yaml", HOURS)
    app = create_app(service.settings)
    try:
        form = {"CallSid": f"CA{moment}", "From": FROM, "To": "+15005550003"}
        said = app.test_client().post("/voice", data=form, headers={"X-Touchtone-Now": moment}, **HERE)
    finally:
        app.extensions["ivr"].close()
    assert words in said.text


@pytest.mark.parametrize("moment", ["", "soon", "2026-07-01", "2026-07-01T10:00:00", "0001-01-01T00:00:00+14:00", "é"])
def test_a_clock_cannot_be_set_to_nonsense(service: Running, moment: str) -> None:
    """What is no moment with its zone is refused, and says how one looks."""
    form = {"CallSid": "CA1", "From": FROM, "To": TO}
    refused = asked(service.settings, "/voice", method="POST", data=form, headers={"X-Touchtone-Now": moment})
    assert refused.status_code == 400
    assert "2026-12-25T03:00:00-06:00" in refused.text


def test_recordings_have_words(service: Running, tmp_path: Path) -> None:
    """The page shows what a recording says; where there is no manifest, or a broken one, there are no words."""
    assert get(service, "/dev/recordings").json() == {}
    folder = service.settings.recordings
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "manifest.json").write_text('{"en-US/test/main.say.wav": {"text": "Hello."}, "x": {}}', "utf-8")
    assert get(service, "/dev/recordings").json() == {"en-US/test/main.say.wav": "Hello."}
    (folder / "manifest.json").write_text("[1", "utf-8")
    assert get(service, "/dev/recordings").json() == {}


class Public(Serve):
    """A service that carriers call."""

    @property
    def environment(self) -> dict[str, str]:
        """With a PUBLIC_URL, and the token that it needs."""
        return super().environment | {"PUBLIC_URL": "https://phone.example.com", "TWILIO_AUTH_TOKEN": TOKEN}


def started(cls: type[Serve], folder: Path, *, taken: bool = False) -> str:
    """What a service says until it is ready; with the port of its phone taken, if so."""
    (folder / "menus").mkdir()
    (folder / "menus" / "test.yaml").write_text(LINE, "utf-8")
    made = cls(folder)
    with socket.socket() as other:
        if taken:
            other.bind(("127.0.0.1", made.port + 2))
            other.listen()
        try:
            made.start()
            until(lambda: "browser" in made.text() or cls is Public)
            assert made.post("/voice", CallSid="CA1").status_code == (403 if cls is Public else 200)
        finally:
            end(made)
    return made.text()


def test_serve_says_where_the_phone_is(tmp_path: Path) -> None:
    """Without a PUBLIC_URL there is a phone in the browser."""
    assert "to try a line in the browser: http://127.0.0.1:" in started(Serve, tmp_path)


@pytest.mark.long
def test_a_taken_port_costs_the_phone_alone(tmp_path: Path) -> None:
    """Lines are served without it."""
    assert "there is no phone in the browser: port " in started(Serve, tmp_path, taken=True)


@pytest.mark.long
def test_carriers_services_have_no_phone(tmp_path: Path) -> None:
    """With a PUBLIC_URL nobody starts one."""
    assert "browser" not in started(Public, tmp_path)
