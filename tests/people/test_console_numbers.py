"""The console's numbers, on the real local carrier over HTTP: checked, set by a button, and never another one's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from socket import create_server

import pytest
from click.testing import CliRunner
from people_rooms import office_of, opened, settings_in
from visitors import Visitor, welcomed

from ivr.cli import ivr
from ivr.config import Settings
from ivr.phone import Exchange, ManualClock, RestServer
from ivr.phone.exchange import ACCOUNT
from ivr.store.embedded import Embedded
from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.publish import Publisher
from ivr.web.people.office import Office

TOKEN = "t" * 32
NAMES = (chr(it) * 3 for it in range(ord("a"), ord("z")))
BASE = "https://phone.example.com"
VOICE, FALLBACK, STATUS = f"{BASE}/voice", f"{BASE}/voice/fallback", f"{BASE}/voice/status"
OLD = "https://old.example.com/voice"
SHOP, SECOND, DESK, THEIRS = "+15005550006", "+15005550007", "+15005550400", "+15005550999"

LINE = f"""\
line: Corner Shop
numbers: ["{SHOP}", "{SECOND}"]
timezone: America/Chicago
languages: [en-US]
start: bye
steps:
  bye: {{say: Goodbye., go: hangup}}
"""

TEAM = f"""\
desk: ["{DESK}"]
agents:
  ana: {{name: Ana Ruiz, phone: "+15005550401", languages: [en-US]}}
queues:
  bookings: {{agents: [ana]}}
"""


@dataclass
class House:
    """The pages, the carrier behind them, and somebody of ops."""

    office: Office
    exchange: Exchange
    rest: RestServer
    ops: Visitor
    settings: Settings

    def page(self) -> str:
        """The page, as text."""
        answer = self.ops.get("/console/numbers")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def urls(self, number: str) -> tuple[str | None, ...]:
        """What the carrier has for a number."""
        it = self.exchange.lines[number]
        return it.voice_url, it.fallback_url, it.status_url


@contextmanager
def ops_of(settings: Settings) -> Iterator[tuple[Office, Visitor]]:
    """An application on these settings, and somebody of ops who has signed in."""
    with opened(settings) as app:
        yield office_of(app), welcomed(app, f"otto-{next(NAMES)}", "ops")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[House]:
    """One application for all tests here, on a carrier of its own."""
    folder = tmp_path_factory.mktemp("numbers")
    with Exchange(ManualClock(), auth_token=TOKEN) as exchange, RestServer(exchange) as rest:
        account = {"account_sid": ACCOUNT, "auth_tokens": (TOKEN,), "api_url": rest.url, "public_url": BASE}
        settings = settings_in(folder, valkey.url, **account)
        shop = settings.menus / "shop.yaml"
        shop.write_text(LINE, "utf-8")
        with ops_of(settings) as (office, ops):
            Publisher(Versions(office.engine), office.redis, utc_now).publish(shop, who="olga")
            yield House(office, exchange, rest, ops, settings)


@pytest.fixture(autouse=True)
def _lines(house: House) -> None:
    """Each test begins with these numbers: one that is right, one that is not, one that no menu answers."""
    house.exchange.lines.clear()
    house.exchange.line(SHOP, VOICE, fallback_url=FALLBACK, status_url=STATUS)
    house.exchange.line(SECOND, OLD)
    house.exchange.line(THEIRS, OLD)
    house.rest.asked.clear()
    for name in ("draft.yaml", "team.yaml"):
        (house.settings.menus / name).unlink(missing_ok=True)


def test_every_number_stands_there_with_what_is_wrong(house: House) -> None:
    """What answers it, what the carrier has, what it should have, in words; and whose number is nobody's."""
    page = house.page()
    assert "<strong>1 of 2</strong>" in page
    assert "another host, old.example.com, is called" in page
    assert "no address is set, so nobody tells the service that a caller has hung up" in page
    assert f"POST {FALLBACK}" in page
    assert f"<td>{THEIRS}</td>" in page.split("that no menu answers")[-1]
    house.exchange.lines.pop(SHOP)
    assert "has no such number" in house.page()


