"""Graphviz lays out a picture and draws it: SVG for pages, PNG for documents.

It is a library in C, neither safe in threads nor bounded in time, which writes what it thinks to stderr. So each
picture is laid out by a process of its own, which may take `LONGEST` seconds. Letters come from the font in `fonts/`,
and only what it lacks from those of the machine, so a picture is the same on a machine that has none.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

LONGEST = 60.0
"""Seconds that a picture may take. One of forty steps takes well below one."""

_FONTS = Path(__file__).with_name("fonts") / "fonts.conf"

_DRAW = """
import sys
import pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8"))
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""


class DrawingError(Exception):
    """Why there is no picture, for people."""


def render(dot: str, format_: Literal["svg", "png"]) -> bytes:
    """The picture of a DOT text. Raises DrawingError."""
    try:
        drawn = subprocess.run(  # noqa: S603 - our own program; the text comes by stdin
            [sys.executable, "-c", _DRAW, format_],
            input=dot.encode(),
            env=os.environ | {"FONTCONFIG_FILE": str(_FONTS)},
            cwd=_FONTS.parent,  # to older fontconfigs the relative folder in it is one of the working folder
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DrawingError(f"it is too large: to lay it out takes longer than {LONGEST:g} s") from None
    except OSError as error:
        raise DrawingError(f"no process could be started: {error.strerror}") from None
    if drawn.returncode or not drawn.stdout:
        lines = drawn.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DrawingError(f"Graphviz cannot draw it: {lines[-1] if lines else f'it ended with {drawn.returncode}'}")
    return drawn.stdout
