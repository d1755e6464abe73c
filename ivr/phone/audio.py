"""How long things take to hear, in seconds."""

import struct

from ivr.phone.twiml import Say

WORDS_A_SECOND = 150 / 60
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
