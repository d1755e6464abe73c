"""The call's place in the action URL: state without secrets, encrypted and authenticated.

With it a webhook need not ask what the call is, and can go on while Redis is away. "Bound to sid, turn, version and
expiry": the token of another call, of another turn, an old one or a forged one opens to nothing.
"""

from __future__ import annotations

import os
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag

from ivr.call.state import Call
from ivr.call.wire import dump_call, load_call
from ivr.switchboard.sealing import cipher

_NONCE = 12
_EXPIRY = 5  # bytes of the second in which a token expires
_WINDOW = 9  # bits
LONGEST = 6000  # characters; a carrier's URLs are limited, and so is what we take from one


_LONG = 600  # bytes of a state that are worth the time that packing them takes
_WHOLE, _PACKED = 1, 2  # flags before the state: the call has no secrets; the state is packed


@dataclass(frozen=True, slots=True)
class Place:
    """What a token opens to."""

    call: Call
    whole: bool  # all of the call is there: it had no secrets, which no URL carries


class Places:
    """Seals and opens places with one key."""

    def __init__(self, key: str, seconds: int) -> None:
        self._cipher = cipher(key, "place in a URL")
        self._seconds = seconds

    def seal(self, call: Call, turn: int, now: datetime) -> str:
        """The token for the action URL of this turn, in characters that a URL can have."""
        until = (int(now.timestamp()) + self._seconds).to_bytes(_EXPIRY, "big")
        nonce = os.urandom(_NONCE)
        state, flags = dump_call(call), 0 if call.secrets else _WHOLE
        if len(state) > _LONG:
            state, flags = _packed(state), flags | _PACKED
        sealed = self._cipher.encrypt(nonce, bytes((flags,)) + state, _bound(call.sid, turn, until))
        return urlsafe_b64encode(until + nonce + sealed).rstrip(b"=").decode()

    def open(self, token: str, sid: str, turn: int, now: datetime) -> Place | None:
        """What the token opens to; None where it is none of this call and turn, or no longer valid."""
        if not token or len(token) > LONGEST:
            return None
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            until, nonce, sealed = raw[:_EXPIRY], raw[_EXPIRY : _EXPIRY + _NONCE], raw[_EXPIRY + _NONCE :]
            opened = self._cipher.decrypt(nonce, sealed, _bound(sid, turn, until))
        except (ValueError, InvalidTag):
            return None
        if int.from_bytes(until, "big") < now.timestamp():
            return None
        flags, state = opened[0], opened[1:]
        if flags & _PACKED:
            state = zlib.decompress(state, -_WINDOW)
        return Place(load_call(state), whole=bool(flags & _WHOLE))


def _packed(state: bytes) -> bytes:
    """The state, smaller by a third. With zlib's usual window, setting that up takes ten times as long."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -_WINDOW, 2)
    return packer.compress(state) + packer.flush()


def _bound(sid: str, turn: int, until: bytes) -> bytes:
    return b"%d %s %s" % (turn, until.hex().encode(), sid.encode("utf-8", "surrogatepass"))
