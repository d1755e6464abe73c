"""What comes of a file of audio, and which files are none."""

from __future__ import annotations

import wave
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from sounds import file_of, voice

from ivr.switchboard.prompts.audio import CEILING, TARGET, prepared
from ivr.switchboard.prompts.unfit import UnfitError

STEREO = voice(2, rate=48000)

WHOLE = file_of(voice(2))
PIPED = WHOLE[:4] + b"\xff" * 4 + WHOLE[8:40] + b"\xff" * 4 + WHOLE[44:]
"""Whoever wrote it did not know how long it would be."""

GOOD = {
    "48 kHz in stereo": (file_of(np.stack([STEREO, STEREO], axis=1), rate=48000), 2.0),
    "silence around it": (file_of(voice(2, rate=48000, around=1.5), rate=48000), 2.15),
    "one channel silent": (file_of(np.stack([STEREO, STEREO * 0], axis=1), rate=48000), 2.0),
    "channels that cancel": (file_of(np.stack([STEREO, -STEREO], axis=1), rate=48000), 2.0),
    "FLAC": (file_of(voice(2, rate=44100), rate=44100, kind="FLAC"), 2.0),
    "OGG": (file_of(voice(2, rate=44100), rate=44100, kind="OGG"), 2.0),
    "MP3": (file_of(voice(2, rate=44100), rate=44100, kind="MP3"), 2.0),
    "24 bits, quiet": (file_of(voice(2, loud=0.02), subtype="PCM_24"), 2.0),
    "telephone's µ-law": (file_of(voice(2), subtype="ULAW"), 2.0),
    "an odd rate": (file_of(voice(2, rate=11127), rate=11127), 2.0),
    "one short word": (file_of(voice(0.3)), 0.3),
    "an offset": (file_of(voice(2) + 0.2), 2.0),
    "written into a pipe": (PIPED, 2.0),
}


@pytest.mark.parametrize(("data", "seconds"), GOOD.values(), ids=GOOD)
def test_audio_becomes_what_phones_carry(data: bytes, seconds: float) -> None:
    """8 kHz, mono, 16 bits, without silence around it, at the target, and no sample over the ceiling."""
    made = prepared(data)
    with wave.open(BytesIO(made.wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert made.seconds == len(samples) / 8000 == pytest.approx(seconds, abs=0.16)
    assert made.loudness == pytest.approx(TARGET, abs=0.3)
    assert prepared(made.wav).was == pytest.approx(TARGET, abs=0.3)
    assert np.abs(samples).max() <= CEILING * 32768
    assert made.warnings == ()


def test_audio_that_was_clipped_is_told() -> None:
    """It is taken, with a warning: evening the loudness mends no distortion."""
    made = prepared(file_of(np.clip(voice(2, loud=3.0), -1, 1)))
    assert made.loudness == pytest.approx(TARGET, abs=0.3)
    assert "clipped in " in made.warnings[0]


def cut(data: bytes) -> bytes:
    """The file as it is where its copying ended too soon."""
    return data[: len(data) * 2 // 3]


WAV = file_of(voice(1))
BAD = {
    "empty": (b"", "it is empty"),
    "text": (b"Thank you for calling.\n" * 50, "no audio that can be read"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "no audio that can be read"),
    "a web page": (b"<!doctype html><script>alert(1)</script>" * 9, "no audio that can be read"),
    "noise of bytes": (bytes(range(256)) * 40, "no audio that can be read"),
    "the head alone": (WAV[:44], "it breaks off"),
    "half a head": (WAV[:30], "it breaks off"),
    "a WAV that breaks off": (cut(WAV), "it breaks off"),
    "an AIFF that breaks off": (cut(file_of(voice(2), kind="AIFF")), "it breaks off"),
    "an MP3 that breaks off": (cut(file_of(voice(2, rate=44100), rate=44100, kind="MP3")), "it breaks off"),
    "a FLAC that breaks off": (cut(file_of(voice(2), kind="FLAC")), "no audio that can be read"),
    "an OGG that breaks off": (cut(file_of(voice(2), kind="OGG")), "there is no sound"),
    "silence": (file_of(np.zeros(16000)), "too quiet"),
    "a whisper of noise": (file_of(voice(2, loud=0.001), subtype="PCM_24"), "too quiet"),
    "a click": (file_of(np.concatenate([np.zeros(8000), np.full(80, 0.5), np.zeros(8000)])), "too short"),
    "two minutes and more": (file_of(np.zeros(8000 * 121)), "too long: 121 s"),
    "no numbers": (file_of(np.full(8000, np.nan, "float32"), subtype="FLOAT"), "broken"),
    "a telegraph's rate": (file_of(voice(2), rate=4000), "4000 samples a second"),
    "six channels": (file_of(np.stack([voice(1)] * 6, axis=1)), "6 channels"),
    "a matrix": (file_of(voice(1), kind="MAT5"), "no audio of a kind that is taken"),
}


@pytest.mark.parametrize(("data", "why"), BAD.values(), ids=BAD)
def test_what_is_no_recording_is_refused_and_told_why(data: bytes, why: str) -> None:
    """By what is in it: its name was never asked."""
    with pytest.raises(UnfitError, match=why):
        prepared(data)


def test_no_beginning_of_a_file_is_a_crash() -> None:
    """A file that was cut off anywhere is a recording or refused."""
    for kind in ("WAV", "FLAC", "OGG", "MP3", "AIFF"):
        data = file_of(voice(1), kind=kind)
        for end in range(0, len(data), max(1, len(data) // 23)):
            with suppress(UnfitError):
                assert prepared(data[:end]).seconds > 0
