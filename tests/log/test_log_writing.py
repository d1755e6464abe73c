"""Records into SQL: exactly once, in the order of `seq`, with the row of their call."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_making import BEGAN, CALLER, HASHES, counted, entry, expected, one_call, record, rows, seqs, started
from sqlalchemy import Engine, delete, func, select, text, update

from ivr.store.call_log import CallLog
from ivr.store.call_rows import LOST
from ivr.store.callers import CallerHash, last_four, mask_numbers, masked
from ivr.store.log_tables import calls, events, records
from ivr.store.sql import open_engine


def test_a_call_is_its_records_its_events_and_a_row(engine: Engine, log: CallLog) -> None:
    """Each input is a record, each event a row of its own, and `calls` sums them up."""
    made = one_call("CA1", 8, random.Random(1))
    written = log.write([entry("CA1", data) for data in made])
    assert (written.new, written.refused) == (8, ())
    assert rows(engine) == {"CA1": expected("CA1", made)}
    assert counted(engine) == (8, sum(len(orjson.loads(data)["events"]) for data in made))
    with engine.connect() as connection:
        last = connection.execute(select(events).where(events.c.kind == "ended")).one()
    assert (last.seq, last.n, last.step, last.data) == (8, 0, "main", {"how": "completed"})


def test_writing_again_changes_nothing(engine: Engine, log: CallLog) -> None:
    """A batch that comes a second time, or overlaps what is there, brings only what is new."""
    made = [entry("CA1", data) for data in one_call("CA1", 8, random.Random(1))]
    assert log.write(made[:5]).new == 5
    assert log.write(made[:5]).new == 0
    assert log.write(made).new == 3
    assert log.write([*made, *made]).new == 0
    assert rows(engine)["CA1"] == expected("CA1", [one.record for one in made])


def test_the_order_is_that_of_seq(engine: Engine, log: CallLog) -> None:
    """Records that come late, and alone, fill the gap that they left; the row is as if they had never been late."""
    made = one_call("CA1", 9, random.Random(5))
    for number in (8, 1, 6, 5, 7, 0, 3, 2, 4):
        log.write([entry("CA1", made[number])])
    assert rows(engine)["CA1"] == expected("CA1", made)


def test_nobody_is_served_before_they_call(engine: Engine, log: CallLog) -> None:
    """Where a carrier tells of a longer talk than the whole call, the person was reached at its beginning."""
    ended = {"kind": "dial_ended", "step": "main", "outcome": "answered", "seconds": 60}
    log.write([entry("CA1", started()), entry("CA1", record(2, "dialed", ended))])
    assert rows(engine)["CA1"]["served_at"] == BEGAN


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_in_any_batches_gives_the_same(data: st.DataObject, engine: Engine, log: CallLog) -> None:
    """However the records of some calls are dealt out, doubled and mixed, SQL ends with the same rows."""
    with engine.begin() as connection:
        for table in (calls, records, events):
            connection.execute(delete(table))
    made = {sid: one_call(sid, length, random.Random(length)) for sid, length in (("CA1", 3), ("CA2", 7), ("CA3", 12))}
    every = [entry(sid, one) for sid, ones in made.items() for one in ones]
    dealt = data.draw(st.permutations([*every, *every[::3]]))
    while dealt:
        count = data.draw(st.integers(1, len(dealt)))
        log.write(dealt[:count])
        del dealt[:count]
    assert rows(engine) == {sid: expected(sid, ones) for sid, ones in made.items()}
    assert counted(engine)[0] == 22


def test_several_writers_at_once_are_harmless(engine: Engine) -> None:
    """Four writers of the same batches, as when leases ran out: each record is there once, each row is right."""
    seed = random.Random(2)
    made = {f"CA{n}": one_call(f"CA{n}", seed.randrange(2, 9), seed) for n in range(120)}
    every = [entry(sid, one) for turn in range(8) for sid, ones in made.items() for one in ones[turn : turn + 1]]
    batches = [every[start : start + 40] for start in range(0, len(every), 40)]
    failed: list[Exception] = []
    new: list[int] = []

    def work() -> None:
        log = CallLog(engine, HASHES)
        try:
            for batch in batches:
                new.append(log.write(batch).new)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sum(new) == len(every) == counted(engine)[0]
    assert rows(engine) == {sid: expected(sid, ones) for sid, ones in made.items()}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b'{"seq": 2, "input": {"kind": "pressed", "keys": "\\ud800"}}', "no JSON"),
        (b"[]", "lacks"),
        (b'{"seq": 2}', "lacks"),
        (b'{"seq": 0, "input": {"kind": "x", "at": "2026-01-01T00:00:00+00:00"}, "events": []}', "no number"),
        (b'{"seq": 99999999999, "input": {"kind": "x", "at": "2026-01-01T00:00:00+00:00"}, "events": []}', "no number"),
        (b'{"seq": 2, "input": {"kind": "x", "at": "2026-01-01T00:00:00"}, "events": []}', "no moment"),
        (b'{"seq": 2, "input": {"kind": "x", "at": "yesterday"}, "events": []}', "Invalid isoformat"),
        (b'{"seq": 2, "input": {"kind": "x", "at": "2026-01-01T00:00:00+00:00"}, "events": [{}]}', "lacks"),
        (b'{"seq": 2, "input": {"kind": "x", "at": "2026-01-01T00:00:00+00:00"}, "events": [3]}', "lacks"),
    ],
)
def test_what_is_no_record_is_given_back(engine: Engine, log: CallLog, data: bytes, why: str) -> None:
    """It is named, and the others of the batch go in."""
    written = log.write([entry("CA1", started()), entry("CA1", data, 2), entry("CA2", started())])
    assert written.new == 2
    assert [(one.entry.id, why in one.why) for one in written.refused] == [(b"2-0", True)]
    assert set(rows(engine)) == {"CA1", "CA2"}


def test_what_sql_refuses_is_given_back(engine: Engine, log: CallLog) -> None:
    """One record that the database does not take keeps none of the others of its batch, or of its call, out."""
    bad = record(2, "pressed", {"kind": "entered", "step": "a\0b"}, keys="1")
    batch = [entry("CA1", started()), entry("CA1", bad, 2), entry("CA1", record(3), 3)]
    batch += [entry(f"CB{n}", started()) for n in range(20)]
    written = log.write(batch)
    if engine.dialect.name == "sqlite":  # it takes everything
        assert (written.new, written.refused) == (23, ())
        return
    assert written.new == 22
    assert [(one.entry.id, one.why) for one in written.refused] == [(b"2-0", "SQL refuses it: DataError")]
    assert seqs(engine, "CA1") == [1, 3]


def test_a_sid_that_no_database_takes_is_given_back(engine: Engine, log: CallLog) -> None:
    """Text that is no text cannot be a key; the call beside it is written."""
    written = log.write([entry("CA\udc80", started()), entry("CA1", started())])
    assert written.new == 1
    assert [one.why for one in written.refused] == ["SQL refuses it: UnicodeEncodeError"]


def test_another_record_of_the_same_number_is_not_lost(engine: Engine, log: CallLog) -> None:
    """Redis may come back a second younger, and the call take another way: what SQL has stays, the other is told."""
    log.write([entry("CA1", started()), entry("CA1", record(2, keys="1"), 2)])
    assert log.write([entry("CA1", record(2, keys="1"), 3)]).refused == ()
    written = log.write([entry("CA1", record(2, keys="7"), 3)])
    assert written.new == 0
    assert [one.entry.id for one in written.refused] == [b"3-0"]
    within = log.write([entry("CA2", record(1, keys="1")), entry("CA2", record(1, keys="2"), 2)])
    assert (within.new, [one.entry.id for one in within.refused]) == (1, [b"2-0"])


def test_a_database_that_is_not_migrated_is_away(tmp_path) -> None:
    """Tables that are missing refuse no record: they raise, and the batch waits."""
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    with pytest.raises(Exception, match="no such table"):
        CallLog(engine, HASHES).write([entry("CA1", started())])
    engine.dispose()


def test_a_call_that_was_given_up_can_still_end(engine: Engine, log: CallLog) -> None:
    """`lost` is a guess: whatever comes of the call later corrects it."""
    lost_at = BEGAN + timedelta(hours=6)
    log.write([entry("CA1", started())])
    with engine.begin() as connection:
        connection.execute(update(calls).values(how=LOST, ended_at=lost_at, seconds=21_600))
    log.write([entry("CA1", record(2, "hung_up", {"kind": "ended", "step": "main", "how": "busy"}, status="busy"))])
    assert (rows(engine)["CA1"]["how"], rows(engine)["CA1"]["seconds"]) == ("busy", 10)

    ended = {"kind": "ended", "step": "main", "how": LOST}
    log.write([entry("CA2", started()), entry("CA2", record(2, "hung_up", ended, at=lost_at, status=LOST))])
    assert (rows(engine)["CA2"]["how"], rows(engine)["CA2"]["seconds"]) == (LOST, 21_600)
    log.write([entry("CA2", record(3, "hung_up", status="completed"))])
    assert (rows(engine)["CA2"]["how"], rows(engine)["CA2"]["seconds"]) == ("completed", 20)


def test_records_without_a_beginning_are_kept(engine: Engine, log: CallLog) -> None:
    """A record of an older release, or one whose beginning never came, is a call whose line nobody knows."""
    log.write([entry("CA1", record(1, "started", {"kind": "entered", "step": "welcome"}))])
    log.write([entry("CA2", record(4, keys="1"))])
    assert rows(engine)["CA1"]["line"] is None
    assert rows(engine)["CA1"]["started_at"] == BEGAN
    assert (rows(engine)["CA2"]["last_seq"], rows(engine)["CA2"]["records"]) == (4, 1)


def test_no_number_of_a_caller_is_in_sql(engine: Engine, log: CallLog) -> None:
    """Neither the row nor the record has more of it than the last four digits and a hash."""
    log.write([entry("CA1", started(CALLER))])
    with engine.connect() as connection:
        every = [str(row) for table in (calls, records, events) for row in connection.execute(select(table))]
        kept = connection.scalar(select(records.c.input))
    assert not any(CALLER[1:] in row for row in every)
    assert kept is not None
    assert (kept["caller"], kept["to"]) == ("…0123", "+15005550006")
    row = rows(engine)["CA1"]
    assert (row["caller_last4"], row["caller_hash"]) == ("0123", HASHES.of(CALLER))


def test_the_hash_stays_when_the_row_is_folded_again(engine: Engine, log: CallLog) -> None:
    """The number itself is gone by then: a late record must not take the caller away."""
    log.write([entry("CA1", started()), entry("CA1", record(4), 4)])
    log.write([entry("CA1", record(2), 2)])
    log.write([entry("CA1", record(3), 3)])
    assert rows(engine)["CA1"]["caller_hash"] == HASHES.of(CALLER)
    log.write([entry("CA2", record(2), 2)])
    log.write([entry("CA2", started())])
    assert rows(engine)["CA2"]["caller_hash"] == HASHES.of(CALLER)


@pytest.mark.parametrize(
    ("caller", "kept", "four"),
    [
        ("+15005550123", "…0123", "0123"),
        ("sip:+15005550123@example.com", "…0123", "0123"),
        ("client:ana", "client:…", None),
        ("sip:ana@10.0.0.12345", "sip:…", None),
        ("anonymous", "anonymous", None),
        ("+266696687", "anonymous", None),
        ("", "", None),
        ("999", "…", None),
        ("Ana Ruiz", "…", None),
    ],
)
def test_what_is_kept_of_a_caller(caller: str, kept: str, four: str | None) -> None:
    """The last four digits of a number; of other callers what kind they are; a word for those who show none."""
    assert (masked(caller), last_four(caller)) == (kept, four)
    assert (HASHES.of(caller) is None) == (kept in ("anonymous", ""))


def test_hashes_need_the_key() -> None:
    """The same caller has the same hash under the same key, and another one under another."""
    assert HASHES.of(CALLER) == HASHES.of(CALLER) != CallerHash("another key, which is long as well").of(CALLER)


def test_numbers_are_masked_in_what_cannot_be_read() -> None:
    """Bytes that are no JSON still hold no number when they are set aside."""
    assert mask_numbers(b'{"caller": "+15005550123", "at": "2026-07-01T15:00:00.123456') == (
        '{"caller": "…0123", "at": "2026-07-01T15:00:00.123456'.encode()
    )


def test_a_batch_is_all_or_nothing(engine: Engine, log: CallLog) -> None:
    """Where the last step of a batch fails, its records are not there either."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE calls RENAME TO calls_away"))
    with pytest.raises(Exception, match="calls"):
        log.write([entry("CA1", started())])
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE calls_away RENAME TO calls"))
        assert connection.scalar(select(func.count()).select_from(records)) == 0
    assert log.write([entry("CA1", started())]).new == 1
