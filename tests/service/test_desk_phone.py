"""The desk by phone alone: whole calls of agents to the desk's number, through the local carrier."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from running import LINE, TO, Running, action, running, words
from sqlalchemy import insert

from ivr.menu import load
from ivr.menu.phrases import KNOWN
from ivr.menu.rules import MANNERS, MANNERS_OF_WAYS
from ivr.menu.team_load import load_team
from ivr.phone import PhoneCall
from ivr.phone.events import Played, Spoke
from ivr.store.audit import Audit, Deed
from ivr.store.client import connect
from ivr.store.desk_tables import messages
from ivr.store.embedded import Embedded
from ivr.store.messages import Messages
from ivr.store.queues import Queues
from ivr.store.sql import open_engine
from ivr.switchboard import desk_line
from ivr.switchboard.staff import LOOK_EVERY

DESK = "+15005550300"
ANA, RAJ = "+15005550401", "sip:raj@example.com"
PIN = "739164"
ELSEWHERE = "+15005550777"

TEAM = f"""\
timezone: America/Chicago
desk: ["{DESK}"]
agents:
  ana: {{name: Ana Ruiz, phone: "{ANA}", languages: [en-US], pin: "{PIN}", code: "17"}}
  raj: {{name: Raj Patel, sip: "{RAJ}", languages: [en-US], pin: "50827", code: "18"}}
  eva: {{name: Eva, phone: "+15005550403", languages: [en-US]}}
queues:
  bookings: {{agents: [ana, raj, eva]}}
  refunds: {{agents: [raj]}}
"""

IN_SPANISH = TEAM.replace('languages: [en-US], pin: "50827"', 'languages: [es-MX], pin: "50827"')


class Desk:
    """The service with a team, and what tests ask of it."""

    def __init__(self, service: Running) -> None:
        self.service = service
        self.engine = open_engine(service.settings.database)
        self.queues = Queues(service.redis)
        self.messages = Messages(self.engine)

    def call(self, keys: str, from_: str = ANA, **options: object) -> str:
        """What an agent hears who calls the desk and presses these keys."""
        return " ".join(heard(self.service.call(keys, to=DESK, from_=from_, **options)))

    def leave(self, box: str, minute: int, audio: bytes | None = b"RIFF of a message") -> int:
        """Leaves a message in a box, at that minute of the tenth hour in Chicago; its audio may not be there yet."""
        name = f"RE{uuid4().hex}.wav"
        if audio is not None:
            folder = self.service.settings.data / "messages"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(audio)
        row = {
            "call_sid": f"CA{uuid4().hex}", "seq": 3, "box": box,
            "left_at": datetime(2026, 7, 1, 15, minute, tzinfo=UTC),
            "seconds": 4, "recording": "https://recordings.invalid/x", "audio": "waiting" if audio is None else "kept",
            "tries": 0, "file": None if audio is None else name,
        }  # fmt: skip
        with self.engine.begin() as connection:
            return int(connection.execute(insert(messages).values(row).returning(messages.c.id)).scalar_one())

    def rewrite(self, team: str) -> None:
        """Writes another team file, and waits until the service has looked at it."""
        (self.service.settings.menus / "team.yaml").write_text(team, "utf-8")
        time.sleep(LOOK_EVERY + 0.1)

    def state(self, agent: str) -> str:
        """What the agent is."""
        return self.queues.agents([agent])[0].state

    def deeds(self) -> list[Deed]:
        """What was done, the oldest first."""
        return Audit(self.engine, lambda: datetime.now(UTC)).newest()[::-1]


def heard(placed: PhoneCall) -> list[str]:
    """What was said and played in a call, in order."""
    assert placed.ending is not None
    assert placed.ending.code is None, placed.ending
    events = [it for it in placed.events if isinstance(it, (Spoke, Played))]
    return [it.text if isinstance(it, Spoke) else "<audio>" for it in events]


@contextmanager
def desk_of(folder: Path, redis_url: str, team: str) -> Iterator[Desk]:
    """The desk of a service on this folder, with this team."""
    (folder / "menus").mkdir(exist_ok=True)
    (folder / "menus" / "team.yaml").write_text(team, "utf-8")
    with running(folder, redis_url, {"test.yaml": LINE}) as service:
        made = Desk(service)
        try:
            yield made
        finally:
            made.engine.dispose()


@pytest.fixture
def desk(tmp_path: Path, valkey: Embedded) -> Iterator[Desk]:
    """The service with the test line and the team, on an empty Redis."""
    client = connect(valkey.url)
    client.flushall()
    client.close()
    with desk_of(tmp_path, valkey.url, TEAM) as made:
        yield made


# The line itself


@pytest.mark.parametrize("languages", [("en-US",), ("en-GB", "es-ES", "fr-CA", "de-AT", "pt-BR")])
def test_the_built_in_line_checks_without_a_warning(languages: tuple[str, ...]) -> None:
    """It is a menu file like any other, with all of its words in each language that the service knows.

    Manners are for lines that callers meet; those who call the desk are the people whom callers want to reach.
    """
    text = desk_line._text((DESK,), languages, "America/Chicago")
    found = load({"service.desk.yaml": text})
    manners = {rule.ID for rule in (*MANNERS, *MANNERS_OF_WAYS)}
    assert [it for it in found.problems if it.rule not in manners] == []
    assert found.flows["service.desk"].languages == languages
    assert len(KNOWN) == 5


def test_a_number_is_the_desk_s_or_a_line_s() -> None:
    """A line that has the desk's number does not check beside that team, so it is not published."""
    team = load_team("team.yaml", TEAM.encode()).team
    found = load({"test.yaml": LINE.replace(TO, DESK).encode()}, None, team)
    told = [(it.rule, it.line, it.message) for it in found.errors]
    assert told == [
        ("number-taken", 2, f"{DESK} is the desk's in team.yaml, which answers it; a number has one of the two")
    ]


