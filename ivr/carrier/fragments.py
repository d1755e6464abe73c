"""The words of a prompt as ready pieces of a document.

A prompt's text is rendered once a version and language. What differs from request to request is all that is
left to put in: values, and the address that recordings are fetched from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

from ivr.carrier.markup import clean, cut, escape, quoted
from ivr.carrier.profile import Profile
from ivr.menu.words import Text, Value


@dataclass(frozen=True, slots=True)
class Played:
    """A recorded text: the path of its recording under `/recordings/`, as XML."""

    path: str

    def fill(self, base: str) -> str:
        """The fragment, with recordings under `base` (as XML)."""
        return f"<Play>{base}/recordings/{self.path}</Play>"


@dataclass(frozen=True, slots=True)
class Valued:
    """A text with values: finished fragments, and runs of words in which None is the next value."""

    parts: tuple[str | tuple[str | None, ...], ...]
    language: str
    longest: int

    def fill(self, values: tuple[str, ...]) -> str:
        """The fragment with its values in, each run cut at a word so that no Say exceeds the carrier's limit."""
        rest = iter(values)
        return "".join(
            [
                part
                if isinstance(part, str)
                else say(
                    "".join([next(rest, "") if piece is None else piece for piece in part]), self.language, self.longest
                )
                for part in self.parts
            ]
        )


@dataclass(frozen=True, slots=True)
class Named:
    """A text that is one value, which names an audio: `path` gives the audio's URL path of the value."""

    path: Callable[[str], str]

    def fill(self, base: str, values: tuple[str, ...]) -> str:
        """The fragment, with the audio under `base` (as XML)."""
        return f"<Play>{base}{escape(clean(self.path(values[0])))}</Play>"


Fragment = str | Played | Valued | Named


def played(path: str) -> Played:
    """The fragment of a text that is recorded at this URL path under `/recordings/`."""
    return Played(escape(clean(path)))


def worded(text: Text, language: str, profile: Profile) -> Fragment:
    """The fragment of a text that is spoken: one str where it has no values.

    "Nested: Say, Play, Pause": a pause stands between two Says, in a Gather too. Its length is whole seconds
    greater than 0, so it is rounded up.
    """
    parts = tuple(_parts(text, language, profile))
    if all(isinstance(part, str) for part in parts):
        return "".join(map(str, parts))
    return Valued(parts, language, profile.longest_text)


def say(words: str, language: str, longest: int) -> str:
    """One Say of at most `longest` characters; nothing at all where there are no words (an empty one is 13520)."""
    words = cut(clean(words).strip(), longest)
    return f"<Say language={quoted(language)}>{escape(words)}</Say>" if words else ""


def _parts(text: Text, language: str, profile: Profile) -> Iterator[str | tuple[str | None, ...]]:
    run: list[str | None] = []
    for piece in (*text, None):
        match piece:
            case str():
                run.append(piece)
            case Value():
                run.append(None)
            case _:
                if None in run:
                    yield tuple(run)
                else:
                    yield say("".join(map(str, run)), language, profile.longest_text)
                run = []
                if piece and profile.pauses:
                    yield f'<Pause length="{max(1, ceil(piece.seconds))}" />'
