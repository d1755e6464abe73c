"""Asking whoever listens on a Unix socket which Valkey it is, without waiting for one that hangs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

_ANSWER = 1.0
"""Seconds in which a server that is well answers."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a server says of itself."""

    pid: int
    folder: str
    """Where its data lie: an absolute path, links resolved."""
    loading: bool
    """Whether it still reads its data, and refuses commands meanwhile."""


def ask(path: Path) -> Found | None:
    """Ask the server on a socket; None where nobody answers as a Valkey does."""
    # INFO and CONFIG answer while data are being read, and where writes fail for a full disk; PING does not.
    try:
        with _client(path, _ANSWER) as client:
            told = cast(dict[str, Any], client.info("server", "persistence"))
            config = cast(dict[str, str], client.config_get("dir"))
        return Found(pid=int(told["process_id"]), folder=config["dir"], loading=bool(told["loading"]))
    except (RedisError, OSError, LookupError, ValueError):
        return None


def about(path: Path, folder: Path) -> Found | None:
    """Ask the server on a socket; None, too, where its data lie elsewhere than in `folder` (resolved)."""
    found = ask(path)
    return found if found and found.folder == str(folder) else None


def ask_to_end(path: Path, seconds: float) -> bool:
    """Tell the server to write out its data and end, which may take `seconds`; False where it does not."""
    try:
        with _client(path, seconds) as client:
            client.shutdown()  # it answers by closing the connection
    except (RedisError, OSError):
        return False
    return True


def _client(path: Path, seconds: float) -> Redis:
    return Redis(
        unix_socket_path=str(path),
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
        encoding_errors="surrogateescape",  # as Python itself reads paths that are not UTF-8
    )
