"""Effects: at most once, or again and again, and never in the way of the call log."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from log_carrier import ACCOUNT, TOKEN, LittleCarrier, little_carrier
from log_making import counted, started
from log_workers import Workers, produce, until
from redis import Redis
from sqlalchemy import Engine, select, text

from ivr.carrier.rest import Carrier
from ivr.store.calls import outbox_key, partition
from ivr.store.claims import Claims
from ivr.store.log_tables import effects
from ivr.store.set_aside import SetAside
from ivr.store.streams import waiting
from ivr.switchboard import outbox as outbox_module
from ivr.switchboard.outbox import Outbox

SMS = {"kind": "send_message", "to": "+15005550123", "from": "+15005550006", "body": "Your coach leaves at ten."}
MOVE = {"kind": "move_member", "queue": "QU1", "sid": "CA1", "url": "https://phone.example.com/voice/CA1/offer/7"}


@pytest.fixture
def little() -> Iterator[LittleCarrier]:
    """A little carrier that does as it is asked."""
    with little_carrier() as made:
        yield made


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses short enough for a test."""
    monkeypatch.setattr(outbox_module, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(outbox_module._Task.__init__, "__defaults__", (0.0, 0.05, False, None, False, None))


def ask(redis: Redis, number: int, fields: dict[str, str], sid: str = "CA1") -> None:
    """Puts an effect into the outbox of a call."""
    redis.xadd(outbox_key(partition(sid)), {"sid": sid, "effect": orjson.dumps({"id": f"e{number}", **fields})})


def noted(engine: Engine) -> dict[str, tuple[str, str | None]]:
    """What is noted of each effect."""
    with engine.connect() as connection:
        return {row.id: (row.state, row.why) for row in connection.execute(select(effects))}


@contextmanager
def running(
    redis: Redis, engine: Engine, little: LittleCarrier | None, folder: Path, now: Callable[[], datetime] | None = None
) -> Iterator[None]:
    """An outbox that runs in a thread of this process and holds all partitions."""
    carrier = Carrier(ACCOUNT, (TOKEN,), little.url) if little else None
    made = Outbox(
        redis,
        Claims(engine),
        SetAside(engine, folder),
        carrier,
        lambda: list(range(64)),
        now or (lambda: datetime.now(UTC)),
    )
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        if carrier:
            carrier.close()


def empty(redis: Redis) -> bool:
    """Whether nothing waits in any outbox."""
    return not waiting(redis)[1]


def test_each_kind_is_done_and_gone(redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path) -> None:
    """What may happen once leaves a note that it did; what may be repeated leaves none."""
    kinds = [
        SMS,
        {"kind": "create_call", "to": "+15005550123", "from": "+15005550006", "url": "https://x.example/voice"},
        MOVE,
        {"kind": "update_call", "sid": "CA1", "status": "completed"},
        {"kind": "delete_recording", "recording": "RE1"},
    ]
    for number, fields in enumerate(kinds):
        ask(redis, number, fields)
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
    assert [one.path.rpartition("/")[2] for one in little.asked] == [
        "Messages.json",
        "Calls.json",
        "CA1.json",
        "CA1.json",
        "RE1.json",
    ]
    assert noted(engine) == {"e0": ("done", None), "e1": ("done", None)}


def test_what_may_be_repeated_is_until_it_is_done(
    redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path
) -> None:
    """A 5xx and a broken connection are tried again; another call's effect does not wait for that."""
    answers = iter([500, 0, 503, 200])
    little.status = lambda asked: next(answers) if "Members/CA1" in asked.path else 200
    ask(redis, 1, MOVE)
    ask(redis, 2, MOVE | {"sid": "CA2"}, "CA2")
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
    assert len(little.forms("Members/CA1.json")) == 4
    assert len(little.forms("Members/CA2.json")) == 1
    assert noted(engine) == {}


def test_a_call_s_effects_stay_in_order(redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path) -> None:
    """The second one of a call waits until the first one is done."""
    answers = iter([500, 500])
    little.status = lambda asked: next(answers, 200) if asked.form.get("Url", "").endswith("first") else 200
    ask(redis, 1, {"kind": "update_call", "sid": "CA1", "url": "https://x.example/first"})
    ask(redis, 2, {"kind": "update_call", "sid": "CA1", "url": "https://x.example/second"})
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
    assert [one.form["Url"].rpartition("/")[2] for one in little.asked] == ["first"] * 3 + ["second"]


@pytest.mark.parametrize("fields", [SMS, MOVE])
def test_a_refusal_is_noted(
    redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path, fields: dict[str, str]
) -> None:
    """A 4xx is asked for once, whatever its kind, and noted without the number that the carrier repeats."""
    little.status = lambda asked: 400
    ask(redis, 1, fields)
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
    assert len(little.asked) == 1
    assert noted(engine) == {"e1": ("refused", "400, code 21211")}


def test_what_nobody_knows_is_not_asked_again(
    redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path
) -> None:
    """An SMS whose answer was a 5xx may be on its way: it is noted as unknown."""
    little.status = lambda asked: 500
    ask(redis, 1, SMS)
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
    assert len(little.asked) == 1
    assert noted(engine) == {"e1": ("unknown", "500, code 21211")}


def test_what_was_certainly_not_done_is_asked_again(
    redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path
) -> None:
    """ "429 Too Many Requests" of an SMS is no risk: it is claimed anew and sent, once."""
    answers = iter([429, 429, 201])
    little.status = lambda asked: next(answers)
    ask(redis, 1, SMS)
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
    assert len(little.asked) == 3
    assert noted(engine) == {"e1": ("done", None)}


def test_an_intent_that_is_written_twice_is_done_once(
    redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path
) -> None:
    """Redis may come back with an entry that was removed: its id tells that it was dealt with."""
    ask(redis, 1, SMS)
    ask(redis, 1, SMS)
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
        ask(redis, 1, SMS)
        until(lambda: empty(redis))
    assert len(little.asked) == 1
    assert noted(engine) == {"e1": ("done", None)}


def test_a_claim_of_somebody_who_died_is_unknown(
    redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path
) -> None:
    """Whoever finds it does not ask: it may have been asked for."""
    assert Claims(engine).claim("e1", sid="CA1", kind="send_message", at=datetime.now(UTC)) is None
    ask(redis, 1, SMS)
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
    assert little.asked == []
    assert noted(engine)["e1"][0] == "unknown"


def test_who_was_only_slow_has_the_last_word(engine: Engine) -> None:
    """A claim that another worker took for dead, and was not: its answer replaces the guess, never the reverse."""
    claims, at = Claims(engine), datetime.now(UTC)
    given = {"sid": "CA1", "kind": "send_message", "at": at}
    assert claims.claim("e1", **given) is None
    claims.settle("e1", "unknown", **given)
    claims.settle("e1", "done", **given)
    claims.settle("e1", "unknown", **given)
    assert noted(engine) == {"e1": ("done", None)}
    assert claims.claim("e1", **given) == "done"


def test_too_late_is_noted(redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path) -> None:
    """A caller who was to be moved an hour ago is not moved now."""
    ask(redis, 1, MOVE)
    with running(redis, engine, little, tmp_path, lambda: datetime.now(UTC) + timedelta(hours=1)):
        until(lambda: empty(redis))
    assert little.asked == []
    assert noted(engine) == {"e1": ("late", "not done within 5 minutes")}


def test_without_an_account_nothing_is_asked(redis: Redis, engine: Engine, tmp_path: Path) -> None:
    """It is noted which settings are missing."""
    ask(redis, 1, SMS)
    with running(redis, engine, None, tmp_path):
        until(lambda: empty(redis))
    assert noted(engine) == {"e1": ("refused", "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set")}


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        (b"{", "it is no JSON"),
        (b"[]", "it is no effect: it is no map of texts"),
        (b'{"id": "e1", "kind": "fly"}', "it is an effect of a kind that this release does not know"),
        (b'{"id": "e1", "kind": "send_message", "to": "+15005550123"}', "it is an effect that lacks from, body"),
        (b'{"kind": "delete_recording", "recording": "RE1"}', "it is an effect that lacks id"),
    ],
)
def test_what_is_no_effect_is_set_aside(
    redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path, effect: bytes, why: str
) -> None:
    """Named, kept with its numbers masked, and the next one is done."""
    redis.xadd(outbox_key(partition("CA1")), {"sid": "CA1", "effect": effect})
    ask(redis, 2, MOVE)
    with running(redis, engine, little, tmp_path):
        until(lambda: empty(redis))
    ((_, aside),) = SetAside(engine, tmp_path).table()
    assert (aside.why, aside.call_sid) == (why, "CA1")
    assert b"+1500555" not in aside.data
    assert len(little.asked) == 1


