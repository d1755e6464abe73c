"""Forms that do something once, however often they are sent: a finger that pressed twice, a page that was reloaded."""

from __future__ import annotations

from contextlib import suppress
from secrets import token_urlsafe
from typing import Any

from flask import request
from redis import RedisError

from ivr.web.people.office import office

FIELD = "once"

KEPT = 24 * 3600
"""Seconds for which a form is remembered."""


def mark() -> str:
    """A mark for a form that is shown."""
    return token_urlsafe(12)


def taken() -> bool:
    """Whether the form that this request brings was sent before. With Redis away nobody knows: it was not."""
    first: Any = True
    with suppress(RedisError):
        first = not request.form.get(FIELD) or office().redis.set(_key(), "1", nx=True, ex=KEPT)
    return not first


def give_back() -> None:
    """The form did nothing: it can be sent again."""
    with suppress(RedisError):
        office().redis.delete(_key())


def _key() -> str:
    return f"once:{request.form.get(FIELD, '')[:40]}"
