"""How long words take to say, where no recording tells.

A phone voice says about 150 English words a minute. Other languages stand to English as they do when people read
the same texts aloud: Trauzettel-Klosinski and Dietz, "Standardized Assessment of Reading Performance" (IReST),
Investigative Ophthalmology & Visual Science 53 (2012), 5452-5461: words a minute, English 228, Spanish 218,
French 195, Portuguese 181, German 179.
"""

from __future__ import annotations

ENGLISH = 150.0
"""Words a minute of a voice on the phone."""

_READ_ALOUD = {"en": 228, "es": 218, "fr": 195, "pt": 181, "de": 179}


def words_a_minute(language: str) -> float:
    """How many words of the language, such as es-MX, a voice says in a minute; one that is unknown is as English."""
    return ENGLISH * _READ_ALOUD.get(language.split("-")[0], _READ_ALOUD["en"]) / _READ_ALOUD["en"]


def spoken_seconds(words: str, language: str) -> float:
    """An estimate of how many seconds the words take. A number counts as one word, digits one by one as one each."""
    return len(words.split()) * 60 / words_a_minute(language)
