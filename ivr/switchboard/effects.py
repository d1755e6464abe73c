"""Effects: what a call may ask of the outside, as JSON in the outbox, and how each kind is carried out.

    {"id": …, "kind": "send_message", "to": …, "from": …, "body": …}

`id` is the intent's own, the same whenever it is written again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from ivr.carrier.rest import Carrier

_HOUR = 3600.0
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of effect."""

    once: bool
    """Whether it may happen once at most; else doing it twice is the same as doing it once."""
    within: float
    """Seconds after which there is no point in it any more."""
    needs: tuple[str, ...]
    """The fields that it must have, all of text."""
    carry_out: Callable[[Carrier, Mapping[str, str]], object]
    """Does it. Raises `ivr.carrier.rest.RestError`."""


KINDS: dict[str, Kind] = {
    "send_message": Kind(
        True,
        24 * _HOUR,
        ("to", "from", "body"),
        lambda carrier, it: carrier.send_message(to=it["to"], from_=it["from"], body=it["body"]),
    ),
    "create_call": Kind(
        True,
        _HOUR / 4,
        ("to", "from", "url"),
        lambda carrier, it: carrier.create_call(
            to=it["to"], from_=it["from"], url=it["url"], status_url=it.get("status_url")
        ),
    ),
    "update_call": Kind(
        False,
        _HOUR / 4,
        ("sid",),
        lambda carrier, it: carrier.update_call(
            it["sid"], url=it.get("url"), twiml=it.get("twiml"), status=it.get("status")
        ),
    ),
    "move_member": Kind(
        False,
        _HOUR / 12,
        ("queue", "sid", "url"),
        lambda carrier, it: carrier.move_member(it["queue"], it["sid"], it["url"]),
    ),
    "delete_recording": Kind(
        False, 7 * 24 * _HOUR, ("recording",), lambda carrier, it: carrier.delete_recording(it["recording"])
    ),
}
"""Every kind. A message or a call that came twice would be noticed; a caller who is moved twice is where they were."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One intent."""

    id: str
    kind: str
    fields: Mapping[str, str]


def read_effect(data: bytes) -> Effect:
    """The effect of the JSON. Raises ValueError for what is none; the message repeats nothing of it."""
    try:
        fields = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise ValueError("it is no JSON") from None
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise ValueError("it is no effect: it is no map of texts")
    kind = KINDS.get(fields.get("kind", ""))
    if kind is None:
        raise ValueError("it is an effect of a kind that this release does not know")
    missing = [name for name in ("id", *kind.needs) if not fields.get(name)]
    if missing or len(fields["id"]) > _LONGEST_ID:
        raise ValueError(f"it is an effect that lacks {', '.join(missing) or 'a short id'}")
    return Effect(fields["id"], fields["kind"], fields)
