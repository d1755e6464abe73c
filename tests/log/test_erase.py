"""Erasing a caller: nothing of them is left in SQL, Redis or on disk, down to the bytes, and nothing of others goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from log_making import BEGAN, HASHES, SECRET, entry, record
from redis import Redis
from sqlalchemy import Engine, func, select, text

from ivr.call import Call
from ivr.store.audit import Audit
from ivr.store.backlog import Backlog
from ivr.store.call_log import CallLog
from ivr.store.callbacks import Callback, Callbacks
from ivr.store.calls import Calls, Saved, log_key, outbox_key, partition
from ivr.store.claims import Claims
from ivr.store.desk_tables import callbacks, messages
from ivr.store.erasing.person import person
from ivr.store.log_tables import calls, records
from ivr.store.queues import Queues, Waiting
from ivr.store.set_aside import Aside, SetAside
from ivr.store.spool import ClosedTurn, Spool
from ivr.store.wrong_pins import WrongPins
from ivr.switchboard.callbacks import Numbers
from ivr.switchboard.erasing import Eraser, GoesOnError
from ivr.switchboard.sealing import Sealer

NUMBER, OTHER = "+15005550006", "+15005550177"
LINE = "+15005550001"
SID, KEPT, SPOOLED, WAITING, ON_DISK, LIVE = (f"CA{sign * 32}" for sign in "abcdef")
THEIRS = "CA" + "1" * 32
"""A call of somebody else, who typed the number of the one who is erased."""
RECORDING = "https://api.example.com/Recordings/RE" + "a" * 32


@dataclass(frozen=True)
class Sinks:
    """All that a service keeps things in, on one Redis, one database and one folder."""

    engine: Engine
    redis: Redis
    data: Path

    @property
    def eraser(self) -> Eraser:
        """What erases there."""
        return Eraser(self.engine, self.redis, self.data, True, "a test", lambda: datetime.now(UTC))

    def erase(self, number: str = NUMBER, *, now: bool = False):
        """Erases, and gives what became of it."""
        return self.eraser.erase(person(number, HASHES), now=now, tell=lambda _: None)


@pytest.fixture
def sinks(engine: Engine, redis: Redis, tmp_path: Path) -> Sinks:
    """Empty sinks."""
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    return Sinks(engine, redis, data)


def plant(sinks: Sinks, log: CallLog, *, live: bool = False) -> None:
    """Puts the caller everywhere where a service may have them; and somebody else beside them."""
    typed = record(2, keys=NUMBER[2:], at=BEGAN)
    left = {"kind": "message_left", "step": "message", "box": "general", "url": RECORDING, "seconds": 4}
    asked = {"kind": "survey_asked", "step": "survey", "survey": "satisfaction"}
    log.write([entry(SID, began(NUMBER)), entry(SID, record(2, "recorded", left, asked), 2)])
    log.write([entry(THEIRS, began(OTHER)), entry(THEIRS, typed, 2)])
    # The audio of their message, and what the desk wrote.
    (sinks.data / "messages").mkdir()
    (sinks.data / "messages" / "RE1.wav").write_bytes(b"a voice")
    with sinks.engine.begin() as connection:
        connection.execute(messages.update().values(audio="kept", file="RE1.wav"))
    Audit(sinks.engine, lambda: BEGAN).note("raj", "number_seen", call=SID)
    Audit(sinks.engine, lambda: BEGAN).note("raj", "message_resolved", note="rang (500) 555-0006 back")
    booked(sinks, "CB1", NUMBER, SID)
    booked(sinks, "CB2", OTHER, THEIRS)
    Claims(sinks.engine).claim("e1", sid=SID, kind="send_message", at=BEGAN)
    aside = SetAside(sinks.engine, sinks.data / "set-aside")
    aside.put(Aside("{p01}:log", "1-0", SID, "it is no JSON", b"x"), BEGAN)
    (sinks.data / "set-aside").mkdir(exist_ok=True)
    (sinks.data / "set-aside" / "p01-1.txt").write_text(f"why\ncall {SID}\nx")
    # Redis: kept and live states, records and effects that wait, queues, offers, tries of PINs.
    for sid, caller, ended in (
        (KEPT, NUMBER, True),
        (THEIRS, OTHER, True),
        *(((LIVE, NUMBER, False),) if live else ()),
    ):
        state(sinks.redis, sid, caller, ended=ended)
    for sid, data in ((WAITING, began(NUMBER)), (THEIRS, record(3, keys=NUMBER[2:])), (THEIRS, record(4, keys="1"))):
        sinks.redis.xadd(log_key(partition(sid)), {"sid": sid, "record": data})
    Calls(sinks.redis).ask(SID, orjson.dumps({"id": "m1", "kind": "send_message", "to": NUMBER}))
    queues = Queues(sinks.redis)
    for sid in (KEPT, THEIRS):
        queues.join(Waiting(sid, "bookings", "en-US", 1.0, 1.0), heard_by=2.0)
    WrongPins(sinks.redis).may_try(HASHES.of(NUMBER) or "", None)
    sinks.redis.set("somebody's", f"said {NUMBER}")
    # Disk: what waits for Redis, and what waits for the database.
    Spool(sinks.data).add(SPOOLED, ClosedTurn(Saved(1, 1, sealed(SPOOLED, NUMBER), b""), (began(NUMBER),), 60, True))
    waits = [entry(ON_DISK, began(NUMBER)), entry(THEIRS, record(5, keys=NUMBER[2:]), 2)]
    Backlog(sinks.data).add([*waits, entry(THEIRS, record(6, keys="1"), 3)])


def began(caller: str, to: str = LINE) -> bytes:
    """The first record of a call."""
    return record(1, "started", {"kind": "entered", "step": "welcome"}, caller=caller, to=to, line="test", version="v1")


def sealed(sid: str, caller: str) -> bytes:
    """A call's state as it is kept."""
    return Sealer(SECRET).seal(Call(sid, "v1", "test", caller, LINE, language="en-US", place="main", seq=1))