def test_one_number_is_set_and_audited(house: House) -> None:
    """One request, what was and what is in the audit trail; the page says that it is right now."""
    house.page()
    answer = house.ops.post("/console/numbers", number=SECOND)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f"<strong>{SECOND}</strong> is set." in page
    assert "<strong>2 of 2</strong>" in page
    assert house.urls(SECOND) == (VOICE, FALLBACK, STATUS)
    assert [it.method for it in house.rest.asked if it.path.split("/")[-1].startswith("PN")] == ["POST"]
    (deed,) = house.office.audit.newest(1)
    assert (deed.who, deed.did, deed.about["number"], deed.about["line"]) == ("otto-aaa", "number_set", SECOND, "shop")
    assert deed.about["voice"] == f"POST {OLD} → POST {VOICE}"
    assert deed.about["fallback"] == f"none → POST {FALLBACK}"
    assert "number set" in house.ops.get("/console/audit").get_data(as_text=True)
    assert house.ops.post("/console/numbers", number=SECOND).status_code == 409  # it is right already


def test_all_are_set_by_one_button_but_nobody_elses(house: House) -> None:
    """A number that no live menu answers is never changed, named or not, nor one that only a draft names."""
    (house.settings.menus / "draft.yaml").write_text(LINE.replace(f'"{SHOP}", "{SECOND}"', f'"{THEIRS}"'), "utf-8")
    page = house.page()
    assert "nobody answers it before that is published" in page
    for number in (THEIRS, "+15005550123", "nonsense"):
        answer = house.ops.post("/console/numbers", number=number)
        assert (answer.status_code, "Nothing was set" in answer.get_data(as_text=True)) == (409, True)
    assert house.ops.post("/console/numbers").status_code == 400
    assert house.ops.post("/console/numbers", all="yes").status_code == 200
    assert house.urls(SECOND) == (VOICE, FALLBACK, STATUS)
    assert house.urls(THEIRS) == (OLD, None, None)
    assert house.ops.post("/console/numbers", all="yes").status_code == 409


def test_what_something_else_has_is_taken_over_only_on_purpose(house: House) -> None:
    """A trunk's number is left by the button for all, and taken by its own; both addresses and trunk are noted."""
    house.exchange.lines[SECOND].trunk = "TK1"
    page = house.page()
    assert "the SIP trunk TK1 has its calls" in page
    assert "Take it over and set it right" in page
    assert house.ops.post("/console/numbers", all="yes").status_code == 409
    assert house.urls(SECOND)[0] == OLD
    assert house.ops.post("/console/numbers", number=SECOND).status_code == 200
    assert (house.urls(SECOND), house.exchange.lines[SECOND].trunk) == ((VOICE, FALLBACK, STATUS), "")
    assert house.office.audit.newest(1)[0].about["trunk"] == "TK1 → none"


@pytest.mark.long
def test_the_desks_number_is_one_of_ours(house: House) -> None:
    """Agents call it: it is answered by the service, though by no file of a line."""
    (house.settings.menus / "team.yaml").write_text(TEAM, "utf-8")
    house.exchange.line(DESK, OLD)
    with ops_of(house.settings) as (_, ops):  # which reads the team file now
        assert "Answered by the desk by phone" in ops.get("/console/numbers").get_data(as_text=True)
        assert ops.post("/console/numbers", number=DESK).status_code == 200
    assert house.urls(DESK) == (VOICE, FALLBACK, STATUS)


def test_some_that_fail_lose_nothing_of_the_others(house: House) -> None:
    """Each number has its own outcome, in words."""
    house.exchange.line(SHOP, OLD)
    house.page()
    house.rest.answer_next(503, where="IncomingPhoneNumbers/")
    answer = house.ops.post("/console/numbers", all="yes").get_data(as_text=True)
    assert "the carrier did not answer as it should (503, code 20503); look again whether it was done" in answer
    assert house.urls(SECOND) == (VOICE, FALLBACK, STATUS)
    assert house.urls(SHOP) == (OLD, None, None)
    assert [it.about.get("result", "")[:11] for it in house.office.audit.newest(2)] == ["", "the carrier"]


@pytest.mark.parametrize("status", [401, 500, pytest.param(None, marks=pytest.mark.long)])
def test_a_carrier_that_refuses_is_told_in_words(
    house: House, monkeypatch: pytest.MonkeyPatch, status: int | None
) -> None:
    """The page stands, with what the menus say, also where no answer ever comes; nothing is set."""
    if status is None:
        monkeypatch.setattr("ivr.carrier.rest.TIMEOUT", 0.5)
    house.rest.answer_next(status)
    page = house.page()
    assert "The account could not be looked at" in page
    assert SHOP in page
    house.rest.answer_next(status)
    answer = house.ops.post("/console/numbers", all="yes")
    assert (answer.status_code, "Nothing was set." in answer.get_data(as_text=True)) == (503, True)
    assert house.urls(SECOND)[0] == OLD


