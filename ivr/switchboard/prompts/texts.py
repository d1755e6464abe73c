"""The texts of a line that callers may hear, each with the place of its recording."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.call.answers import date_order
from ivr.menu import Flow
from ivr.menu.spoken import spoken_seconds
from ivr.menu.steps import Ask, Language, Survey
from ivr.menu.words import Pause, Text, Value, plain

_AT_NEED = re.compile(r"service\.(?:language\.\d\..*|date_...|money|yes_no|until_pound)")


@dataclass(frozen=True, slots=True)
class PromptText:
    """One text of a prompt in one language. `variant` 0 is said the first time, 1 the second, …; `piece` is the piece
    that the prompt comes from, empty where the line's own file or the service has it.
    """

    line: str
    address: str
    variant: int
    language: str
    text: Text
    piece: str = ""

    @property
    def name(self) -> str:
        """What its file is called, without the ending: the address; `….2` where it is said the second time.

        An address that begins with a dot (words of a look-up) goes without it: such a file would be hidden.
        """
        return f"{self.address.removeprefix('.')}{f'.{self.variant + 1}' if self.variant else ''}"

    @property
    def path(self) -> str:
        """Where its recording is kept below the folder of recordings."""
        return f"{self.language}/{self.line}/{self.name}.wav"

    @property
    def words(self) -> str:
        """The words as a menu file has them, and the manifest."""
        return plain(self.text)

    @property
    def valued(self) -> bool:
        """Whether values are said in it: then it is spoken by the carrier's voice, always."""
        return any(isinstance(piece, Value) for piece in self.text)

    @property
    def seconds(self) -> float:
        """About how long it takes to say; a value counts as one word."""
        said = "".join(" " if isinstance(it, Pause) else "0" if isinstance(it, Value) else it for it in self.text)
        pauses = sum(piece.seconds for piece in self.text if isinstance(piece, Pause))
        return spoken_seconds(said, self.language) + pauses


def texts_of(flow: Flow) -> Iterator[PromptText]:
    """Every text that the line can say, its own and the service's, step by step.

    Of the service's words on how to enter an answer, and on languages, only what this line has a use for.
    """
    needed = _needed(flow)
    for prompt in flow.prompts():
        piece = piece_of(flow, prompt.address)
        for language, texts in prompt.texts.items():
            if _AT_NEED.fullmatch(prompt.address) and (prompt.address, language) not in needed:
                continue
            for variant, text in enumerate(texts):
                yield PromptText(flow.name, prompt.address, variant, language, text, piece)


def _needed(flow: Flow) -> set[tuple[str, str]]:
    """Of the words that only some lines say, those of this one: address and language."""
    found: set[tuple[str, str]] = set()
    for step in flow.steps.values():
        match step.act:
            case Language(languages=offered):
                found |= {(f"service.language.{key}.{language}", language) for key, language in enumerate(offered, 1)}
            case Ask(type="date"):
                found |= {(f"service.date_{date_order(language)}", language) for language in flow.languages}
            case Ask(type="money" | "yes_no" as type_):
                found |= {(f"service.{type_}", language) for language in flow.languages}
            case Ask(length=(low, high)) if low != high:
                found |= {("service.until_pound", language) for language in flow.languages}
            case Survey():
                found |= {("service.yes_no", language) for language in flow.languages}
    return found


def piece_of(flow: Flow, address: str) -> str:
    """The piece that the prompt of this address comes from: the innermost, where pieces run pieces; else nothing."""
    words = address.removeprefix(".lookups.").split(".")
    for end in range(len(words) - 1, 0, -1):
        use = flow.uses.get(".".join(words[:end]))
        if use and len(words) > end + 1:  # what the running step itself says is not of the piece
            return use.piece
    return ""
