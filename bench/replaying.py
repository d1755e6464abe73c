"""Logged calls over a changed menu, beside the bare fold of the same inputs: each read, and stepped once."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, Text, cast, select

from bench.figures import aimed
from ivr.call import Call, step
from ivr.call.inputs import Started
from ivr.call.wire import load_input
from ivr.config import Settings
from ivr.menu import Flow, load
from ivr.store.log_tables import records
from ivr.store.sql import open_engine
from ivr.store.versions import Versions
from ivr.switchboard.menu_folder import files_of_line
from ivr.switchboard.replaying import replay_log

CALLS = 10_000
AIM = 60.0
"""Seconds for 100,000 calls, with all processors."""

MENU = Path("menus/meridian.yaml")
ALL = (datetime(1971, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


def run(folder: Path) -> list[str]:
    """Makes a log and replays it; the lines that tell what was found."""
    settings = Settings(data=folder)
    command = [sys.executable, "-c", "from ivr.cli import main; main()", "demo-data", "--calls", str(CALLS)]
    given = {"IVR_DATA": str(folder), "DATABASE_URL": settings.database}
    subprocess.run(command, env=os.environ | given, check=True, stdout=subprocess.DEVNULL)
    files = files_of_line(MENU)
    files[MENU.name] += b"# changed\n"
    engine = open_engine(settings.database)
    try:
        floor = _floor(engine)
        rows = [f"each input read and stepped once: {floor:.0f} s for 100,000 calls, {100_000 / floor:,.0f} a second"]
        for workers in sorted({1, len(os.sched_getaffinity(0))}):
            began, used = time.perf_counter(), _used()
            found = replay_log(engine, files, *ALL, workers=workers)
            seconds, busy = (it / found.calls * 100_000 for it in (time.perf_counter() - began, _used() - used))
            name = "1 process" if workers == 1 else f"{workers} processes"
            rows.append(
                f"replayed in {name + ':':13} {seconds:5.0f} s for 100,000 calls, {100_000 / seconds:,.0f} a second;"
                f" x {seconds / floor:.2f}   {aimed(seconds, AIM, at_most=True)}   ({busy:.0f} s of a processor)"
            )
    finally:
        engine.dispose()
    return rows


def _used() -> float:
    """Seconds of a processor that this process took, and those that it started and that are over."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(it.ru_utime + it.ru_stime for it in both)


def _floor(engine: Engine) -> float:
    """Seconds for 100,000 calls."""
    versions, flows = Versions(engine), dict[str, Flow]()
    query = select(cast(records.c.input, Text)).order_by(records.c.call_sid, records.c.seq)
    call, number, began = Call("", "", "", "", ""), 0, time.perf_counter()
    with engine.connect() as connection:
        for text in connection.scalars(query):
            input_ = load_input(text)
            if isinstance(input_, Started):
                number += 1
                call = Call(f"CA{number}", input_.version, input_.line, input_.caller, input_.to)
                if call.version not in flows:
                    flows[call.version] = next(iter(load(versions.files(call.version) or {}).flows.values()))
            call = step(flows[call.version], call, input_).call
    return (time.perf_counter() - began) / number * 100_000