# Signing in


def test_an_agent_signs_in_and_is_told_what_they_are(desk: Desk) -> None:
    """From their own phone the PIN is enough. An agent of whom nothing is known is away."""
    said = desk.call(f"{PIN}#")
    assert said.startswith("This is the desk. Enter your PIN.")
    assert "You are away. There are no messages. To be available, press 1. To be away, press 2." in said
    assert [(it.who, it.did, it.about["by"], it.about["caller"]) for it in desk.deeds()] == [
        ("ana", "signed_in", "phone", "…0401")
    ]


@pytest.mark.parametrize("from_", [ELSEWHERE, "anonymous", "client:somebody", ""])
def test_from_another_phone_the_code_comes_first(desk: Desk, from_: str) -> None:
    """Whose PIN it is, the code says; without one, from no phone, nobody comes in."""
    assert "Enter your agent code. " in desk.call(f"17# {PIN}#", from_)
    assert desk.deeds()[-1].did == "signed_in"
    assert "You are" not in desk.call(f"18# {PIN}#", from_)
    assert (desk.deeds()[-1].who, desk.deeds()[-1].did) == ("raj", "sign_in_failed")
    assert "You are" not in desk.call(f"99# {PIN}#", from_)
    assert desk.deeds()[-1].who == "?"


def test_the_phone_of_an_agent_without_a_pin_is_another_phone(desk: Desk) -> None:
    """Who has none signs in nowhere: no keys are their PIN."""
    said = desk.call("17# 0000#", "+15005550403")
    assert "Enter your agent code." in said
    assert "You are" not in said


def test_a_wrong_pin_is_asked_for_again(desk: Desk) -> None:
    """In the service's words for what is not right."""
    said = desk.call(f"4321# {PIN}#")
    assert "That is not right. Enter your PIN." in said
    assert "You are away." in said
    assert [it.did for it in desk.deeds()] == ["sign_in_failed", "signed_in"]


def test_silence_at_the_pin_ends_the_call(desk: Desk) -> None:
    """Nobody stays on the line for ever, and nothing is asked to leave a message."""
    said = desk.call("silence silence silence")
    assert said.endswith("Goodbye.")
    assert "message" not in said