def test_with_sql_away_what_may_happen_once_waits(
    redis: Redis, engine: Engine, little: LittleCarrier, tmp_path: Path
) -> None:
    """Without a claim it is not asked for; what may be repeated goes on."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE effects RENAME TO effects_away"))
    ask(redis, 1, SMS)
    ask(redis, 2, MOVE | {"sid": "CA2"}, "CA2")
    with running(redis, engine, little, tmp_path):
        until(lambda: len(little.asked) == 1)
        assert little.forms("Messages.json") == []
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE effects_away RENAME TO effects"))
        until(lambda: empty(redis))
    assert len(little.forms("Messages.json")) == 1
    assert noted(engine) == {"e1": ("done", None)}


@pytest.mark.long
def test_a_worker_killed_over_an_sms_sends_it_once(
    workers: Callable[..., Workers], redis: Redis, engine: Engine, little: LittleCarrier
) -> None:
    """kill -9 while the carrier takes its time: the next worker does not send again, notes `unknown`, and goes on;
    meanwhile a slow carrier holds up no record.
    """
    little.seconds = lambda asked: 3.0 if "Messages" in asked.path else 0.0
    both = workers(TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TOKEN, TWILIO_API_URL=little.url)
    first = both.start()
    ask(redis, 1, SMS)
    until(lambda: little.asked)
    began = time.monotonic()
    produce(redis, [("CA9", started())])
    until(lambda: counted(engine)[0] == 1)
    assert time.monotonic() - began < 2.5
    both.kill(first)
    both.start()
    ask(redis, 2, MOVE)
    until(lambda: empty(redis))
    assert len(little.forms("Messages.json")) == 1
    assert len(little.forms("Members/CA1.json")) == 1
    assert noted(engine) == {"e1": ("unknown", "who asked for it ended before an answer came")}
    assert set(both.stop()) <= {0, -signal.SIGTERM}