def state(redis: Redis, sid: str, caller: str, *, ended: bool) -> None:
    """A call in Redis."""
    saved = Saved(seq=1, turn=1, state=sealed(sid, caller), reply=b"<Response/>")
    assert Calls(redis).close(sid, saved, expected=0, records=[began(caller)], expires=600, ended=ended)


def booked(sinks: Sinks, id_: str, number: str, sid: str) -> None:
    """An open callback."""
    numbers = Numbers(SECRET)
    given = {"queue": "bookings", "line": "test", "version": "v1", "step": "agents", "language": "en-US"}
    Callbacks(sinks.engine).book(
        Callback(
            id=f"{sid}-{id_}", **given, shown=LINE, number_sealed=numbers.seal(number, id_), call_sid=sid,
            number_hash=numbers.hash(number), number_last4=number[-4:], arrived=1.0, place=1.0, booked_at=BEGAN,
            state="booked", tries=0, next_at=BEGAN,
        )
    )  # fmt: skip


def everything(sinks: Sinks) -> dict[str, bytes]:
    """All that is kept, as bytes by where: each table, each key, each file."""
    found: dict[str, bytes] = {}
    with sinks.engine.connect() as connection:
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if sinks.engine.dialect.name == "sqlite"
            else "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        for name in connection.scalars(text(names)).all():
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).all()
            found[f"table {name}"] = "\n".join(str(row) for row in rows).encode()
    for key in sinks.redis.scan_iter(count=1000):
        found[f"key {key}"] = key + b"\0" + dumped(sinks.redis, key)
    for path in sinks.data.rglob("*"):
        if path.is_file():
            found[f"file {path.name}"] = path.read_bytes()
    return found


def dumped(redis: Redis, key: bytes) -> bytes:
    """What a key holds, as text."""
    match redis.type(key):
        case b"string":
            return redis.get(key) or b""
        case b"hash":
            return str(redis.hgetall(key)).encode()
        case b"zset":
            return str(redis.zrange(key, 0, -1)).encode()
        case b"set":
            return str(redis.smembers(key)).encode()
        case b"list":
            return str(redis.lrange(key, 0, -1)).encode()
        case _:
            return str(redis.xrange(key)).encode()


def traces(sinks: Sinks) -> list[str]:
    """Where anything of the caller is, by a search that knows nothing of the one that is tested."""
    hash_ = str(HASHES.of(NUMBER)).encode()
    wanted = [b"5005550006", b"555-0006", hash_, *(sid.encode() for sid in (SID, KEPT, SPOOLED, WAITING, ON_DISK))]
    return [where for where, data in everything(sinks).items() if any(one in data for one in wanted)]


