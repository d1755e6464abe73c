"""Pieces of hold audio."""

from __future__ import annotations

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.carrier.hold import piece

RATE = 8000


def audio(samples: bytes, rate: int = RATE) -> bytes:
    """A WAV file of these samples, a byte each."""
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(rate)
        out.writeframes(samples)
    return made.getvalue()


def samples(data: bytes) -> bytes:
    """The samples of a WAV file."""
    with wave.open(io.BytesIO(data)) as found:
        return found.readframes(found.getnframes())


SECOND = bytes(number % 251 for number in range(RATE))


def test_pieces_make_the_whole() -> None:
    """One after the other they are the audio, and after its end it begins anew."""
    whole = audio(SECOND)
    pieces = b"".join(samples(piece(whole, n * 0.4, 0.4)) for n in range(10))
    assert pieces == SECOND * 4
    assert samples(piece(whole, 0, 2.5)) == SECOND * 2 + SECOND[: RATE // 2]


@given(st.floats(0, 10_000), st.floats(0, 20), st.integers(1, 500))
def test_a_piece_is_as_long_as_it_was_asked(offset: float, seconds: float, length: int) -> None:
    """Whatever the audio's own length."""
    assert len(samples(piece(audio(SECOND[:length]), offset, seconds))) == max(round(seconds * RATE), 1)


def test_stereo_in_sixteen_bits_is_cut_between_samples() -> None:
    """Both channels go on together."""
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setparams((2, 2, 100, 0, "NONE", ""))
        out.writeframes(bytes(range(200)) * 2)
    assert samples(piece(made.getvalue(), 0.01, 0.02)) == bytes(range(4, 12))


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3 an mp3", audio(b"")])
def test_what_cannot_be_cut_says_so(data: bytes) -> None:
    """No WAV file, or an empty one."""
    with pytest.raises(ValueError, match="WAV"):
        piece(data, 0, 1)
