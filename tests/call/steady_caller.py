"""A caller who does what they do because of what they hear, and a world that answers the same question the same way."""

from __future__ import annotations

from hashlib import blake2b

from calling import NOON, new_call

from ivr.call import Call, Turn, step
from ivr.call.answers_known import what
from ivr.call.events import Entered
from ivr.call.inputs import Dialed, HungUp, Input, Pressed, Recorded, Silent, Started, Told
from ivr.call.says import Dial, Record, Redirect, Say
from ivr.call.wants import RunLookup
from ivr.menu import Flow

KEYS = ("1", "1", "2", "2", "3", "0", "9", "*", "1234", "07042026", "")
MOST = 40
FOUND = {
    "to": "Rome",
    "due": "12.50",
    "leaves": "2026-07-04",
    "at": "06:15",
    "n": 2,
    "ok": True,
    "phone": "+12125550123",
}


def drawn(*because: object) -> int:
    """A number that is the same for the same reasons."""
    return int.from_bytes(blake2b(repr(because).encode("utf-8", "replace"), digest_size=4).digest(), "big")


def lived(flow: Flow, seed: int) -> tuple[list[Input], list[str], Call]:
    """A whole call: its inputs as they are stored, the steps it came to, and what it is at the end."""
    call, inputs, path, heard = new_call(flow), [], [], []
    next_: Input | None = Started(NOON)
    while next_ is not None:
        turn = step(flow, call, next_)
        call = turn.call
        inputs.append(turn.input)
        path += [it.step for it in turn.events if isinstance(it, Entered)]
        heard += [(it.language, it.words()) for it in turn.says if isinstance(it, Say)]
        next_ = _next(flow, turn, heard, seed, len(inputs))
        if turn.want is None and not isinstance(turn.says[-1] if turn.says else None, Redirect):
            heard = []
    return inputs, path, call


def _next(flow: Flow, turn: Turn, heard: list[tuple[str, str]], seed: int, number: int) -> Input | None:
    if turn.call.ended:
        return None
    if number >= MOST:
        return HungUp(NOON)
    if turn.want is not None:
        lot = drawn(seed, what(flow, turn.want)) % 4
        outcome = "found" if lot < 2 else "not_found" if lot == 2 else "failed"
        found = FOUND if outcome == "found" and isinstance(turn.want, RunLookup) else {}
        return Told(NOON, outcome, dict(found))  # type: ignore[arg-type]
    sound = " ".join(" ".join(words for _, words in heard).split())
    lot = drawn(seed, sound, [language for language, _ in heard][-1:])
    match turn.says[-1]:
        case Redirect():
            return Silent(NOON)
        case _ if lot % 11 == 0:
            return HungUp(NOON)
        case Record():
            return Recorded(NOON, "https://x.test/RE1", 5) if lot % 3 else Silent(NOON)
        case Dial(to=to):
            outcome = ("answered", "busy", "no_answer", "failed")[drawn(seed, to) % 4]
            return Dialed(NOON, outcome, 5, bool(lot % 2))  # type: ignore[arg-type]
    keys = KEYS[lot % len(KEYS)]
    return Pressed(NOON, keys) if keys else Silent(NOON)