def test_nothing_of_a_caller_is_left(sinks: Sinks, log: CallLog) -> None:
    """In no table, key or file, and in no byte of the database's files; and the search says where it looked."""
    plant(sinks, log)
    before = traces(sinks)
    for where in ("table calls", "table records", "table messages", "table callbacks", "table effects", "table audit"):
        assert where in before
    erased = sinks.erase()
    assert erased.found.found == 0
    assert erased.calls == 5
    assert traces(sinks) == []
    assert not list((sinks.data / "messages").iterdir())
    assert {"table calls", "table audit", "Redis, the calls", "Redis, the records that wait"} <= {*erased.found.places}
    assert sum(place.bytes for place in erased.found.places.values()) > 1000


def test_what_is_of_others_stays(sinks: Sinks, log: CallLog) -> None:
    """Their calls, callbacks, records and states; where they typed the number, four digits of it."""
    plant(sinks, log)
    sinks.erase()
    with sinks.engine.connect() as connection:
        assert list(connection.scalars(select(calls.c.call_sid))) == [THEIRS]
        assert list(connection.scalars(select(callbacks.c.call_sid))) == [THEIRS]
        kept = connection.execute(select(records.c.seq, records.c.input)).all()
    assert [(one.seq, one.input.get("keys")) for one in kept] == [(1, None), (2, "…0006")]
    waits = [orjson.loads(one[b"record"]) for _, one in sinks.redis.xrange(log_key(partition(THEIRS)))]
    assert [(one["seq"], one["input"].get("keys")) for one in waits if one["seq"] > 1] == [(4, "1"), (3, "…0006")]
    on_disk = [(it.sid, orjson.loads(it.record)["input"]["keys"]) for it in Backlog(sinks.data).entries()]
    assert on_disk == [(THEIRS, "…0006"), (THEIRS, "1")]
    assert Backlog(sinks.data).records() == 2
    assert Calls(sinks.redis).open(THEIRS)
    assert Queues(sinks.redis).caller(THEIRS)


def test_the_carrier_is_asked_to_delete_its_copy(sinks: Sinks, log: CallLog) -> None:
    """By an effect that names the recording and nothing of the call."""
    plant(sinks, log)
    sinks.erase()
    sid = "RE" + "a" * 32
    (asked,) = [one for _, one in sinks.redis.xrange(outbox_key(partition(sid)))]
    assert asked[b"sid"] == sid.encode()
    assert orjson.loads(asked[b"effect"])["kind"] == "delete_recording"


def test_a_dry_run_changes_nothing(sinks: Sinks, log: CallLog) -> None:
    """It counts what would go."""
    plant(sinks, log)
    before = everything(sinks)
    would = sinks.eraser.would(person(NUMBER, HASHES))
    assert (would.calls, would.removed["records"], would.removed["callbacks"]) == (5, 2, 1)
    after = everything(sinks)
    assert {where for where in before if before[where] != after.get(where)} <= {"file touchtone.db-shm"}


def test_a_call_that_goes_on_is_said_and_left(sinks: Sinks, log: CallLog) -> None:
    """Nothing is erased while somebody is on the phone; with `now` all but that call, which is counted."""
    plant(sinks, log, live=True)
    with pytest.raises(GoesOnError):
        sinks.erase()
    assert "table calls" in traces(sinks)
    erased = sinks.erase(now=True)
    assert (erased.going_on, erased.found.found) == (1, 0)
    assert erased.found.going_on > 0
    assert Calls(sinks.redis).open(LIVE)
    saved = Calls(sinks.redis).open(LIVE)
    assert saved
    more = Saved(2, 2, saved.state, b"")
    assert Calls(sinks.redis).close(LIVE, more, expected=1, records=[record(2, "hung_up")], expires=60, ended=True)
    assert sinks.erase().found.found == 0
    assert Calls(sinks.redis).open(LIVE) is None


def test_records_that_come_late_are_not_written(sinks: Sinks, log: CallLog) -> None:
    """Another machine may still have some on its disk."""
    plant(sinks, log)
    sinks.erase()
    written = log.write([entry(SID, record(3, "hung_up"), 3), entry("CB1", began(OTHER)), entry(KEPT, began(NUMBER))])
    assert (written.new, written.refused) == (1, ())
    assert log.write([entry(SID, record(4, "hung_up"), 4)]).new == 0
    assert [where for where in traces(sinks) if where.startswith("table")] == []


