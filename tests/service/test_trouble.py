"""Trouble of our own: the caller hears an apology in their language and is handed on, and never an error page."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from running import LINE, TO, Running, action, running, words
from twiml import check_twiml

from ivr.call.inputs import Told
from ivr.call.wants import RunLookup
from ivr.menu import Flow
from ivr.menu import load as menus_load
from ivr.phone import transcript
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.sql import open_engine
from ivr.switchboard.apology import static_document

RAISING = LINE.replace(
    "steps:\n",
    "lookups:\n  thing:\n    table: thing.csv\n    where: {key: <number>}\n    gives: {name: text}\nsteps:\n",
).replace(
    "    save: number\n    go: told\n",
    "    save: number\n    go: look\n"
    "  look:\n    lookup: thing\n    found: told\n    not_found: number\n    failed: main\n",
)


class Raises:
    """A look-up runner with a fault."""

    def run(self, flow: Flow, want: RunLookup, at: object, deadline: float) -> Told:
        """Raises, with what the caller entered in its message."""
        raise ZeroDivisionError(f"the caller entered {want.values['number']}")


def raising(folder: Path, valkey: Embedded, line: str = RAISING) -> object:
    """The service whose look-ups raise."""
    (folder / "menus").mkdir()
    (folder / "menus" / "thing.csv").write_text("key,name\n")
    return running(folder, valkey.url, {"test.yaml": line}, lookups=Raises())


def test_whatever_raises_the_caller_is_handed_to_the_operator(
    tmp_path: Path, valkey: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    """An apology in the language that the caller chose, then the operator; the log names the fault and no data."""
    with raising(tmp_path, valkey) as service:  # type: ignore[attr-defined]
        placed = service.call("2 1 4021 answered")
        heard = transcript(placed.events)
        assert "es-MX  Lo sentimos, tuvimos un problema de nuestro lado.\ndial   +15005550150\n" in heard
        assert heard.endswith("es-MX  Adiós.\nhangup by the line\n")
        assert "ZeroDivisionError" in caplog.text
        assert "4021" not in caplog.text


@pytest.mark.long
def test_without_an_operator_it_is_the_last_resort_then_a_voicemail(tmp_path: Path, valkey: Embedded) -> None:
    """`operator`, else `last_resort`, else a voicemail: a caller always gets one of them."""
    for number, (extra, expected) in enumerate(
        (("", "record\n"), ('last_resort: "+15005550199"\n', "dial   +15005550199\n"))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with raising(folder, valkey, RAISING.replace("operator: agents\n", extra)) as service:  # type: ignore[attr-defined]
            heard = transcript(service.call("1 1 4021 hangup").events)
            assert "en-US  We are sorry, something went wrong on our side.\n" in heard
            assert expected in heard


def test_with_sql_away_calls_go_on(tmp_path: Path, valkey: Embedded) -> None:
    """What is compiled stays compiled, and a process that starts anew reads this machine's copies."""
    with running(tmp_path, valkey.url, {"test.yaml": LINE}) as service:
        service.call("1 hangup")
        database = tmp_path / "data" / "touchtone.db"
        open_engine(service.settings.database).dispose()
        for path in tmp_path.glob("data/touchtone.db*"):
            path.rename(path.with_suffix(".away"))
        database.mkdir()
        assert "Welcome." in words(service.post("/voice", CallSid="CAsql1"))
        from ivr.web import create_app

        app = create_app(service.settings)
        reply = app.test_client().post(
            "/voice", data={"CallSid": "CAsql2", "To": TO}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
        )
        app.extensions["ivr"].close()
        assert b"Welcome." in reply.data


def test_an_empty_redis_is_told_by_sql(service: Running) -> None:
    """Where Redis lost what is live, SQL says it: new calls go on."""
    service.redis.flushall()
    assert "Welcome." in words(service.post("/voice", CallSid="CA1"))


def test_a_file_that_stopped_checking_is_no_error_page(service: Running, caplog: pytest.LogCaptureFixture) -> None:
    """A call whose version this machine can neither find nor compile hears an apology."""
    caplog.set_level(logging.CRITICAL)
    service.redis.hset("live", mapping={"test": "0" * 12})
    reply = service.post("/voice", CallSid="CA1")
    assert reply.status_code == 200
    assert "We are sorry" in words(reply)


def test_a_version_that_cannot_be_had_silences_no_other_line(
    service: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Of two live lines one cannot be compiled here: the other one answers as ever."""
    caplog.set_level(logging.CRITICAL)
    service.redis.hset("live", mapping={"gone": "0" * 12})
    assert "Welcome." in words(service.post("/voice", CallSid="CA1"))
    assert "We are sorry" in words(service.post("/voice", CallSid="CA2", To="+15005550002"))


def test_a_call_keeps_the_version_that_it_began_with(service: Running) -> None:
    """A publishing in mid-call changes new calls alone."""
    first = service.post("/voice", CallSid="CA1")
    service.publish("test.yaml", LINE.replace("Enter four digits.", "Four digits, please."))
    main = service.post(action(first), CallSid="CA1", Digits="1")
    assert "Enter four digits." in words(service.post(action(main), CallSid="CA1", Digits="1"))
    second = service.post("/voice", CallSid="CA2")
    main = service.post(action(second), CallSid="CA2", Digits="1")
    assert "Four digits, please." in words(service.post(action(main), CallSid="CA2", Digits="1"))


def test_a_client_gives_up_on_redis_within_a_moment(tmp_path: Path) -> None:
    """The service's own client waits 250 ms at most, and does not try again by itself."""
    client = connect("redis://127.0.0.1:1/0")
    keywords = client.connection_pool.connection_kwargs
    assert keywords["socket_timeout"] <= 0.25
    assert keywords["socket_connect_timeout"] <= 0.25
    client.close()


def test_the_static_document_needs_no_service(tmp_path: Path, valkey: Embedded) -> None:
    """An apology in every language of the line, the operator's number, goodbye: valid TwiML without our address."""
    with running(tmp_path, valkey.url, {"test.yaml": LINE}) as service:
        line = menus_load({"test.yaml": LINE.encode()}).flows["test"]
        text = static_document(line)
        assert check_twiml(text) == []
        assert "We are sorry" in text
        assert "Lo sentimos" in text
        assert "<Number>+15005550150</Number></Dial>" in text
        assert "http" not in text
        assert text.endswith("<Hangup /></Response>")
        assert service.url not in text
    bare = LINE.replace("operator: agents\n", "")
    text = static_document(menus_load({"test.yaml": bare.encode()}).flows["test"])
    assert "<Dial" not in text
    assert check_twiml(text) == []
