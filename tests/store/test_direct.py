"""Commands straight to Redis: one connection after the other, whatever happened to the last one."""

import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as BrokenConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as TooLateError

from ivr.store.client import connect
from ivr.store.direct import Direct, Script
from ivr.store.embedded import Embedded


def clients(redis: Redis) -> set[str]:
    """The ids of Redis' clients."""
    return {client["id"] for client in redis.client_list()}


def test_one_connection_serves_one_command_after_the_other(redis: Redis) -> None:
    """Commands in turn share a connection, in whatever thread; those at once have one each; `release` ends them."""
    before = clients(redis)  # those of other tests among them, which may go at any moment
    direct = Direct(redis)
    for number in range(5):
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(direct.ask, "ECHO", number).result() == b"%d" % number
    assert len(clients(redis) - before) == 1
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(direct.ask, "BLPOP", "four-at-once", "19") for _ in range(4)]
        until = time.monotonic() + 15
        while redis.info("clients")["blocked_clients"] < 4 and time.monotonic() < until:
            time.sleep(0.01)
        redis.rpush("four-at-once", *range(4))
        assert {answer.result()[1] for answer in waiting} == {b"0", b"1", b"2", b"3"}
    assert len(clients(redis) - before) == 4
    direct.release()
    until = time.monotonic() + 30
    while clients(redis) - before and time.monotonic() < until:
        time.sleep(0.01)
    assert not clients(redis) - before


def test_what_redis_refuses_leaves_the_connection_as_it_is(redis: Redis) -> None:
    """An error that Redis answers is raised, and the next command gets its own answer."""
    direct = Direct(redis)
    with pytest.raises(ResponseError):
        direct.ask("INCR", "a", "b", "c")
    assert direct.ask("PING") in (b"PONG", "PONG")


def test_a_restart_in_between_is_not_noticed_and_an_absence_is_at_once(tmp_path: Path) -> None:
    """A connection that broke while it lay idle is replaced; where nobody listens, RedisError comes at once."""
    with Embedded(tmp_path) as valkey:
        client = connect(valkey.url + "?socket_timeout=20")
        direct, script = Direct(client), Script(b"return ARGV[1]")
        assert script.run(direct, [], [b"first"]) == b"first"
        valkey.stop()
        for _ in range(3):
            began = time.monotonic()
            with pytest.raises(RedisError):
                direct.ask("PING")
            assert time.monotonic() - began < 10  # far below the client's patience
        valkey.start()
        assert script.run(direct, [], [b"again"]) == b"again"
        direct.release()
        client.close()


def test_a_redis_that_does_not_answer_is_given_up() -> None:
    """Somebody who listens and says nothing: a time-out after the client's patience, and no second try."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = connect(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", patience=0.05)
        direct = Direct(client)
        with pytest.raises(TooLateError):
            direct.ask("PING")
        client.close()


def test_a_password_in_the_url_is_used(tmp_path: Path) -> None:
    """The client's URL decides, password and database included; a wrong one is RedisError."""
    with Embedded(tmp_path) as valkey:
        redis = connect(valkey.url)
        redis.config_set("requirepass", "a word")
        wrong = connect(valkey.url)
        with pytest.raises(RedisError):
            Direct(wrong).ask("PING")
        right = connect(valkey.url + "?password=a%20word&db=3")
        direct = Direct(right)
        direct.ask("SET", "in", "three")
        assert right.get("in") == b"three"
        direct.release()
        right.config_set("requirepass", "")
        for client in (redis, wrong, right):
            client.close()


def test_after_a_fork_each_process_has_a_connection_of_its_own(redis: Redis) -> None:
    """The child opens another one, and the parent's goes on."""
    direct = Direct(redis)
    mine = direct.ask("CLIENT ID")
    read, write = os.pipe()
    child = os.fork()
    if not child:  # nothing of pytest may run here
        try:
            os.write(write, b"%d" % direct.ask("CLIENT ID"))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as answer:
        theirs = int(answer.read())
    assert theirs != mine
    assert direct.ask("CLIENT ID") == mine
    direct.release()


def test_a_broken_new_connection_is_not_tried_twice() -> None:
    """Somebody who hangs up at once, each time: one error, after one try."""
    tries = 0
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def hang_up() -> None:
            nonlocal tries
            while True:
                try:
                    rude.accept()[0].close()
                except OSError:
                    return
                tries += 1

        thread = threading.Thread(target=hang_up)
        thread.start()
        client = connect(f"redis://127.0.0.1:{rude.getsockname()[1]}/0")
        with pytest.raises(BrokenConnectionError):
            Direct(client).ask("PING")
        rude.shutdown(socket.SHUT_RDWR)
        thread.join()
        client.close()
    assert tries == 1
