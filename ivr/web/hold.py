"""Hold audio, a piece at a time: it goes on where it was, from one document of a wait to the next.

"Hold audio starts anew with each wait document", so each document plays the piece that comes next.
"""

from __future__ import annotations

import io
import logging
import re
import wave
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort

from ivr.web.door import parts

NAME = re.compile(r"[\w-]{1,80}\.wav")
LONGEST = 60 * 10
"""Tenths of a second of one piece."""

_RATE = 8000

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
        audio = _read(parts().settings.recordings / "hold" / name)
    except (OSError, EOFError, wave.Error, ValueError) as error:
        log.warning("the hold audio %s cannot be played: %s", name, type(error).__name__)
        audio = Audio(1, 2, _RATE, b"")
    response = Response(audio.piece(offset / 10, length / 10), mimetype="audio/x-wav")
    response.cache_control.public = True
    response.cache_control.max_age = 24 * 3600
    return response


class Audio:
    """The frames of a WAV file."""

    def __init__(self, channels: int, width: int, rate: int, frames: bytes) -> None:
        self._channels = channels
        self._width = width
        self._rate = rate
        self._frames = frames

    def piece(self, offset: float, seconds: float) -> bytes:
        """A WAV file of that piece; the audio begins anew at its end, and is silence where it has none."""
        size = self._channels * self._width
        wanted = round(seconds * self._rate) * size
        if not self._frames:
            frames = b"\x00" * wanted
        else:
            begin = round(offset * self._rate) * size % len(self._frames)
            rounds = (begin + wanted) // len(self._frames) + 1
            frames = (self._frames * rounds)[begin : begin + wanted]
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setnchannels(self._channels)
            out.setsampwidth(self._width)
            out.setframerate(self._rate)
            out.writeframes(frames)
        return file.getvalue()


def _read(path: Path) -> Audio:
    return _kept(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _kept(path: Path, _changed: int) -> Audio:
    with wave.open(str(path), "rb") as file:
        return Audio(file.getnchannels(), file.getsampwidth(), file.getframerate(), file.readframes(file.getnframes()))
