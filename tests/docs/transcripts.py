"""The calls that the README shows: each a fenced block whose first line is the command, the rest what it prints.

To write them anew after the words of a menu have changed:

    .venv/bin/python tests/docs/transcripts.py
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n\$ (?P<command>[^\n]*)\n(?P<printed>.*?)^```$", re.MULTILINE | re.DOTALL)
ENVIRONMENT = ("IVR_", "TWILIO_", "REDIS_", "DATABASE_", "PUBLIC_")


def transcripts() -> list[tuple[str, str]]:
    """The README's commands, and what it says that each prints."""
    return [(match["command"], match["printed"]) for match in BLOCK.finditer(README.read_text("utf-8"))]


def run(command: str) -> str:
    """What the command prints, run as the README's readers would: here, with no settings but those it names."""
    words = shlex.split(command)
    settings: dict[str, str] = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        settings[name] = value
    assert words[0] == "ivr", command
    own = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT)}
    done = subprocess.run(
        [sys.executable, "-c", "from ivr.cli import main; main()", *words[1:]],
        cwd=ROOT,
        env=own | settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


def comparable(command: str, printed: str) -> str:
    """What is printed, without the moment where the command names none."""
    return printed if "--at" in command else re.sub(r"^at: .*$", "at: now", printed, flags=re.MULTILINE)


def rewrite() -> None:
    """Runs the README's calls and writes what they print."""
    text = README.read_text("utf-8")
    README.write_text(BLOCK.sub(lambda match: f"```console\n$ {match[1]}\n{run(match[1])}```", text), "utf-8")


if __name__ == "__main__":
    rewrite()
