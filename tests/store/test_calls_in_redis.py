"""Calls in Redis: opened by one read, closed by one compare-and-set, whoever comes at once."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from redis import Redis
from redis.connection import AbstractConnection
from redis.crc import key_slot
from redis.exceptions import ResponseError

from ivr.store.calls import PARTITIONS, Calls, Saved, call_key, live_key, log_key, outbox_key, partition
from ivr.store.live import Live, tell_live

SID = "CA0123456789abcdef0123456789abcdef"
FIRST = Saved(seq=2, turn=1, state=b"state \x00\xff", reply=b"<Response/>")
HOUR = 3600


@pytest.fixture
def calls(redis: Redis) -> Calls:
    """The calls of an empty Redis."""
    return Calls(redis)


def everything(redis: Redis) -> dict[bytes, bytes]:
    """Give all that is stored, to compare with later."""
    return {key: redis.dump(key) for key in redis.scan_iter()}


def test_a_call_nobody_closed_is_unknown(calls: Calls) -> None:
    """Opening an unknown call gives None, and no live versions where none were told."""
    assert calls.open(SID) is None
    assert calls.open_new(SID) == (None, Live())


def test_what_was_closed_is_opened(calls: Calls, redis: Redis) -> None:
    """State and reply come back byte for byte, and `open_new` adds the live versions."""
    tell_live(redis, Live({"meridian": "0123456789ab"}))
    assert calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], expires=HOUR)
    assert calls.open(SID) == FIRST
    assert calls.open_new(SID) == (FIRST, Live({"meridian": "0123456789ab"}))


def test_records_and_effects_are_written_in_order(calls: Calls, redis: Redis) -> None:
    """Each record and each effect is one entry, which names its call, in the order given."""
    calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], effects=[b"e1", b"e2"], expires=HOUR)
    number = partition(SID)
    log = [entry for _, entry in redis.xrange(log_key(number))]
    outbox = [entry for _, entry in redis.xrange(outbox_key(number))]
    assert log == [{b"sid": SID.encode(), b"record": record} for record in (b"r1", b"r2")]
    assert outbox == [{b"sid": SID.encode(), b"effect": effect} for effect in (b"e1", b"e2")]


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_call_that_moved_on_is_not_closed(calls: Calls, redis: Redis, expected: int) -> None:
    """With another revision stored than expected, nothing at all is written."""
    calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], expires=HOUR)
    before = everything(redis)
    late = Saved(seq=expected + 1, turn=9, state=b"late", reply=b"late")
    assert not calls.close(SID, late, expected=expected, records=[b"late"], effects=[b"late"], expires=HOUR)
    assert everything(redis) == before


def test_an_expired_call_is_not_closed(calls: Calls, redis: Redis) -> None:
    """A call that is gone has revision 0: whoever still expects another one writes nothing."""
    late = Saved(seq=3, turn=2, state=b"", reply=b"")
    assert not calls.close(SID, late, expected=2, records=[b"late"], expires=HOUR)
    assert redis.keys() == []


def test_a_call_expires_and_its_log_does_not(calls: Calls, redis: Redis) -> None:
    """The call is kept for the seconds given, renewed by each turn; log and outbox stay until read."""
    calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], effects=[b"e"], expires=100)
    assert 95 < redis.ttl(call_key(SID)) <= 100
    again = Saved(seq=3, turn=2, state=b"", reply=b"")
    calls.close(SID, again, expected=2, records=[b"r3"], expires=HOUR)
    assert 3590 < redis.ttl(call_key(SID)) <= HOUR
    assert redis.ttl(log_key(partition(SID))) == redis.ttl(outbox_key(partition(SID))) == -1


@pytest.mark.parametrize(
    ("seq", "records", "expires"),
    [(0, [], HOUR), (1, [], HOUR), (1, [b"r", b"s"], HOUR), (0, [b"r"], HOUR), (1, [b"r"], 0), (1, [b"r"], -1)],
)
def test_misuse_is_refused(calls: Calls, redis: Redis, seq: int, records: list[bytes], expires: int) -> None:
    """A revision that does not count the records, or a call that is gone at once, raises before anything."""
    saved = Saved(seq=seq, turn=1, state=b"", reply=b"")
    with pytest.raises(ValueError, match=r"seq|expire"):
        calls.close(SID, saved, expected=0, records=records, expires=expires)
    assert redis.keys() == []


def test_a_close_that_fails_leaves_the_call_as_it_was(calls: Calls, redis: Redis) -> None:
    """Where the log cannot be written, the call does not move on without its records."""
    redis.set(log_key(partition(SID)), "not a stream")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], expires=HOUR)
    assert calls.open(SID) is None


def test_full_memory_writes_nothing(calls: Calls, redis: Redis) -> None:
    """A Redis without memory refuses the whole close, and takes it when there is room again."""
    try:
        redis.config_set("maxmemory", 1)
        with pytest.raises(ResponseError, match="maxmemory"):
            calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], effects=[b"e"], expires=HOUR)
        assert redis.keys() == []
    finally:
        redis.config_set("maxmemory", 0)
    assert calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], effects=[b"e"], expires=HOUR)


def test_each_is_one_round_trip(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a call, with the live versions or without, and closing it send one packet each."""
    calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], expires=HOUR)  # connects, loads the script
    sent = []
    send = AbstractConnection.send_packed_command

    def counting(self: AbstractConnection, command: object, *rest: object, **more: object) -> object:
        sent.append(command)
        return send(self, command, *rest, **more)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counting)
    calls.open(SID)
    assert len(sent) == 1
    calls.open_new(SID)
    assert len(sent) == 2
    next_turn = Saved(seq=3, turn=2, state=b"", reply=b"")
    assert calls.close(SID, next_turn, expected=2, records=[b"r"], effects=[b"e"], expires=HOUR)
    assert len(sent) == 3