@pytest.mark.long
def test_without_credentials_or_with_the_carrier_away(house: House) -> None:
    """Which settings to give; and a page in words where nobody can be reached."""
    with create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    for changed, words in (
        ({"account_sid": None}, "<code>TWILIO_ACCOUNT_SID</code>"),
        ({"auth_tokens": (), "public_url": None}, "<code>TWILIO_AUTH_TOKEN</code> and <code>PUBLIC_URL</code>"),
        ({"public_url": None}, "<code>PUBLIC_URL</code>"),
        ({"api_url": f"http://127.0.0.1:{port}"}, "the carrier cannot be reached"),
    ):
        with ops_of(replace(house.settings, **changed)) as (_, ops):  # type: ignore[arg-type]
            page = ops.get("/console/numbers").get_data(as_text=True)
            assert (words in page, SHOP in page, changed) == (True, True, changed)
            assert ops.post("/console/numbers", all="yes").status_code == 503
    assert house.urls(SECOND)[0] == OLD


@pytest.mark.long
def test_a_document_that_is_hosted_elsewhere_is_the_fallback(house: House) -> None:
    """Its address is set by the button; what lies there is told, and is nobody's here to mend."""
    with create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    files = f"http://127.0.0.1:{port}/files"
    with ops_of(replace(house.settings, fallback_url=files)) as (_, ops):
        assert ops.get("/console/numbers").get_data(as_text=True).count(f"GET {files}/shop.xml") == 2
        page = ops.post("/console/numbers", all="yes").get_data(as_text=True)
        assert f"<strong>{SECOND}</strong> is set." in page
        assert "the document cannot be fetched there (ConnectError)" in page
        assert f"{house.settings.data}/fallback/shop.xml is the one to put there" in page
        assert house.urls(SECOND) == (VOICE, f"{files}/shop.xml", STATUS)
        assert house.exchange.lines[SECOND].fallback_method == "GET"
        assert ops.post("/console/numbers", all="yes").status_code == 409


@pytest.mark.long
def test_only_who_may_changes(house: House) -> None:
    """An analyst sees nothing of it, and nobody sets a number without the token of the page."""
    it = welcomed(house.ops.client.application, "ann", "analyst")
    assert it.get("/console/numbers").status_code == 403
    assert it.post("/console/numbers", all="yes").status_code == 403
    assert house.ops.client.post("/console/numbers", data={"all": "yes"}).status_code == 400
    assert house.urls(SECOND)[0] == OLD


def test_the_command_does_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ivr numbers` lists with exit 1 where something is wrong, sets, and then exits with 0."""
    given = {
        "DATABASE_URL": house.settings.database, "IVR_MENUS": str(house.settings.menus),
        "IVR_DATA": str(house.settings.data), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": house.rest.url, "PUBLIC_URL": BASE,
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(ivr, ["numbers"])
    assert (told.exit_code, told.exception) == (1, told.exception)
    assert f"{SHOP}  shop  as it should be" in told.output
    assert f"{SECOND}  shop  a call comes in: another host, old.example.com, is called; " in told.output
    assert f"{THEIRS}  -  no line answers it; its calls go to POST {OLD}" in told.output
    assert CliRunner().invoke(ivr, ["numbers", THEIRS, "--set"]).exit_code == 0
    assert house.urls(THEIRS)[0] == OLD
    done = CliRunner().invoke(ivr, ["numbers", "--set"])
    assert (done.exit_code, f"{SECOND}  set" in done.output) == (0, True)
    assert house.urls(SECOND) == (VOICE, FALLBACK, STATUS)
    assert CliRunner().invoke(ivr, ["numbers", "+1"]).exit_code == 2
    monkeypatch.delenv("TWILIO_ACCOUNT_SID")
    lacking = CliRunner().invoke(ivr, ["numbers"])
    assert (lacking.exit_code, "set TWILIO_ACCOUNT_SID" in lacking.output) == (2, True)
    assert Path(house.settings.data, "touchtone.db").exists()
