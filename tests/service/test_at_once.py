"""A key press is one round trip: stepped as its token has the call, and written if that is still what the call is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.connection import AbstractConnection
from running import LINE, Running, action, running, words

from ivr.call.inputs import Told
from ivr.call.wants import RunLookup
from ivr.menu import Flow
from ivr.store.calls import call_key
from ivr.store.embedded import Embedded
from ivr.switchboard.folding import folded, unfolded

LOOKING_UP = LINE.replace(
    "    go: told\n",
    "    go: found\n  found:\n    lookup: found\n    found: told\n    not_found: main\n    failed: main\n",
).replace(
    "steps:\n",
    "lookups:\n  found:\n    table: found.csv\n    where: {number: <number>}\n    gives: {to: text}\nsteps:\n",
    1,
)


class Counted:
    """Look-ups that find, and are counted."""

    def __init__(self) -> None:
        self.made = 0

    def run(self, flow: Flow, want: RunLookup, at: datetime, deadline: float) -> Told:
        """The first row, whatever was asked."""
        self.made += 1
        given_: Mapping[str, object] = {"to": "Springfield"}
        return Told(at, "found", dict(given_))


def test_a_key_press_is_one_round_trip(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """One packet goes to Redis: neither a look at the call before, nor anything after."""
    first = service.post("/voice", CallSid="CA1")
    main = service.post(action(first), CallSid="CA1", Digits="1")
    sent = []
    send = AbstractConnection.send_packed_command

    def counting(self: AbstractConnection, command: object, *rest: object, **more: object) -> object:
        sent.append(command)
        return send(self, command, *rest, **more)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counting)
    assert "four digits" in words(service.post(action(main), CallSid="CA1", Digits="1"))
    assert len([it for it in sent if b"notices" not in it[0]]) == 1  # type: ignore[index]  # the watch's look is its own


def test_without_its_token_a_key_press_is_what_it_is_with_it(service: Running) -> None:
    """A carrier that loses the query of an address gets the same words and leaves the same records."""
    heard = []
    for sid, cut in (("CA1", False), ("CA2", True)):
        reply = service.post("/voice", CallSid=sid)
        for keys in ("2", "1", "4021"):
            path = action(reply)
            reply = service.post(path.partition("?")[0] if cut else path, CallSid=sid, Digits=keys)
            heard.append(words(reply))
    assert heard[:3] == heard[3:]
    assert [record.replace(b"CA1", b"CA2") for record in service.records("CA1")] == service.records("CA2")


def test_a_fact_in_between_is_kept(service: Running) -> None:
    """What was noted after the token was made stays noted: the call is read, not taken from the token."""
    first = service.post("/voice", CallSid="CA1")
    fact = {"CallSid": "CA1", "RecordingUrl": "https://rec.example.com/RE1", "RecordingStatus": "completed"}
    service.post("/voice/recording", **fact)
    service.post(action(first), CallSid="CA1", Digits="1")
    service.post("/voice/recording", **fact)
    assert len(service.records("CA1")) == 3


def test_a_webhook_that_came_before_makes_no_look_up(tmp_path: Path, valkey: Embedded) -> None:
    """A look-up is made once, however often the carrier repeats the webhook that wants it."""
    (tmp_path / "menus").mkdir()
    (tmp_path / "menus" / "found.csv").write_text("number,to\n4021,Springfield\n")
    lookups = Counted()
    with running(tmp_path, valkey.url, {"test.yaml": LOOKING_UP}, lookups=lookups) as service:
        first = service.post("/voice", CallSid="CA8")
        main = service.post(action(first), CallSid="CA8", Digits="1")
        number = service.post(action(main), CallSid="CA8", Digits="1")
        replies = {service.post(action(number), CallSid="CA8", Digits="4021").content for _ in range(3)}
        assert lookups.made == 1
        assert len(replies) == 1
        assert "You entered" in words(service.post(action(number), CallSid="CA8"))


def test_the_kept_reply_has_its_token_once(service: Running) -> None:
    """The token stands in two URLs of the document, and is kept once."""
    first = service.post("/voice", CallSid="CA1")
    token = action(first).partition("?s=")[2]
    assert first.text.count(token) == 2
    kept = service.redis.hget(call_key("CA1"), "reply")
    assert isinstance(kept, bytes)
    assert kept.count(token.encode()) == 1


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.text("ab-_", max_size=3))
def test_any_document_is_kept_as_it_was(document: str, token: str) -> None:
    """With its token in it or not, the document comes back."""
    assert unfolded(folded(document, token)) == document
