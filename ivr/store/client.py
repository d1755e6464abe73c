"""The client of Redis that everything here uses: impatient, because somebody is on the phone."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

PATIENCE = 0.25
"""Seconds that one connect or one answer may take. Later than that the call goes on without Redis."""


def connect(url: str, patience: float = PATIENCE) -> Redis:
    """Give a client for a URL: `redis://…`, `rediss://…` or `unix:///path` (percent-encoded).

    It connects with its first command, is safe to share between threads, and answers in bytes. What Redis
    does not answer within `patience` seconds raises `redis.exceptions.TimeoutError` or `ConnectionError` at once.
    A connection that broke while it lay idle (a restart of Redis) is replaced without an error.
    """
    return Redis.from_url(
        url,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        # redis-py tries again with pauses by default: several seconds of silence on a refused port.
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
        decode_responses=False,
        # A feature of Redis Enterprise: it would cost each new connection another command.
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
