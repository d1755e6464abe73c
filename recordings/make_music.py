#!/usr/bin/env python3
"""Makes hold/quiet.wav, the hold music: `python recordings/make_music.py`. The standard library is all it needs.

Eight bars in D, soft plucked chords under a slow melody. Each note rings on past the end of the loop into its
beginning, so the loop has no seam. The music is our own, and free to use with this project.
"""

from __future__ import annotations

import argparse
import math
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

RATE = 8000
BEAT = 6400  # samples: 75 beats a minute
BARS = 8
LENGTH = BARS * 4 * BEAT  # 25.6 seconds
LEVEL = -18.0  # dBFS, as root mean square
CEILING = 0.9  # of full scale

CHORDS = (  # MIDI notes: bass, then the chord from below
    (38, (57, 62, 66, 69)),  # D
    (35, (57, 62, 66, 69)),  # Bm7
    (43, (55, 59, 62, 66)),  # Gmaj7
    (45, (55, 57, 62, 64)),  # A7sus4
    (42, (57, 61, 64, 69)),  # F#m7
    (35, (54, 59, 62, 69)),  # Bm7
    (40, (55, 59, 62, 66)),  # Em9
    (45, (55, 57, 61, 64)),  # A7
)
ARPEGGIO = (0, 1, 2, 3, 2, 1, 2, 3)  # notes of the chord, an eighth each

MELODY = (  # (bar, beat, beats, MIDI note)
    (0, 0, 3, 78), (0, 3, 1, 76), (1, 0, 4, 74),
    (2, 0, 2, 71), (2, 2, 2, 74), (3, 0, 4, 76),
    (4, 0, 3, 76), (4, 3, 1, 78), (5, 0, 4, 74),
    (6, 0, 2, 78), (6, 2, 2, 74), (7, 0, 3, 73),
)  # fmt: skip


def hertz(note: int) -> float:
    """The frequency of a MIDI note."""
    return 440.0 * 2 ** ((note - 69) / 12)


def add(loop: list[float], start: int, samples: int, shape: Callable[[float], float]) -> None:
    """Adds a sound, a function of its seconds, to the loop; what is longer than the loop's end begins it."""
    for number in range(samples):
        loop[(start + number) % LENGTH] += shape(number / RATE)


def plucked(note: int, strength: float, ring: float) -> Callable[[float], float]:
    """A soft string: partials that fade, the higher the sooner."""
    pitch = hertz(note)
    partials = [
        (2 * math.pi * pitch * k, strength / k**2, (1 + 0.7 * (k - 1)) / ring) for k in range(1, 6) if pitch * k < 3200
    ]

    def shape(t: float) -> float:
        attack = 1 - math.exp(-t / 0.004)
        return attack * sum(size * math.exp(-t * fade) * math.sin(turn * t) for turn, size, fade in partials)

    return shape


def sung(note: int, strength: float, seconds: float) -> Callable[[float], float]:
    """A round tone that swells and goes, with a little vibrato."""
    turn = 2 * math.pi * hertz(note)

    def shape(t: float) -> float:
        envelope = min(1.0, t / 0.12) * min(1.0, max(0.0, (seconds + 0.5 - t) / 0.6)) * math.exp(-t / 3)
        angle = turn * t + 0.9 * math.sin(2 * math.pi * 4.6 * t) * min(1.0, t / 1.2)
        return strength * envelope * (math.sin(angle) + 0.18 * math.sin(2 * angle) + 0.05 * math.sin(3 * angle))

    return shape


def compose() -> list[float]:
    """The loop, at no level in particular."""
    loop = [0.0] * LENGTH
    for bar, (bass, chord) in enumerate(CHORDS):
        at = bar * 4 * BEAT
        for beat, strength in ((0, 0.8), (2, 0.5)):
            add(loop, at + beat * BEAT, 3 * RATE, plucked(bass + 12, strength, 0.9))
        for eighth, which in enumerate(ARPEGGIO):
            strength = 0.42 if eighth % 4 == 0 else 0.32
            add(loop, at + eighth * BEAT // 2, 3 * RATE, plucked(chord[which], strength, 0.7))
    for bar, beat, beats, note in MELODY:
        seconds = beats * BEAT / RATE
        add(loop, (bar * 4 + beat) * BEAT, int((seconds + 0.5) * RATE), sung(note, 0.34, seconds))
    return echoed(loop)


def echoed(loop: list[float]) -> list[float]:
    """The loop in a small room: a few quiet echoes, which go round as the notes do."""
    echoes = ((1103, 0.22), (1867, 0.16), (2711, 0.11), (3803, 0.07))
    return [sample + sum(share * loop[number - delay] for delay, share in echoes) for number, sample in enumerate(loop)]


def levelled(loop: list[float]) -> array[int]:
    """The loop at LEVEL, as 16-bit samples. Raises ValueError where that would clip."""
    mean = sum(loop) / len(loop)
    rms = math.sqrt(sum((sample - mean) ** 2 for sample in loop) / len(loop))
    gain = 10 ** (LEVEL / 20) / rms
    loop = [(sample - mean) * gain for sample in loop]
    if max(map(abs, loop)) > CEILING:
        raise ValueError(f"the peaks reach {max(map(abs, loop)):.2f} of full scale; the ceiling is {CEILING}")
    return array("h", (round(sample * 32767) for sample in loop))


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description="Makes the hold music.")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).with_name("hold") / "quiet.wav", help="the file to write"
    )
    out: Path = parser.parse_args().out
    samples = levelled(compose())
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    print(f"{out}: {LENGTH / RATE:g} s, peak {20 * math.log10(max(map(abs, samples)) / 32767):.1f} dBFS")


if __name__ == "__main__":
    main()
