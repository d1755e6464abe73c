"""`ivr load` beside a bare loop of sockets: how many webhooks a second one core sends, to a constant answer.

Each is pinned to one core where there are two, the answering server to another; a machine with one core shares it.
The floor is `bench.load`: requests that were made before, over as many connections, read by nobody.
"""

from __future__ import annotations

import json
import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench import figures
from bench.serving import free_port

ROUNDS = 5
SECONDS = 3
CONNECTIONS = 50
FORM = {f"Field{number:02}": "of a form as a carrier sends it" for number in range(25)}
KEYS = "1 " * 9 + "hangup"
TO = "+15005550006"
DOCUMENT = (
    b'<?xml version="1.0" encoding="UTF-8"?><Response><Gather action="/voice/CA/1" numDigits="1"><Say>To hear the next '
    b"departures, press 1.</Say><Say>To talk to us, press 2.</Say></Gather><Redirect>/voice/CA/1</Redirect></Response>"
)
SERVER = f"""
import asyncio, sys
ANSWER = b"HTTP/1.1 200 OK\\r\\nContent-Type: text/xml\\r\\nContent-Length: {len(DOCUMENT)}\\r\\n\\r\\n" + {DOCUMENT!r}
class Constant(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data = transport, b""
    def data_received(self, data):
        self.data += data
        head, end, body = self.data.partition(b"\\r\\n\\r\\n")
        if end and len(body) >= int(head.lower().split(b"content-length:")[1].split(b"\\r\\n")[0]):
            self.data = b""
            self.transport.write(ANSWER)
async def main():
    await (await asyncio.get_running_loop().create_server(Constant, "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(main())
"""


def run(folder: Path) -> list[str]:
    """The rows of the report."""
    cores = sorted(os.sched_getaffinity(0))
    tool, bare, processor = [], [], []
    for _ in range(ROUNDS):
        with _constant(cores[-1]) as port:
            bare.append(_bare(port, cores[0], folder))
            rate, share = _tool(port, cores[0])
            tool.append(rate)
            processor.append(share)
    ratio = figures.spread([one / other for one, other in zip(tool, bare, strict=True)])
    middle, own = figures.spread(tool), figures.spread(processor)
    return [
        f"{ROUNDS} rounds of {SECONDS} s, at most {CONNECTIONS} calls open, nine keys each; the client on one core",
        f"ivr load:   {middle.show()} webhooks/s   {figures.aimed(middle.middle, 2000)}",
        f"bare loop:  {figures.spread(bare).show()} webhooks/s; ratio {ratio.show(2)}",
        f"webhooks a second of the tool's own processor time: {own.show()}   {figures.aimed(own.middle, 2000)}",
    ]


def _tool(port: int, core: int) -> tuple[float, float]:
    """Webhooks a second of `ivr load`, which is asked for more calls than it can begin; and of its processor time."""
    command = [sys.executable, "-c", "from ivr.cli import main; main()", "load", f"http://127.0.0.1:{port}/voice"]
    given = ["--calls-per-second", "5000", "--for", f"{SECONDS}s", "--keys", KEYS, "--to", TO, "--format", "json"]
    done = subprocess.run(
        [*command, *given, "--most-open", str(CONNECTIONS)],
        capture_output=True,
        check=True,
        timeout=120,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    found = json.loads(done.stdout)
    return found["webhooks"]["per_second"], found["webhooks"]["answered"] / found["processor_seconds"]


def _bare(port: int, core: int, folder: Path) -> float:
    """Webhooks a second of the loop of sockets, with a form of the same size."""
    body = urlencode(FORM)
    head = f"POST /voice HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    script = folder / "bare.py"
    script.write_text(
        "import os, sys, bench.load\n"
        f"os.sched_setaffinity(0, {{{core}}})\n"
        "bench.load.main(int(sys.argv[1]), int(sys.argv[2]))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(port), str(CONNECTIONS)],
        input=pickle.dumps(([(head + body).encode()] * 30_000, b"<Response>")),
        capture_output=True,
        check=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    found = json.loads(done.stdout)
    return len(found["latencies"]) / float(found["seconds"])


@contextmanager
def _constant(core: int) -> Iterator[int]:
    """A server that answers every POST with one document, on a core."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)], preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the constant server did not start")
