"""Drafts: recordings by an offline synthesizer, until a person reads the words."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from ivr.menu.words import Pause, Text
from ivr.switchboard.prompts.bringing import Judged, judge
from ivr.switchboard.prompts.standing import Standing
from ivr.switchboard.prompts.synthesis import read

VOICES = {"en-US": "en-us", "en-GB": "en-gb", "es-ES": "es", "fr-CA": "fr", "pt-PT": "pt"}
"""Voices of a language in a country, where they are not just what the language's name says."""

_BY_LANGUAGE = {"en": "en-us", "es": "es-419", "fr": "fr", "de": "de", "pt": "pt-br"}


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
    voice = VOICES.get(text.language) or _BY_LANGUAGE.get(text.language.split("-")[0], text.language.split("-")[0])
    return judge(read(ssml(text.text), voice), text, text.name)


def ssml(text: Text) -> str:
    """The text as espeak-ng takes it, with its pauses."""
    pieces = (
        f'<break time="{piece.seconds * 1000:.0f}ms"/>' if isinstance(piece, Pause) else escape(str(piece))
        for piece in text
    )
    return f"<speak>{''.join(pieces)}</speak>"
