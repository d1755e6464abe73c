"""Commands straight to Redis, for the webhook that somebody on the phone waits for.

redis-py makes the connections; its pool, its retries and its observers, which cost more than the command itself,
are left out. Nothing here knows what is asked.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha1
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError as BrokenConnectionError
from redis.exceptions import NoScriptError


class Direct:
    """The Redis of a client, with its URL and time-outs. Safe between threads and after a fork.

    A connection serves one command at a time and is kept for the next. Replies are as the protocol gives them.
    """

    def __init__(self, redis: Redis) -> None:
        self._pool = redis.connection_pool
        self._idle: list[Any] = []  # connections, whose methods have no types; the last one used is used next
        self._pid = os.getpid()

    def ask(self, *command: bytes | str | int) -> Any:
        """The answer to a command. Raises RedisError: at once where nobody listens, else by the client's time-out.

        A command may be sent twice: where a connection broke that was kept from before, as all do when Redis
        starts again, a new one is tried once. So it must be one that may arrive twice.
        """
        if self._pid != os.getpid():  # a connection cannot be shared with the process that this one is a fork of
            self._idle, self._pid = [], os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._pool.connection_class(**self._pool.connection_kwargs)
        kept = connection.is_connected
        try:
            return _exchange(connection, command)
        except BrokenConnectionError:
            if not kept:
                raise
            return _exchange(connection, command)
        finally:
            self._idle.append(connection)

    def release(self) -> None:
        """Ends the connections that are not in use."""
        while self._idle:
            self._idle.pop().disconnect()


class Script:
    """A script that Redis knows by its hash; where it does not (a restart), it is loaded and sent again."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._hash = sha1(source, usedforsecurity=False).hexdigest().encode()

    def run(self, redis: Direct, keys: Sequence[bytes], args: Sequence[bytes | int]) -> Any:
        """What the script returns. Raises RedisError."""
        try:
            return redis.ask(b"EVALSHA", self._hash, len(keys), *keys, *args)
        except NoScriptError:
            redis.ask(b"SCRIPT LOAD", self._source)
            return redis.ask(b"EVALSHA", self._hash, len(keys), *keys, *args)


def _exchange(connection: Any, command: Sequence[bytes | str | int]) -> Any:
    """One command and its answer. A connection on which either fails is closed; it opens with the next command."""
    connection.send_packed_command(connection.pack_command(*command), check_health=False)
    return connection.read_response()
