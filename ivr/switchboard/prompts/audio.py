"""A file of audio as the telephone has it: 8 kHz, mono, 16 bits, even in loudness, without silence around it.

What a file is, is told by what is in it, never by its name. libsndfile (soundfile) reads it, SciPy resamples it,
pyloudnorm measures its loudness as ITU-R BS.1770-4 says. These libraries take their time to load, so whoever serves
calls does not import this module.

The target is TARGET. Telephone networks carry speech at an active level of -19 dBm0, which is -22 dBFS as root mean
square (ITU-T G.169 and G.115, as RFC 7874 section 4 has them), within 6 dB; prompts are 2 dB above it, as hold music
and the voices of carriers are, with their peaks under CEILING.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from math import gcd

import numpy as np
import pyloudnorm
import soundfile
from scipy.signal import butter, resample_poly, sosfilt

from ivr.switchboard.prompts.unfit import LARGEST, UnfitError

RATE = 8000
TARGET = -20.0
"""LUFS, integrated over the prompt."""
KNEE, CEILING = 0.5, 0.9
"""Of full scale (-6 and -0.9 dBFS): peaks over the knee are rounded, and none reaches the ceiling."""
QUIETEST = -45.0
"""LUFS. What is quieter would be raised by more than 25 dB, and the noise of its room with it."""
LONGEST = 120.0
"""Seconds of a file: no caller hears out a longer prompt."""
SHORTEST = 0.2
"""Seconds of sound; a single word is longer."""
BEFORE, AFTER = 0.05, 0.1
"""Seconds that are kept around the sound, as far as there are any."""

_FORMATS = ("WAV", "WAVEX", "W64", "RF64", "AIFF", "CAF", "AU", "FLAC", "OGG", "MP3")
_RUMBLE = 80  # Hz; phones carry 300 to 3400
_SILENCE = -60.0  # dBFS, and 40 dB under the loudest: what is below both is silence
_FRAME = RATE // 100
_FULL = 0.9995
_CUT = "it breaks off: its head tells of more than there is; copy or send it again, whole"

Samples = np.ndarray


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recording as it is kept: a WAV file, its seconds, its loudness before and after (LUFS), what is doubtful."""

    wav: bytes
    seconds: float
    was: float
    loudness: float
    warnings: tuple[str, ...] = ()


