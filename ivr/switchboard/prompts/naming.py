"""Which text a file is the recording of: by its name, which is the address, and by the folders around it.

`main.menu.1.wav`, `en-US/main.menu.1.wav`, `en-US/meridian/main.menu.1.wav`; `….2.wav` is what is said the second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from ivr.menu.problems import did_you_mean, one_of, shown
from ivr.menu.words import Value, plain
from ivr.switchboard.prompts.texts import PromptText
from ivr.switchboard.prompts.unfit import UnfitError

ENDINGS = (".wav", ".wave", ".aif", ".aiff", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".caf", ".au", ".w64")
"""Endings of files that are meant as audio; whether they are is told by what is in them."""


def text_named(file: PurePosixPath, known: Sequence[PromptText], language: str = "") -> PromptText | None:
    """The text that the file's path names; None where the file is not meant as a recording at all.

    `language` is that of files that lie in no folder of a language. Raises UnfitError where the path names no text,
    several, or one that is never played.
    """
    name = file.stem if file.suffix.lower() in ENDINGS else file.name
    if all(text.name != name for text in known) and file.suffix.lower() not in ENDINGS:
        return None
    folders = {part.casefold() for part in file.parts[:-1]}
    languages = {text.language for text in known}
    spoken = {one for one in languages if one.casefold() in folders} or ({language} if language else languages)
    lines = {text.line for text in known}
    lines = {one for one in lines if one.casefold() in folders} or lines
    among = [text for text in known if text.language in spoken and text.line in lines]
    if language and language not in languages:
        raise UnfitError(f"no line speaks {language}{did_you_mean(language, languages)}; there is {one_of(languages)}")
    found = [text for text in among if text.name == name]
    if not found:
        raise UnfitError(_unknown(name, among, known))
    if len({text.language for text in found}) > 1:
        both = one_of(sorted({text.language for text in found}))
        raise UnfitError(f"in which language? Put it into a folder {both}, or name it with --language")
    if len({text.line for text in found}) > 1:
        both = one_of(sorted({text.line for text in found}))
        raise UnfitError(f"of which line? Put it into a folder {both}, or import for one line with --line")
    text = found[0]
    if text.valued:
        value = next(plain((piece,)) for piece in text.text if isinstance(piece, Value))
        raise UnfitError(f"these words hold a value, {value}, so the carrier's voice says them, always")
    return text


def _unknown(name: str, among: Sequence[PromptText], known: Sequence[PromptText]) -> str:
    elsewhere = sorted({f"{text.language} of {text.line}" for text in known if text.name == name})
    if elsewhere:
        return f"{shown(name)} is an address, but here only in {one_of(elsewhere)}"
    hint = did_you_mean(name, sorted({text.name for text in among if not text.valued}))
    return f"{shown(name)} is no address of a prompt{hint}; the list of prompts has them all"