def test_a_redis_that_forgot_the_script_is_given_it_again(calls: Calls, redis: Redis) -> None:
    """After a restart or a SCRIPT FLUSH a close works as before."""
    redis.script_flush()
    assert calls.close(SID, FIRST, expected=0, records=[b"r1", b"r2"], expires=HOUR)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sid=st.text(max_size=120) | st.sampled_from(["{", "}", "{}", "}{p00}", "{p00}:log", "v3:a:b", "\ud800"]),
    state=st.binary(max_size=50),
    reply=st.binary(max_size=50),
)
def test_a_sid_is_any_text(calls: Calls, redis: Redis, sid: str, state: bytes, reply: bytes) -> None:
    """Whatever a sid holds, call, log and outbox share a slot, no other key is touched, and bytes stay."""
    redis.flushall()
    number = partition(sid)
    assert 0 <= number < PARTITIONS
    slots = {key_slot(key) for key in (call_key(sid), log_key(number), outbox_key(number), live_key(number))}
    assert slots == {key_slot(b"p%02d" % number)}
    saved = Saved(seq=1, turn=1, state=state, reply=reply)
    assert calls.close(sid, saved, expected=0, records=[state], expires=HOUR)
    assert calls.open(sid) == saved
    assert set(redis.keys()) == {call_key(sid), log_key(number), live_key(number)}


def test_partitions_never_change() -> None:
    """A sid has the same partition in every process and release: calls under way depend on it."""
    assert [partition(sid) for sid in ("", SID, "v3:abc", "ü{}")] == [0, 38, 60, 60]
    assert call_key("v3:abc") == b"{p60}:call:v3:abc"
    assert len({partition(f"CA{n:032x}") for n in range(2000)}) == PARTITIONS


def test_of_two_threads_that_close_at_once_one_wins(calls: Calls, redis: Redis) -> None:
    """However many workers got the same webhook, one writes; its reply, records and effects are there."""
    workers, rounds = 4, 50
    wins: list[tuple[int, int]] = []
    together = threading.Barrier(workers)

    def work(worker: int) -> None:
        for turn in range(rounds):
            together.wait()
            mine = b"%d" % worker
            saved = Saved(seq=turn + 1, turn=turn + 1, state=mine, reply=mine)
            if calls.close(SID, saved, expected=turn, records=[mine], effects=[mine], expires=HOUR):
                wins.append((turn, worker))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [turn for turn, _ in sorted(wins)] == list(range(rounds))
    winners = [b"%d" % worker for _, worker in sorted(wins)]
    number = partition(SID)
    assert [entry[b"record"] for _, entry in redis.xrange(log_key(number))] == winners
    assert [entry[b"effect"] for _, entry in redis.xrange(outbox_key(number))] == winners
    assert calls.open(SID) == Saved(seq=rounds, turn=rounds, state=winners[-1], reply=winners[-1])


CLOSE_EVERY_TURN = """
import sys
from ivr.store.calls import Calls, Saved
from ivr.store.client import connect
url, sid, turns = sys.argv[1], sys.argv[2], int(sys.argv[3])
with connect(url + "?socket_timeout=20") as redis:
    calls = Calls(redis)
    calls.open(sid)
    print("ready", flush=True)
    sys.stdin.readline()
    won = 0
    for turn in range(turns):
        saved = Saved(seq=turn + 1, turn=turn + 1, state=b"", reply=b"")
        won += calls.close(sid, saved, expected=turn, records=[b"r"], expires=60)
    print(won)
"""


def test_of_two_processes_that_close_at_once_one_wins(valkey, redis: Redis, program) -> None:
    """Between processes, too, each turn is written once."""
    processes = [program(CLOSE_EVERY_TURN, valkey.url, SID, 300) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    won = [int(process.stdout.readline()) for process in processes]
    assert sum(won) == 300
    assert redis.xlen(log_key(partition(SID))) == 300


def test_calls_are_what_a_dictionary_would_be(redis: Redis) -> None:
    """Any mixture of opens, closes and late closes of several calls does what a plain model does."""

    class Machine(RuleBasedStateMachine):
        sids = st.sampled_from(["CA1", "v3:2", "{3}"])

        @initialize()
        def empty(self) -> None:
            redis.flushall()
            self.calls = Calls(redis)
            self.kept: dict[str, Saved] = {}
            self.logged: dict[str, list[bytes]] = {}

        @rule(sid=sids)
        def look(self, sid: str) -> None:
            assert self.calls.open(sid) == self.calls.open_new(sid)[0] == self.kept.get(sid)

        @rule(
            sid=sids,
            late=st.integers(-2, 1),
            records=st.lists(st.binary(max_size=5), min_size=1, max_size=3),
            state=st.binary(max_size=5),
        )
        def close(self, sid: str, late: int, records: list[bytes], state: bytes) -> None:
            now = self.kept[sid].seq if sid in self.kept else 0
            expected = max(0, now + late)
            saved = Saved(seq=expected + len(records), turn=expected, state=state, reply=state[::-1])
            closed = self.calls.close(sid, saved, expected=expected, records=records, expires=HOUR)
            assert closed == (expected == now)
            if closed:
                self.kept[sid] = saved
                self.logged.setdefault(sid, []).extend(records)

        def teardown(self) -> None:
            for sid, records in getattr(self, "logged", {}).items():
                entries = [entry for _, entry in redis.xrange(log_key(partition(sid)))]
                assert [e[b"record"] for e in entries if e[b"sid"] == sid.encode()] == records

    run_state_machine_as_test(Machine, settings=settings(deadline=None, max_examples=40, stateful_step_count=20))
