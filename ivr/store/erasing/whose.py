"""Whose call it is, from what is kept of one."""

from __future__ import annotations

import orjson


def caller_of_state(state: bytes) -> str:
    """The caller of a call's state, whose first line is JSON; nobody where it is none."""
    try:
        return str(orjson.loads(state.partition(b"\n")[0])["caller"])
    except (ValueError, TypeError, KeyError):
        return ""


def caller_of_record(record: bytes) -> str:
    """The caller of the record that begins a call; of any other record, nobody."""
    try:
        return str(orjson.loads(record)["input"]["caller"])
    except (ValueError, TypeError, KeyError):
        return ""
