"""The load generator: requests that were made before, over connections that stay open. A process of its own.

It reads requests from a pickle on standard input, sends each once, and writes what it found to standard output as
JSON. One thread waits for all connections at once; a connection sends its next request when the last is answered.
It imports nothing but the standard library, so as to cost as little as it can.

python -m bench.load PORT CONNECTIONS < REQUESTS
"""

from __future__ import annotations

import json
import pickle
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """What a load of requests found."""

    seconds: float
    latencies: list[float]  # of each request, in seconds, in order of size
    cpu: float  # seconds of processor time of the generator itself
    wrong: int  # answers that are not 200, or lack what each must have

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


def run(port: int, requests: Sequence[bytes], *, connections: int, has: bytes) -> Measured:
    """Sends the requests from a process of its own; each answer must have `has` in it."""
    command = [sys.executable, "-m", "bench.load", str(port), str(connections)]
    given = pickle.dumps((list(requests), has))
    done = subprocess.run(command, input=given, capture_output=True, check=True, timeout=120)
    return Measured(**json.loads(done.stdout))


def main(port: int, connections: int) -> None:
    """Sends what standard input has."""
    requests, has = pickle.load(sys.stdin.buffer)
    answers: list[bytes] = []
    latencies: list[float] = []
    waiting = iter(requests)
    poll = select.epoll()
    opened = {}
    for _ in range(connections):
        made = socket.create_connection(("127.0.0.1", port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened[made.fileno()] = made
        poll.register(made.fileno(), select.EPOLLIN)
    sent: dict[int, float] = {}
    parts: dict[int, bytes] = {}
    now = time.perf_counter
    cpu, start = time.process_time(), now()
    for number, made in opened.items():
        request = next(waiting, None)
        if request is not None:
            sent[number] = now()
            made.sendall(request)
    while sent:
        for number, _ in poll.poll(30) or _nothing():
            made = opened[number]
            data = parts.pop(number, b"") + made.recv(65536)
            if not _whole(data):
                parts[number] = data
                continue
            moment = now()
            latencies.append(moment - sent.pop(number))
            answers.append(data)
            request = next(waiting, None)
            if request is not None:
                sent[number] = now()
                made.sendall(request)
    seconds, cpu = now() - start, time.process_time() - cpu
    wrong = sum(not answer.startswith(b"HTTP/1.1 200 ") or has not in answer for answer in answers)
    found = {"seconds": seconds, "latencies": sorted(latencies), "cpu": cpu, "wrong": wrong}
    json.dump(found, sys.stdout)


def _whole(data: bytes) -> bool:
    """Whether the answer is all there."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not data or not end:
        if not data:
            raise ConnectionError("the server closed a connection")
        return False
    head = head.lower()
    at = head.index(b"content-length:") + 15
    return len(body) >= int(head[at:].split(b"\r\n", 1)[0])


def _nothing() -> list[tuple[int, int]]:
    raise TimeoutError("the server did not answer for 30 seconds")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
