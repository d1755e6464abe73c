"""The keys of the queues: all with one hash tag, so that they lie in one slot of a cluster."""

from __future__ import annotations

TAG = b"{queues}:"
DUE = TAG + b"due"
CHANGES = TAG + b"changes"


def caller(sid: str) -> bytes:
    """A caller: a hash."""
    return TAG + b"caller:" + sid.encode("utf-8", "surrogatepass")


def queue(queue: str) -> bytes:
    """Everybody who waits in a queue: a sorted set."""
    return TAG + b"queue:" + queue.encode()


def head(queue: str, language: str) -> bytes:
    """Those of a queue and language without an offer: a sorted set."""
    return TAG + b"head:" + queue.encode() + b":" + language.encode()


def place(sid: str) -> bytes:
    """The order of somebody who has yet to join: text."""
    return TAG + b"place:" + sid.encode("utf-8", "surrogatepass")


def languages(queue: str) -> bytes:
    """The languages of which a queue has heads: a set."""
    return TAG + b"languages:" + queue.encode()


def answers(queue: str) -> bytes:
    """What was kept of a queue's latest answers: a list."""
    return TAG + b"answers:" + queue.encode()


def agent(name: str) -> bytes:
    """An agent: a hash."""
    return TAG + b"agent:" + name.encode()


def offer(id_: str) -> bytes:
    """An offer: a hash."""
    return TAG + b"offer:" + id_.encode("utf-8", "surrogatepass")
