"""Hold audio, a piece at a time: so that it goes on where it was, whatever is said in between.

"Hold audio starts anew with each wait document", so each document plays a piece of its own.
"""

from __future__ import annotations

import io
import wave


def piece(audio: bytes, offset: float, seconds: float) -> bytes:
    """So many seconds of a WAV file from an offset on, as a WAV file; after its end it begins anew.

    Raises ValueError for what is no WAV file in PCM, or an empty one.
    """
    try:
        with wave.open(io.BytesIO(audio)) as whole:
            form, rate, length = whole.getparams(), whole.getframerate(), whole.getnframes()
            frames = whole.readframes(length)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"this is no WAV file that can be cut: {error}") from None
    size = form.sampwidth * form.nchannels
    length = len(frames) // size  # a header may promise more than there is
    if not length:
        raise ValueError("this WAV file is empty")
    start, wanted = round(offset * rate) % length, max(round(seconds * rate), 1)
    round_ = frames[start * size : length * size] + frames[: start * size]
    cut = (round_ * -(-wanted // length))[: wanted * size]
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setparams(form)
        out.writeframes(cut)
    return made.getvalue()


def silence(seconds: float) -> bytes:
    """So many seconds of silence, as a WAV file of telephone quality."""
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(2 * round(8000 * seconds)))
    return made.getvalue()
