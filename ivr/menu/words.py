"""Words to speak: text with values and pauses in it, in each language, tapered.

`<name as format>` speaks a value, `<pause 1s>` pauses. Angle brackets collide with nothing in YAML and are
not spoken by anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.menu.problems import did_you_mean, one_of, shown
from ivr.menu.values import FORMATS, Format


@dataclass(frozen=True, slots=True)
class Value:
    """A value to speak: a name such as `departures.to`, and how; the type's first format where none is named."""

    name: str
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    seconds: float


Piece = str | Value | Pause
Text = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words under an address such as `main.menu.1`: per language the text of the first time, the second, …

    The last text serves for all later times. Every language of the line is there.
    """

    address: str
    texts: Mapping[str, tuple[Text, ...]]

    @property
    def tapered(self) -> bool:
        """Whether it matters how often the caller has heard it."""
        return any(len(texts) > 1 for texts in self.texts.values())

    def text(self, language: str, heard: int = 0) -> Text:
        """The text for a caller of that language who has heard this prompt `heard` times."""
        texts = self.texts[language]
        return texts[min(heard, len(texts) - 1)]


_ANGLE = re.compile(r"<([^<>]*)>")
_VALUE = re.compile(r"^([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)(?:\s+as\s+(\S+))?$")
_PAUSE = re.compile(r"^pause\s+(\d{1,2}(?:\.\d)?)s$")
_XML_FORBIDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

LONGEST_PAUSE = 10.0


class WordsError(ValueError):
    """Words that cannot be spoken as they are written. `rule` names the problem's rule."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


def parse(words: str) -> Text:
    """The pieces of the words. Raises WordsError where a bracket means nothing."""
    if bad := _XML_FORBIDS.search(words):
        raise WordsError(
            "bad-character",
            f"the character U+{ord(bad[0]):04X} cannot be sent to a carrier (XML 1.0 forbids it)",
        )
    text = " ".join(words.split())
    if not text:
        raise WordsError("no-words", "there are no words to say here")
    pieces: list[Piece] = []
    end = 0
    for match in _ANGLE.finditer(text):
        _add(pieces, text[end : match.start()])
        pieces.append(_angle(match[1].strip()))
        end = match.end()
    _add(pieces, text[end:])
    return tuple(pieces)


def _add(pieces: list[Piece], text: str) -> None:
    if "<" in text or ">" in text:
        raise WordsError(
            "bracket", 'a lone "<" or ">"; values are written <name> or <name as format>, pauses <pause 1s>'
        )
    if text:
        pieces.append(text)


def _angle(inside: str) -> Piece:
    if pause := _PAUSE.match(inside):
        seconds = float(pause[1])
        if not 0 < seconds <= LONGEST_PAUSE:
            raise WordsError("bracket", f"a pause lasts more than 0s and at most {LONGEST_PAUSE:g}s")
        return Pause(seconds)
    value = _VALUE.match(inside)
    if not value:
        written = shown(f"<{inside}>")
        raise WordsError("bracket", f"{written} is neither a value (<name as format>) nor a pause (<pause 1s>)")
    for format_ in FORMATS:
        if value[2] in (None, format_):
            return Value(value[1], format_ if value[2] else None)
    hint = did_you_mean(value[2], FORMATS)
    raise WordsError("format", f'"{value[2]}" is no format{hint}; the formats are {one_of(FORMATS)}')


def plain(text: Text) -> str:
    """The text as one would write it in a menu file."""
    return "".join(_written(piece) for piece in text)


def _written(piece: Piece) -> str:
    match piece:
        case str():
            return piece
        case Value(name, None):
            return f"<{name}>"
        case Value(name, format_):
            return f"<{name} as {format_}>"
        case Pause(seconds):
            return f"<pause {seconds:g}s>"


@dataclass(frozen=True, slots=True)
class Template:
    """Text with values put in, for machines: an address, a header, what a table column shall equal."""

    source: str
    pieces: Text

    @property
    def names(self) -> tuple[str, ...]:
        """The names it uses, in order."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Value))

    @property
    def only_name(self) -> str | None:
        """The name, where the template is nothing but one value."""
        match self.pieces:
            case (Value(name),):
                return name
        return None

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with each name's value in its place."""
        return "".join(values[piece.name] if isinstance(piece, Value) else str(piece) for piece in self.pieces)


def template(text: str) -> Template:
    """A template. Raises WordsError for brackets that mean nothing, for formats and for pauses."""
    if bad := _XML_FORBIDS.search(text):
        raise WordsError("bad-character", f"the character U+{ord(bad[0]):04X} cannot be sent anywhere")
    pieces: list[Piece] = []
    end = 0
    for match in _ANGLE.finditer(text):
        _add(pieces, text[end : match.start()])
        piece = _angle(match[1].strip())
        if not isinstance(piece, Value) or piece.format:
            raise WordsError("bracket", f'only <name> can stand here, not "{match[0]}"')
        pieces.append(piece)
        end = match.end()
    _add(pieces, text[end:])
    return Template(text, tuple(pieces))
