"""Calls that wait at a menu of five options, each in its third turn, and for each the request of a key pressed there.

Everything is made before a clock starts: the calls in Redis, and the requests with their signatures.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

from redis import Redis

from bench.line import NUMBER, next_step
from bench.serving import TOKEN
from ivr.call.inputs import Pressed
from ivr.carrier.forms import Caller
from ivr.phone.signature import sign
from ivr.store.calls import Calls, Saved, call_key, log_key, partition
from ivr.switchboard.answer import Switchboard

CALLER = "+15005550100"
TURNS = 3
"""In which turn the key is pressed that is measured: two were pressed before."""
KEY = "3"


@dataclass(frozen=True, slots=True)
class Sample:
    """What the service read and wrote for one such key press: the sizes that the floor reads and writes."""

    before: Saved
    after: Saved
    record: bytes
    document: str  # what it answered; the reply that it keeps has the call's token but once
    path: str  # of the action URL, with its query


def request(base: str, path: str, sid: str) -> bytes:
    """The carrier's request for a key press: what Twilio's reference says that a Gather's action gets."""
    form = {
        "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallStatus": "in-progress",
        "Called": NUMBER,
        "CalledCity": "CHICAGO",
        "CalledCountry": "US",
        "CalledState": "IL",
        "CalledZip": "60601",
        "Caller": CALLER,
        "CallerCity": "SAN FRANCISCO",
        "CallerCountry": "US",
        "CallerState": "CA",
        "CallerZip": "94105",
        "Digits": KEY,
        "Direction": "inbound",
        "FinishedOnKey": "",
        "From": CALLER,
        "FromCity": "SAN FRANCISCO",
        "FromCountry": "US",
        "FromState": "CA",
        "FromZip": "94105",
        "To": NUMBER,
        "ToCity": "CHICAGO",
        "ToCountry": "US",
        "ToState": "IL",
        "ToZip": "60601",
        "msg": "Gather End",
    }
    body = urlencode(form)
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: {urlsplit(base).netloc}",
        "User-Agent: TwilioProxy/1.1",
        "Accept: */*",
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
        f"Content-Length: {len(body)}",
        f"I-Twilio-Idempotency-Token: {secrets.token_hex(18)}",
        f"X-Twilio-Signature: {sign(TOKEN, base + path, form)}",
    ]
    return "\r\n".join([*head, "", body]).encode()


def new_sid() -> str:
    """A call's name as Twilio makes them."""
    return f"CA{secrets.token_hex(16)}"


def waiting(switchboard: Switchboard, base: str) -> tuple[str, str]:
    """A call that came in and pressed two keys: its sid, and the path of its next action. By the service itself."""
    sid = new_sid()
    reply = switchboard.begin(Caller(sid, CALLER, NUMBER, over=False), base).document
    for turn in range(1, TURNS):
        place = _path(reply, base).partition("?s=")[2]
        reply = switchboard.act(sid, turn, Pressed(datetime.now(UTC), KEY), base, place).document
    return sid, _path(reply, base)


def sample(switchboard: Switchboard, redis: Redis, base: str) -> Sample:
    """One key press by the service, with what it left behind."""
    sid, path = waiting(switchboard, base)
    calls = Calls(redis)
    before = calls.open(sid)
    place = path.partition("?s=")[2]
    document = switchboard.act(sid, TURNS, Pressed(datetime.now(UTC), KEY), base, place).document
    after = calls.open(sid)
    (_, entry), *_ = redis.xrevrange(log_key(partition(sid)), count=1)
    assert before is not None
    assert after is not None
    return Sample(before, after, entry[b"record"], document, path)


def for_service(switchboard: Switchboard, base: str, count: int) -> list[bytes]:
    """Requests of so many calls to the service."""
    made = (waiting(switchboard, base) for _ in range(count))
    return [request(base, path, sid) for sid, path in made]


def for_floor(redis: Redis, base: str, count: int, like: Sample) -> list[bytes]:
    """Requests of so many calls to the floor, each with what the service keeps of one, under a key of its own."""
    query = like.path.partition("?")[2]
    sids = [new_sid() for _ in range(count)]
    kept = like.before
    fields: dict[Any, Any] = {"seq": kept.seq, "turn": kept.turn, "state": kept.state, "reply": kept.reply}
    pipeline = redis.pipeline(transaction=False)
    for sid in sids:
        pipeline.hset(call_key(sid), mapping=fields)
        pipeline.expire(call_key(sid), 6 * 3600)
    pipeline.execute()
    return [request(base, f"/voice/{sid}/{TURNS}?{query}", sid) for sid in sids]


def by_the_book(redis: Redis, base: str, count: int, steps: int) -> list[bytes]:
    """Requests of so many calls to the vendor's way."""
    places = [0]
    for _ in range(1, TURNS):
        places.append(next_step(places[-1], int(KEY), steps))
    trail = [f"step_{place}" for place in places]
    pipeline = redis.pipeline(transaction=False)
    sids = [new_sid() for _ in range(count)]
    for sid in sids:
        call = {"sid": sid, "from": CALLER, "to": NUMBER, "place": trail[-1], "tries": 0, "trail": trail}
        pipeline.set(f"call:{sid}", json.dumps(call | {"turn": TURNS}), ex=6 * 3600)
    pipeline.execute()
    return [request(base, "/key", sid) for sid in sids]


def moved_on(calls: Calls, requests: Sequence[bytes]) -> bool:
    """Whether each of these calls is in the turn after the one that was measured."""
    sids = [found[1].decode() for found in map(_SID.search, requests) if found]
    return all((saved := calls.open(sid)) is not None and saved.turn == TURNS + 1 for sid in sids)


_SID = re.compile(rb"CallSid=(\w+)")
_ACTION = re.compile(r'action="([^"]+)"')


def _path(reply: str, base: str) -> str:
    found = _ACTION.search(reply)
    assert found, reply
    return unescape(found[1]).removeprefix(base)