def test_five_wrong_pins_lock_the_caller_out(desk: Desk) -> None:
    """Also for the right PIN, in this call and the next; another phone still comes in."""
    said = desk.call("1111# 2222# 3333# 4444# 5555#")
    assert said.endswith("There were too many wrong PINs. Please try again in fifteen minutes. Goodbye.")
    assert "Enter your PIN" not in desk.call("")
    assert "You are away." in desk.call(f"17# {PIN}#", ELSEWHERE)


def test_a_right_pin_takes_back_the_wrong_ones(desk: Desk) -> None:
    """Who mistypes four times each morning is locked out on none."""
    for _ in range(3):
        assert "You are away." in desk.call(f"1111# 2222# 3333# 4444# {PIN}#")


def test_an_agent_is_guarded_against_many_phones(desk: Desk) -> None:
    """Ten attempts at one PIN, from however many numbers, and no more for a while; other agents come in."""
    for number in range(5):
        desk.call("17# 1111# 17# 2222# hangup", f"+1500555070{number}")
    assert "too many wrong PINs" in desk.call(f"17# {PIN}#", "+15005550709")
    assert desk.deeds()[-1].did == "sign_in_refused"
    assert "You are away." in desk.call("18# 50827#", "+15005550710")


def test_many_attempts_at_once_are_as_many(desk: Desk) -> None:
    """An attempt is counted before it is judged: twelve calls at the same moment have five tries in all."""

    def attempt(number: int) -> str:
        sid = f"CA{number:032}"
        first = desk.service.post("/voice", CallSid=sid, To=DESK, From=ANA)
        return words(desk.service.post(action(first), CallSid=sid, To=DESK, From=ANA, Digits="1234"))

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(attempt, range(12)))
    assert sum(it.did == "sign_in_failed" for it in desk.deeds()) <= 5
    assert sum("too many" in it for it in said) >= 8


# What an agent is


def test_an_agent_becomes_available_and_away_again(desk: Desk) -> None:
    """And is told so; the audit has both."""
    assert "You are available." in desk.call(f"{PIN}# 1")
    assert desk.state("ana") == "available"
    assert "You are available. There are no messages. To be available" in desk.call(f"{PIN}#")
    assert "You are away." in desk.call(f"{PIN}# 2")
    assert desk.state("ana") == "away"
    changes = [(it.who, it.did, it.about) for it in desk.deeds() if it.did.startswith("agent_")]
    assert changes == [
        ("ana", "agent_available", {"agent": "ana", "by": "phone"}),
        ("ana", "agent_away", {"agent": "ana", "by": "phone"}),
    ]


def test_star_says_it_again(desk: Desk) -> None:
    """As does nine: the menu, without changing anything."""
    said = desk.call(f"{PIN}# * 9")
    assert said.count("To be available, press 1.") >= 3


def test_a_doubled_webhook_has_one_effect(desk: Desk) -> None:
    """The carrier sends each of them twice: the answers are the same, and the audit has each deed once."""
    desk.leave("bookings", 1)
    sid, url = "CA-doubled", "/voice"
    for digits in ("", PIN, "1", "3", "2"):
        form = {"CallSid": sid, "To": DESK, "From": ANA, **({"Digits": digits} if digits else {})}
        first, second = desk.service.post(url, **form), desk.service.post(url, **form)
        assert first.text == second.text
        url = action(first)
    deeds = [it.did for it in desk.deeds()]
    assert deeds == ["signed_in", "agent_available", "message_heard", "message_resolved"]


# Messages