def test_a_caller_whose_number_is_a_lines_own(sinks: Sinks, log: CallLog) -> None:
    """As what others called it stays; all else of the caller goes."""
    plant(sinks, log)
    log.write([entry("CB1", began(OTHER, NUMBER)), entry("CB2", began("+15005550178"))])
    erased = sinks.erase()
    assert (erased.found.found, erased.calls) == (0, 5)
    assert any("number of a line" in note for note in erased.to_do)
    with sinks.engine.connect() as connection:
        assert connection.scalar(select(calls.c.called).where(calls.c.call_sid == "CB1")) == NUMBER
        kept = connection.scalar(select(records.c.input).where(records.c.call_sid == "CB1"))
        assert connection.scalar(select(func.count()).select_from(calls)) == 3
    assert kept["to"] == NUMBER


def test_a_number_that_nobody_called_from(sinks: Sinks, log: CallLog) -> None:
    """Nothing goes, nothing is found."""
    plant(sinks, log)
    erased = sinks.erase("+15005550009")
    assert (erased.calls, erased.found.found, erased.removed) == (0, 0, {})


def test_what_a_later_table_has_is_found(sinks: Sinks, log: CallLog) -> None:
    """A table that nobody told the search of is erased by the names of its columns, and masked in its text."""
    plant(sinks, log)
    with sinks.engine.begin() as connection:
        connection.execute(text("CREATE TABLE guests (id INTEGER PRIMARY KEY, call_sid TEXT, said TEXT)"))
        for id_, sid in enumerate((SID, THEIRS)):
            values = {"id": id_, "sid": sid, "said": f"ring {NUMBER} again"}
            connection.execute(text("INSERT INTO guests VALUES (:id, :sid, :said)"), values)
    assert sinks.erase().found.found == 0
    with sinks.engine.connect() as connection:
        assert connection.execute(text("SELECT call_sid, said FROM guests")).all() == [(THEIRS, "ring …0006 again")]


def test_a_table_without_a_key(sinks: Sinks, log: CallLog) -> None:
    """Its rows are told apart by all that they have; those of others stay as they are."""
    plant(sinks, log)
    said = [f"ring {NUMBER}", f"ring {NUMBER}", "ring somebody", None]
    with sinks.engine.begin() as connection:
        connection.execute(text("CREATE TABLE jottings (said TEXT, day INTEGER)"))
        for day, words in enumerate(said):
            connection.execute(
                text("INSERT INTO jottings VALUES (:said, :day)"), {"said": words, "day": day // 2 or None}
            )
    assert sinks.erase().found.found == 0
    with sinks.engine.connect() as connection:
        kept = connection.execute(text("SELECT said, day FROM jottings")).all()
    assert sorted(map(str, kept)) == [
        "('ring somebody', 1)",
        "('ring …0006', None)",
        "('ring …0006', None)",
        "(None, 1)",
    ]


@pytest.mark.parametrize(
    "spelled",
    ["+15005550006", "15005550006", "5005550006", "%2B15005550006", "(500) 555-0006", "+1 (500) 555-0006",
     "1-500-555-0006", "001 500 555 0006", "sip:15005550006@example.com", '{"number": 5005550006}', "500.555.0006"],
)  # fmt: skip
def test_every_spelling_is_found_and_masked(spelled: str) -> None:
    """What people and carriers write."""
    them = person(NUMBER, HASHES)
    assert them.in_text(f"a {spelled} b")
    assert them.in_bytes(f"ä {spelled}".encode())
    masked = them.masked_in(f"a {spelled} b")
    assert "…0006" in masked
    assert not re.search(r"\d{7}", masked)
    assert not them.in_text(masked)


@pytest.mark.parametrize("other", ["95005550006", "50055500061", "5005550007", "1700000005005550006"])
def test_longer_numbers_are_others(other: str) -> None:
    """A timestamp, or the number of somebody abroad."""
    assert not person(NUMBER, HASHES).in_text(other)


@pytest.mark.parametrize("bad", ["5005550006", "500 555 0006", "", "+", "+0123456789", "+1500555000\uff16", "ana"])
def test_a_number_that_is_none(bad: str) -> None:
    """It says what a number is."""
    with pytest.raises(ValueError, match=r"such as \+15005550006"):
        person(bad, HASHES)


def test_a_person_is_never_shown_whole() -> None:
    """What is printed of them has four digits."""
    assert person(NUMBER, HASHES).shown == "…0006"


@pytest.mark.parametrize("written", ["+1 (500) 555-0006", "0015005550006", " +1.500.555.0006 ", "00 1 500 555 00 06"])
def test_a_number_as_people_write_it(written: str) -> None:
    """Spaces and signs between its digits mean nothing, and 00 is the plus."""
    assert person(written, HASHES).number == NUMBER
