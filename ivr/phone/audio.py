"""How long things take to hear, in seconds, and audio of a given length."""

import math
import struct
from collections.abc import Iterator
from functools import cache

from ivr.phone.twiml import Say

WORDS_A_SECOND = 150 / 60
KEY_SECONDS = 0.25
LONGEST = 14_400.0
"""No single thing takes longer than four hours: the longest talk ("`timeLimit=14400`")."""


def say_seconds(say: Say) -> float:
    """Seconds that the words take at 150 words a minute, with their breaks, as often as they loop."""
    once = len(say.text.split()) / WORDS_A_SECOND + say.breaks
    return min(once * say.loop, LONGEST)


def wav_seconds(head: bytes) -> float | None:
    """Seconds that a WAV file lasts, from its first bytes; None where they are no header of one."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    bytes_a_second, at = 0, 12
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"fmt " and at + 20 <= len(head):
            (bytes_a_second,) = struct.unpack_from("<I", head, at + 16)
        elif name == b"data":
            return min(size / bytes_a_second, LONGEST) if bytes_a_second else None
        at += 8 + size + size % 2
    return None


def tone(seconds: int) -> Iterator[bytes]:
    """A WAV file of so many seconds, piece by piece: a low hum, 8 kHz, 16 bits, one channel, as recordings are."""
    size = seconds * 16_000
    yield b"RIFF" + struct.pack("<I", 36 + size) + b"WAVE"
    yield b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16_000, 2, 16) + b"data" + struct.pack("<I", size)
    for _ in range(seconds):
        yield _second()


@cache
def _second() -> bytes:
    return struct.pack("<8000h", *(round(2000 * math.sin(2 * math.pi * 220 * at / 8000)) for at in range(8000)))