def test_messages_are_heard_oldest_first_and_resolved(desk: Desk) -> None:
    """Those of the agent's own queues whose audio is there; what is kept comes again the next time."""
    second, first = desk.leave("bookings", 20), desk.leave("bookings", 5)
    desk.leave("refunds", 1)
    desk.leave("bookings", 1, audio=None)
    said = desk.call(f"{PIN}# 3 1 2")
    assert "There are 2 messages." in said
    assert said.count("<audio>") == 2
    assert said.index("10:05") < said.index("10:20")
    assert "There are no more messages. You are away. There is one message." in said
    resolved = desk.messages.get(second)
    assert resolved is not None
    assert resolved.resolved_by == "ana"
    assert [(it.did, it.about["message"]) for it in desk.deeds()[1:]] == [
        ("message_heard", str(first)),
        ("message_heard", str(second)),
        ("message_resolved", str(second)),
    ]
    assert "Left on July 1, 2026 at 10:05" in desk.call(f"{PIN}# 3")


def test_a_message_is_heard_again_with_nine(desk: Desk) -> None:
    """The same audio, once more."""
    desk.leave("bookings", 5)
    assert desk.call(f"{PIN}# 3 9 9").count("<audio>") >= 3


def test_a_message_that_somebody_else_resolved_meanwhile(desk: Desk) -> None:
    """Resolving it again takes nothing from them."""
    left = desk.leave("bookings", 5)
    sid = "CA-meanwhile"
    url = "/voice"
    for digits in ("", PIN, "3"):
        reply = desk.service.post(url, CallSid=sid, To=DESK, From=ANA, Digits=digits)
        url = action(reply)
    assert desk.messages.resolve(left, "eva", "called back", datetime.now(UTC))
    assert "There are no more messages." in words(desk.service.post(url, CallSid=sid, To=DESK, From=ANA, Digits="2"))
    found = desk.messages.get(left)
    assert found is not None
    assert (found.resolved_by, found.note) == ("eva", "called back")
    assert "message_resolved" not in [it.did for it in desk.deeds()]


def test_the_audio_has_an_address_of_its_own_that_nobody_can_make(desk: Desk) -> None:
    """What the document plays is the message, kept by no cache; any other address gives nothing."""
    desk.leave("bookings", 5, b"RIFF which is heard")
    placed = desk.service.call(f"{PIN}# 3", to=DESK, from_=ANA)
    url = next(it.url for it in placed.events if isinstance(it, Played))
    got = httpx.get(url)
    assert (got.status_code, got.content) == (200, b"RIFF which is heard")
    assert (got.headers["content-type"], got.headers["cache-control"]) == ("audio/wav", "private, no-store")
    for wrong in ("1", "x.y", url.rsplit("/", 1)[1].replace(".wav", "A"), "%2e%2e"):
        assert httpx.get(f"{desk.service.url}/messages/{wrong}.wav").status_code == 404
    desk.service.clock.advance(15 * 60 + 1)
    assert httpx.get(url).status_code == 404


# Languages


def test_the_desk_speaks_the_agent_s_language(desk: Desk) -> None:
    """Their first one, by their own phone; from another phone they choose among those of the team."""
    desk.rewrite(IN_SPANISH)
    desk.leave("bookings", 5)
    said = desk.call("50827# 1 3 2", RAJ)
    assert said.startswith("Esta es la mesa de atención. Marque su PIN.")
    assert "Usted está disponible. Hay un mensaje." in said
    assert "Dejado el 1 de julio de 2026 a las 10:05" in said
    assert "Resuelto. No hay más mensajes." in said
    assert "You are away." in desk.call(f"{PIN}#")
    chosen = desk.call("2 18# 50827#", ELSEWHERE)
    assert "For English, press 1. Para español, oprima 2." in chosen
    assert "Usted está disponible. No hay mensajes." in chosen


# Bad days


def test_without_redis_the_desk_cannot_be_reached(tmp_path: Path) -> None:
    """It says so and hangs up, in place of asking for a PIN that nobody could check."""
    (tmp_path / "menus").mkdir()
    with desk_of(tmp_path, f"unix://{tmp_path}/nothing.sock", TEAM) as desk:
        said = desk.call("")
    assert said == "This is the desk. The desk cannot be reached right now. Please try again later. Goodbye."