class _Bytes(BytesIO):
    """The file for libsndfile, which seeks before the beginning of broken ones, where Python would print a trace."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return super().seek(max(0, offset) if whence == 0 else offset, whence)


def prepared(data: bytes) -> Prepared:
    """The file as a recording. Raises UnfitError where it is no audio, too long, too short, too quiet or broken."""
    samples, rate = _read(data)
    warnings = []
    if clipped := _clipped(samples):
        where = "1 place" if clipped == 1 else f"{clipped} places"
        warnings.append(f"clipped in {where}: recorded too loud, and it stays distorted; record it again if you can")
    sound = _trimmed(_telephone(_mono(samples), rate))
    was = _loudness(sound)
    if was < QUIETEST:
        raise UnfitError(f"too quiet: {was:.0f} LUFS, and below {QUIETEST:.0f} its noise would be raised with it")
    even, loudness = _evened(sound, was)
    if abs(loudness - TARGET) > 1:
        warnings.append(f"its loudness stays at {loudness:.1f} LUFS where {TARGET:.0f} are wanted: it is very uneven")
    out = BytesIO()
    soundfile.write(out, even, RATE, format="WAV", subtype="PCM_16")
    return Prepared(out.getvalue(), len(even) / RATE, was, loudness, tuple(warnings))


def _read(data: bytes) -> tuple[Samples, int]:
    """The samples, one column a channel, and how many there are a second."""
    if len(data) > LARGEST:
        raise UnfitError(f"too large: {len(data) / 1e6:.0f} MB, and {LARGEST / 1e6:.0f} MB are the most")
    if not data:
        raise UnfitError("it is empty")
    if _is_cut(data):
        raise UnfitError(_CUT)
    kinds = "WAV, AIFF, FLAC, OGG or MP3"
    try:
        with soundfile.SoundFile(_Bytes(data)) as file:
            rate, frames = file.samplerate, file.frames
            if file.format not in _FORMATS:
                raise UnfitError(f"no audio of a kind that is taken; send {kinds}")
            if file.channels > 2:
                raise UnfitError(f"{file.channels} channels; one is expected, or two")
            if not RATE <= rate <= 192_000:
                raise UnfitError(f"{rate} samples a second; from {RATE} to 192000 are expected")
            if frames > LONGEST * rate:
                raise UnfitError(f"too long: {frames / rate:.0f} s, and {LONGEST:.0f} s are the most")
            samples = file.read(frames, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, TypeError) as error:
        raise UnfitError(f"no audio that can be read; send {kinds}") from error
    if not len(samples):
        raise UnfitError("there is no sound in it")
    if len(samples) + max(rate // 4, frames // 50) < frames:
        raise UnfitError(_CUT)
    if not np.isfinite(samples).all():
        raise UnfitError("its samples are no numbers: the file is broken")
    return samples, rate


def _is_cut(data: bytes) -> bool:
    """Whether the head of a WAV or AIFF file tells of more bytes than there are. One that was written into a pipe has
    no length there, or the greatest one.
    """
    told = int.from_bytes(data[4:8], "little" if data.startswith(b"RIFF") else "big")
    return data.startswith((b"RIFF", b"FORM")) and len(data) + 1024 < told + 8 < 0x7FFF0000


def _clipped(samples: Samples) -> int:
    """In how many places three samples in a row are at full scale."""
    full = np.abs(samples) >= _FULL
    runs = (full[2:] & full[1:-1] & full[:-2]).any(axis=1)
    return int(runs[:1].sum() + (runs[1:] & ~runs[:-1]).sum())


def _mono(samples: Samples) -> Samples:
    """Both channels as one; the louder alone where they cancel each other out, or one is silent."""
    mixed = samples.mean(axis=1)
    levels = np.sqrt(np.einsum("ij,ij->j", samples, samples, dtype=np.float64) / len(samples))
    together = np.sqrt((mixed.astype(np.float64) ** 2).mean())
    return samples[:, levels.argmax()] if together < 0.6 * levels.max() else mixed


def _telephone(sound: Samples, rate: int) -> Samples:
    """At 8 kHz, without rumble and without an offset."""
    shared = gcd(rate, RATE)
    resampled = resample_poly(sound.astype(np.float64), RATE // shared, rate // shared) if rate != RATE else sound
    heard: Samples = sosfilt(butter(2, _RUMBLE, "highpass", fs=RATE, output="sos"), resampled)
    return heard


def _trimmed(sound: Samples) -> Samples:
    """Without the silence before and after it."""
    whole = len(sound) // _FRAME * _FRAME
    if not whole:
        raise UnfitError("there is no sound in it")
    power = (sound[:whole].reshape(-1, _FRAME) ** 2).mean(axis=1)
    levels = 10 * np.log10(np.maximum(power, 1e-12))
    heard = np.flatnonzero(levels > max(_SILENCE, levels.max() - 40))
    if not len(heard):
        raise UnfitError("too quiet: there is nothing but silence in it")
    first, last = heard[0] * _FRAME, (heard[-1] + 1) * _FRAME
    if last - first < SHORTEST * RATE:
        raise UnfitError(f"too short: {(last - first) / RATE:.2f} s of sound, and no word is shorter than {SHORTEST} s")
    return sound[max(0, first - int(BEFORE * RATE)) : last + int(AFTER * RATE)]


def _loudness(sound: Samples) -> float:
    """LUFS; a sound that is shorter than the standard's block of 0.4 s is one block."""
    block = min(0.4, int(len(sound) / RATE * 1000) / 1000)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(pyloudnorm.Meter(RATE, block_size=block).integrated_loudness(sound))


def _evened(sound: Samples, was: float) -> tuple[Samples, float]:
    """The sound at TARGET, and what it came to: rounding peaks takes some loudness, which is given back."""
    gain, even, loudness = TARGET - was, sound, was
    for _ in range(4):
        even = _rounded(sound * 10 ** (gain / 20))
        loudness = _loudness(even)
        if abs(TARGET - loudness) < 0.1:
            break
        gain += TARGET - loudness
    return even, loudness


def _rounded(sound: Samples) -> Samples:
    """What stands over the knee, pressed in under the ceiling."""
    over, room = np.abs(sound) - KNEE, CEILING - KNEE
    return np.where(over > 0, np.sign(sound) * (KNEE + room * np.tanh(over / room)), sound)
