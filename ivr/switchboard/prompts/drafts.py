"""Drafts: recordings by espeak-ng, a small free synthesizer that needs no network, until a person reads the words.

It is needed here and nowhere else: `apt-get install espeak-ng`, or its like on another system.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from xml.sax.saxutils import escape

from ivr.menu.words import Pause, Text
from ivr.switchboard.prompts.bringing import Judged, judge
from ivr.switchboard.prompts.standing import Standing

PROGRAM = "espeak-ng"
WORDS_A_MINUTE = 150
PATIENCE = 60.0
"""Seconds that it may take for one text; it needs some hundredths."""

VOICES = {"en-US": "en-us", "en-GB": "en-gb", "es-ES": "es", "fr-CA": "fr", "pt-PT": "pt"}
"""Voices of a language in a country, where they are not just what the language's name says."""

_BY_LANGUAGE = {"en": "en-us", "es": "es-419", "fr": "fr", "de": "de", "pt": "pt-br"}


class NoSynthesizerError(RuntimeError):
    """The synthesizer is not there, has no voice for a language, or failed; in words."""


def drafted(standings: Iterable[Standing], *, again: bool = False) -> list[Standing]:
    """Of the texts, those that a draft is read for: missing, or a draft whose words have changed; the same words once.

    A person's recording is never touched, not even a stale one. `again` reads each draft anew.
    """
    chosen: dict[tuple[str, str, str], Standing] = {}
    for one in standings:
        own = one.file == one.text.path
        if one.state == "missing" or (one.draft and (one.state == "stale" or (again and own))):
            chosen.setdefault((one.text.line, one.text.language, one.text.words), one)
    return list(chosen.values())


def read_aloud(one: Standing) -> Judged:
    """The text as it was read by the synthesizer. Raises NoSynthesizerError."""
    text = one.text
    program = shutil.which(PROGRAM)
    if program is None:
        raise NoSynthesizerError(f"{PROGRAM} is not installed (try: apt-get install {PROGRAM})")
    voice = VOICES.get(text.language) or _BY_LANGUAGE.get(text.language.split("-")[0], text.language.split("-")[0])
    command = [program, "-m", "-v", voice, "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout"]
    try:
        done = subprocess.run(  # noqa: S603 - the words go in as text, the command is ours
            command, input=ssml(text.text).encode(), capture_output=True, timeout=PATIENCE, check=True
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise NoSynthesizerError(f"{PROGRAM} cannot read {text.language}: {said[0] if said else error}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoSynthesizerError(f"{PROGRAM}: {error}") from None
    return judge(_lengths_mended(done.stdout), text, text.name)


def ssml(text: Text) -> str:
    """The text as espeak-ng takes it, with its pauses."""
    pieces = (
        f'<break time="{piece.seconds * 1000:.0f}ms"/>' if isinstance(piece, Pause) else escape(str(piece))
        for piece in text
    )
    return f"<speak>{''.join(pieces)}</speak>"


def _lengths_mended(wav: bytes) -> bytes:
    """The WAV with its true length in its head: written into a pipe, it says two gigabytes."""
    size = len(wav)
    if size < 44 or wav[36:40] != b"data":
        return wav
    return wav[:4] + (size - 8).to_bytes(4, "little") + wav[8:40] + (size - 44).to_bytes(4, "little") + wav[44:]