def test_redis_goes_away_in_the_middle_of_a_call(desk: Desk, tmp_path: Path) -> None:
    """The call goes on by its address, and comes to the same words; nothing is set."""
    sid, url = "CA-goes", "/voice"
    for digits in ("", PIN):
        url = action(desk.service.post(url, CallSid=sid, To=DESK, From=ANA, Digits=digits))
    with desk_of(tmp_path, f"unix://{tmp_path}/nothing.sock", TEAM) as without:
        reply = without.service.post(url, CallSid=sid, To=DESK, From=ANA, Digits="1")
    assert "The desk cannot be reached right now." in words(reply)
    assert desk.state("ana") == "away"


def test_without_a_team_the_number_is_a_number_of_nobody(desk: Desk) -> None:
    """The team is live: the number is the desk's for as long as the file says so."""
    desk.call("")
    (desk.service.settings.menus / "team.yaml").unlink()
    time.sleep(LOOK_EVERY + 0.1)
    assert desk.call("") == "This number is not in service. Goodbye."


def test_an_agent_who_leaves_the_team_in_the_middle_of_a_call_does_nothing_more(desk: Desk) -> None:
    """Their sign-in is of no use once the file has them no longer."""
    sid, url = "CA-leaves", "/voice"
    for digits in ("", PIN):
        url = action(desk.service.post(url, CallSid=sid, To=DESK, From=ANA, Digits=digits))
    without = TEAM.replace("  ana: {", "  mia: {").replace("[ana, raj, eva]", "[mia, raj, eva]")
    desk.rewrite(without)
    reply = desk.service.post(url, CallSid=sid, To=DESK, From=ANA, Digits="1")
    assert "The desk cannot be reached" in words(reply)
    assert desk.state("ana") == "away"


def test_another_process_goes_on_with_the_call(desk: Desk, valkey: Embedded, tmp_path: Path) -> None:
    """The desk's line is in no database: who never made it reads the copy, even when the team has changed."""
    sid, url = "CA-elsewhere", "/voice"
    for digits in ("", PIN):
        url = action(desk.service.post(url, CallSid=sid, To=DESK, From=ANA, Digits=digits))
    with desk_of(tmp_path, valkey.url, IN_SPANISH) as other:
        reply = other.service.post(url, CallSid=sid, To=DESK, From=ANA, Digits="1")
    assert "You are available." in words(reply)


# Secrets


def test_the_pin_is_nowhere(desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Typed right, with a star in it, half, at the wrong place: no file, key, table or log line holds it."""
    caplog.set_level(logging.DEBUG)
    desk.leave("bookings", 5)
    desk.call(f"{PIN}# 1 3 2 2 {PIN}")
    desk.call(f"73* {PIN}#")
    desk.call(f"{PIN}# {PIN}# hangup", ELSEWHERE)  # at the question for the code
    desk.call(f"17# {PIN}# hangup", ELSEWHERE)
    desk.call("4321# hangup")
    kept = {key: _value(desk, key) for key in desk.service.redis.keys(b"*")}
    assert kept
    assert [key for key, value in kept.items() if PIN.encode() in key or PIN.encode() in value] == []
    data = desk.service.settings.data
    held = [path for path in data.rglob("*") if path.is_file() and PIN.encode() in path.read_bytes()]
    assert held == []
    database = sqlite3.connect(next(data.rglob("*.sqlite*"), data / "ivr.db"))
    assert not [line for line in database.iterdump() if PIN in line]
    database.close()
    assert PIN not in caplog.text
    counted = [key for key in kept if key.startswith(b"desk:")]
    assert counted
    assert not [key for key in counted if ANA[1:].encode() in key or ELSEWHERE[1:].encode() in key]


def _value(desk: Desk, key: bytes) -> bytes:
    redis = desk.service.redis
    match redis.type(key):
        case b"hash":
            return repr(redis.hgetall(key)).encode()
        case b"stream":
            return repr(redis.xrange(key)).encode()
        case b"zset":
            return repr(redis.zrange(key, 0, -1)).encode()
        case b"set":
            return repr(redis.smembers(key)).encode()
        case b"list":
            return repr(redis.lrange(key, 0, -1)).encode()
    return redis.get(key) or b""
