"""What is heard of all messages of the demonstration: a soft tone."""

from __future__ import annotations

import wave
from math import pi, sin
from pathlib import Path

from ivr.switchboard.demo.rows import AUDIO

RATE, SECONDS, PITCH, LOUD = 8000, 2, 440, 3000


def keep_audio(data: Path) -> None:
    """Writes it where the audio of messages is kept below IVR_DATA. Raises OSError."""
    folder = data / "messages"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with wave.open(str(folder / AUDIO), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        values = (round(LOUD * sin(2 * pi * PITCH * turn / RATE)) for turn in range(RATE * SECONDS))
        file.writeframes(b"".join(value.to_bytes(2, "little", signed=True) for value in values))


def remove_audio(data: Path) -> None:
    """Removes it, where it is."""
    (data / "messages" / AUDIO).unlink(missing_ok=True)
