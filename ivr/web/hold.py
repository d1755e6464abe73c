"""Hold audio, a piece at a time."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort

from ivr.carrier import hold as audio
from ivr.web.door import parts

NAME = re.compile(r"[\w-]{1,80}\.wav")
LONGEST = 60 * 10
"""Tenths of a second of one piece."""

log = logging.getLogger("ivr.voice")
hold = Blueprint("hold", __name__)


@hold.get("/hold/<int:offset>/<int:length>/<name>")
def piece(offset: int, length: int, name: str) -> Response:
    """So much of an audio from an offset on, both in tenths of a second, counted round and round.

    Where the audio cannot be had it is silence: a carrier must not end the call of somebody who waits.
    """
    if not NAME.fullmatch(name) or not 0 < length <= LONGEST:
        abort(404)
    try:
        cut = audio.piece(_read(parts().settings.recordings / "hold" / name), offset / 10, length / 10)
    except (OSError, ValueError) as error:
        log.warning("the hold audio %s cannot be played: %s", name, type(error).__name__)
        cut = audio.silence(length / 10)
    response = Response(cut, mimetype="audio/x-wav")
    response.cache_control.public = True
    response.cache_control.max_age = 24 * 3600
    return response


def _read(path: Path) -> bytes:
    return _kept(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _kept(path: Path, _changed: int) -> bytes:
    return path.read_bytes()
