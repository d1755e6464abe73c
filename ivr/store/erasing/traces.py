"""What a removal leaves in files, and how it is overwritten.

SQLite: `secure_delete` zeroes what is deleted, but what lay in a page before its rows were moved about, and what older
releases deleted, may still be there, as may older pages in the write-ahead log. VACUUM writes the whole file anew, and
a checkpoint that truncates empties the log.
PostgreSQL: VACUUM frees the rows and ANALYZE replaces the planner's samples; the bytes are overwritten when the room is
used again. WAL segments, their archive and backups are out of reach from here.
Redis: an append-only file and a snapshot have what was until they are written anew.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from redis import Redis, RedisError, ResponseError
from sqlalchemy import Engine, inspect

PATIENCE = 60.0
"""Seconds that readers of the database, or a rewrite under way, are waited for."""


def overwrite_in_sql(engine: Engine) -> str | None:
    """Overwrites what was removed; what is still to be done by somebody else, where there is anything."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in inspect(engine).get_table_names():
                connection.exec_driver_sql(f'VACUUM (ANALYZE) "{name}"')
        return (
            "PostgreSQL overwrites the room of what was removed when it needs it, or at once with VACUUM FULL; "
            "its WAL archive and backups keep it as long as you keep them"
        )
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        _patiently(cursor, "VACUUM")
        # Busy (the first value) where a reader still needs the log.
        end = time.monotonic() + PATIENCE
        while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > end:
                return "somebody reads the database without a pause: its -wal file is as it was; run this again"
            time.sleep(0.2)
        cursor.close()
    except sqlite3.OperationalError as error:
        return f"the SQLite file could not be written anew ({error}): its free room is as it was; run this again"
    finally:
        raw.close()
    return None


def _patiently(cursor: Any, statement: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            cursor.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.2)


def overwrite_in_redis(redis: Redis) -> str | None:
    """Has Redis write its files anew; what is still to be done by somebody else, where there is anything."""
    try:
        if _information(redis).get("aof_enabled"):
            _finish(redis, "aof_rewrite_in_progress", "aof_rewrite_scheduled")
            redis.bgrewriteaof()
            _finish(redis, "aof_rewrite_in_progress", "aof_rewrite_scheduled")
            if _information(redis).get("aof_last_bgrewrite_status") != "ok":
                return "Redis could not write its append-only file anew; run this again"
        elif redis.config_get("save").get("save"):
            _finish(redis, "rdb_bgsave_in_progress")
            redis.bgsave()
            _finish(redis, "rdb_bgsave_in_progress")
    except (ResponseError, TimeoutError) as error:
        return f"Redis does not write its files anew for us ({error}): have it do so (BGREWRITEAOF, or BGSAVE)"
    except RedisError as error:
        return f"Redis went away while it wrote its files anew ({type(error).__name__}); run this again"
    return None


def _information(redis: Redis) -> dict[str, Any]:
    return redis.info("persistence")


def _finish(redis: Redis, *under_way: str) -> None:
    """Waits until nothing of that is under way."""
    end = time.monotonic() + PATIENCE
    while any(_information(redis).get(name) for name in under_way):
        if time.monotonic() > end:
            raise TimeoutError("it takes longer than a minute")
        time.sleep(0.05)


def database_files(engine: Engine) -> Iterator[Path]:
    """The files of a SQLite database; of others, none that can be reached."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        for end in ("", "-wal", "-shm", "-journal"):
            yield Path(f"{engine.url.database}{end}")
