"""`make bench`: all benchmarks, one after the other.

python -m bench [webhooks] [engine] [memory] [cold_start] [log_writing] [load_tool] [walker] [queueing]
    [replaying] [views]

With names it runs these alone and writes nothing down.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import (
    cold_start,
    engine,
    load_tool,
    log_writing,
    machine,
    memory,
    queueing,
    replaying,
    report,
    views,
    walker,
    webhooks,
)

PARTS: dict[str, tuple[str, Callable[[Path], list[str]]]] = {
    "webhooks": ("The webhook of a key press", webhooks.run),
    "engine": ("The engine alone: step and TwiML", lambda _: engine.run()),
    "memory": ("Memory", memory.run),
    "log_writing": ("Records into SQL", log_writing.run),
    "load_tool": ("The load tool: webhooks that it sends from one core", load_tool.run),
    "walker": ("The walker: every key at every place", lambda _: walker.run()),
    "queueing": ("Queues: one caller offered to one agent", queueing.run),
    "replaying": ("Logged calls over a changed menu", replaying.run),
    "views": ("The pages of /reports, in seconds", views.run),
    "cold_start": ("Cold start", cold_start.run),
}


def main(names: list[str]) -> None:
    """Runs the benchmarks of these names; all where none is given."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"there is no benchmark {unknown[0]}; there are {', '.join(PARTS)}")
    began = time.perf_counter()
    texts = [report.section("The machine", machine.about())]
    print(texts[-1], flush=True)
    for name, (title, run) in PARTS.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory(prefix="touchtone-bench-") as folder:
            texts.append(report.section(title, run(Path(folder))))
        print(texts[-1], flush=True)
    print(f"{time.perf_counter() - began:.0f} seconds")
    if not names:
        report.write("\n".join(texts))
        print(f"written into {report.PAGE}")


if __name__ == "__main__":
    main(sys.argv[1:])
