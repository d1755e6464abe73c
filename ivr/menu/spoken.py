"""How long words take to say, where no recording tells.

A phone voice says about 150 English words a minute. Other languages stand to English as they do when people read
the same texts aloud: Trauzettel-Klosinski and Dietz, "Standardized Assessment of Reading Performance" (IReST),
Investigative Ophthalmology & Visual Science 53 (2012), 5452-5461: words a minute, English 228, Spanish 218,
French 195, Portuguese 181, German 179.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.menu.words import Pause, Text, Value

ENGLISH = 150.0
"""Words a minute of a voice on the phone."""

_READ_ALOUD = {"en": 228, "es": 218, "fr": 195, "pt": 181, "de": 179}


def words_a_minute(language: str) -> float:
    """How many words of the language, such as es-MX, a voice says in a minute; one that is unknown is as English."""
    return ENGLISH * _READ_ALOUD.get(language.split("-")[0], _READ_ALOUD["en"]) / _READ_ALOUD["en"]


def spoken_seconds(words: str, language: str) -> float:
    """An estimate of how many seconds the words take. A number counts as one word, digits one by one as one each."""
    return len(words.split()) * 60 / words_a_minute(language)


_WORDS_OF: dict[str, int] = {
    "text": 2, "digits": 5, "money": 4, "date": 4, "time": 3, "number": 2, "ordinal": 1, "phone": 10, "yes_no": 1,
    "moment": 3,
}  # fmt: skip
"""As how many words a value counts, by the format or else the type in which it is spoken."""


def text_seconds(text: Text, language: str, types: Mapping[str, str]) -> float:
    """An estimate of how many seconds a text takes, its values (of these types) and pauses with it."""
    words, pauses = 0, 0.0
    for piece in text:
        match piece:
            case str():
                words += sum(any(map(str.isalnum, word)) for word in piece.split())
            case Value(name, format_):
                words += _WORDS_OF.get(format_ or types.get(name, "text"), 2)
            case Pause(seconds):
                pauses += seconds
    return words * 60 / words_a_minute(language) + pauses
