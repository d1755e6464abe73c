"""Words under a key, as a prompt in every language of the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from babel import Locale

from ivr.menu.phrases import phrase
from ivr.menu.problems import all_of, did_you_mean, one_of
from ivr.menu.shapes import SCALAR, Reader, Shape, Skip
from ivr.menu.source import Node
from ivr.menu.words import Prompt, Text, WordsError, parse

LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")

LONGEST_TEXT = 3000
"""Characters. "Text limits: basic voices 4096 characters, Polly 3000, Google 5000": what every voice takes."""

WORDS: dict[str, Any] = {
    "anyOf": [
        SCALAR,
        {
            "type": "object",
            "patternProperties": {"^[a-z]{2,3}-[A-Z]{2}$": {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]}},
            "additionalProperties": False,
        },
        {"type": "array", "items": {"anyOf": [SCALAR, {"type": "object"}]}},
    ]
}


def read_words(node: Node, reader: Reader, address: str) -> Prompt:
    """The prompt of a node: one text, or a map of one per language, or a block list of either, which tapers."""
    texts: dict[str, list[Text]] = {}
    broken = _collect(node, reader, texts)
    missing = [language for language in reader.languages if language not in texts]
    if missing and not broken:
        what = "for every language" if len(missing) == len(reader.languages) else f"for {one_of(missing)}"
        raise reader.problem(node, "missing-language", f"there are no words {what}; write one text per language")
    if broken:
        raise Skip
    return Prompt(address, {language: tuple(texts[language]) for language in reader.languages})


def _collect(node: Node, reader: Reader, texts: dict[str, list[Text]]) -> bool:
    """Gathers the texts per language; says whether a problem was noted."""
    if node.flow:
        sign = "[ ]" if node.kind == "list" else "{ }"
        reader.problem(node, "flow-words", f"words in {sign} lose their commas; write them on lines of their own")
        return True
    broken = False
    match node.kind:
        case "scalar":
            if len(reader.languages) > 1:
                reader.problem(
                    node,
                    "missing-language",
                    f"write these words once per language; the line speaks {all_of(reader.languages)}",
                )
                return True
            broken = _text(node, reader, reader.languages[0] if reader.languages else "", texts)
        case "list":
            for item in node.items:
                if item.kind == "list":
                    reader.problem(item, "shape", "words are expected here, not a list in a list")
                    broken = True
                else:
                    broken = _collect(item, reader, texts) or broken
            if not node.items:
                reader.problem(node, "no-words", "there are no words to say here")
                broken = True
        case "map":
            try:
                pairs = reader.pairs(node, "words")
            except Skip:
                return True
            for key, value in pairs:
                broken = _language(key, value, reader, texts) or broken
    return broken


def _language(key: Node, value: Node, reader: Reader, texts: dict[str, list[Text]]) -> bool:
    if key.text not in reader.languages:
        if LANGUAGE.fullmatch(key.text):
            allowed = one_of(reader.languages)
            hint = did_you_mean(key.text, reader.languages)
            reader.problem(
                key,
                "unknown-language",
                f'"{key.text}" is no language of this line{hint}; it speaks {allowed}',
            )
        else:
            reader.problem(
                key,
                "colon-in-words",
                f'"{key.text}:" is read as a key; put words that have ": " in them in double quotes',
            )
        return True
    if value.kind == "list" and not value.flow:
        broken = not value.items
        if broken:
            reader.problem(value, "no-words", "there are no words to say here")
        for item in value.items:
            broken = _text(item, reader, key.text, texts) or broken
        return broken
    return _text(value, reader, key.text, texts)


def _text(node: Node, reader: Reader, language: str, texts: dict[str, list[Text]]) -> bool:
    if node.kind != "scalar":
        if node.flow:
            reader.problem(node, "flow-words", "brackets or braces around words make a list or map of them; quote them")
        elif node.kind == "map":
            reader.problem(node, "colon-in-words", 'words that have ": " in them stand in double quotes')
        else:
            reader.problem(node, "shape", "words are expected here")
        return True
    try:
        text = parse(reader.words(node))
    except WordsError as error:
        reader.problem(node, error.rule, str(error))
        return True
    except Skip:
        return True
    if sum(len(piece) if isinstance(piece, str) else 0 for piece in text) > LONGEST_TEXT:
        reader.problem(node, "too-long", f"a carrier's voice takes at most {LONGEST_TEXT} characters at once")
        return True
    texts.setdefault(language, []).append(text)
    return False


words: Shape[Prompt] = Shape(read_words, WORDS, "words to say")


def service_prompt(name: str, languages: tuple[str, ...]) -> Prompt:
    """The service's own phrase as a prompt of the line, under `service.NAME`."""
    return Prompt(f"service.{name}", {language: (parse(phrase(name, language)),) for language in languages})


def language_prompts(languages: tuple[str, ...]) -> Iterator[Prompt]:
    """For each language and key that may offer it: "Para español, oprima 2." (`service.language.KEY.LANGUAGE`)."""
    for language in languages:
        locale = Locale.parse(language, sep="-")
        own = locale.languages[locale.language]
        if sum(other.startswith(f"{locale.language}-") for other in languages) > 1:
            own = f"{own} ({locale.territories[locale.territory]})"  # two kinds of the same language
        for key in range(1, 10):
            text = phrase("language", language).format(language=own, key=key)
            yield Prompt(f"service.language.{key}.{language}", {language: (parse(text),)})


def option_prompt(prompt: Prompt, key: str) -> Prompt:
    """The words of an option with the key that takes it: "To hear the next departures, press 1."

    The service says the key itself, so that prompt and keypad cannot drift apart.
    """
    texts = {}
    for language, variants in prompt.texts.items():
        before, _, after = phrase("option", language).replace("{key}", key_name(key, language)).partition("{words}")
        texts[language] = tuple(_around(before, text, after) for text in variants)
    return Prompt(prompt.address, texts)


def key_name(key: str, language: str) -> str:
    """How a key is called in the language: "1", "star", "numeral"."""
    return phrase({"*": "star", "#": "pound"}[key], language) if key in "*#" else key


def _around(before: str, text: Text, after: str) -> Text:
    pieces = list(text)
    if isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip(" .,;:!")
    pieces = [before, *pieces, after]
    joined: list[Any] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)
