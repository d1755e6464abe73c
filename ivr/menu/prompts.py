"""Words under a key, as a prompt in every language of the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from babel import Locale

from ivr.menu.phrases import KNOWN, phrase
from ivr.menu.phrases_queue import QUEUE_PHRASES
from ivr.menu.problems import all_of, did_you_mean, shown
from ivr.menu.reader import Reader, Shape, Skip
from ivr.menu.shapes import SCALAR
from ivr.menu.source import Node
from ivr.menu.words import Prompt, Text, WordsError, parse

LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")

LONGEST_TEXT = 3000
"""Characters. "Text limits: basic voices 4096 characters, Polly 3000, Google 5000": what every voice takes."""

_TEXTS: dict[str, Any] = {"anyOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]}
_BY_LANGUAGE: dict[str, Any] = {
    "type": "object",
    "patternProperties": {f"^{LANGUAGE.pattern}$": _TEXTS},
    "additionalProperties": False,
    "minProperties": 1,
}
_ONE_TIME: dict[str, Any] = {"anyOf": [SCALAR, _BY_LANGUAGE]}

WORDS: dict[str, Any] = {"anyOf": [SCALAR, _BY_LANGUAGE, {"type": "array", "items": _ONE_TIME, "minItems": 1}]}


def read_words(node: Node, reader: Reader, address: str) -> Prompt:
    """The prompt of a node: one text, or a map of one per language, or a block list of either, which tapers."""
    texts: dict[str, list[Text]] = {}
    if _collect(node, reader, texts):
        raise Skip
    return Prompt(address, {language: tuple(texts[language]) for language in reader.languages if language in texts})


def _collect(node: Node, reader: Reader, texts: dict[str, list[Text]]) -> bool:
    """Gathers the texts per language; says whether a problem was noted."""
    if node.kind == "scalar":
        if len(reader.languages) > 1 and not node.empty and not reader.any_language:
            message = f"these words are in one language, and the line speaks {all_of(reader.languages)}; "
            reader.problem(node, "missing-language", f'{message}write each on a line of its own, as "en-US: words"')
            return True
        return _text(node, reader, reader.languages[0], texts)
    if node.flow and not (node.items or node.pairs):
        reader.problem(node, "no-words", "there are no words to say here")
        return True
    if node.flow:
        sign = "[ ]" if node.kind == "list" else "{ }"
        message = f"to YAML {sign} make a list of these words; put words in double quotes, each language on a line"
        reader.problem(node, "flow-words", message)
        return True
    if node.kind == "list":
        wrong = [_item(item, reader, texts) for item in node.items]  # a list, so that all are read
        return any(wrong)
    try:
        pairs = reader.pairs(node, "words to say")
    except Skip:
        return True
    wrong = [_language(key, value, reader, texts) for key, value in pairs]
    broken = any(wrong)
    missing = [language for language in reader.languages if all(key.text != language for key, _ in pairs)]
    if missing and not broken and not reader.any_language:
        message = f"there are no words for {all_of(missing)}; all that is said is said in {all_of(reader.languages)}"
        reader.problem(node, "missing-language", message)
        return True
    return broken


def _item(node: Node, reader: Reader, texts: dict[str, list[Text]]) -> bool:
    if node.kind == "list":
        message = "to YAML this is a list in a list; quote words" if node.flow else "words are expected, not a list"
        reader.problem(node, "flow-words" if node.flow else "shape", message)
        return True
    return _collect(node, reader, texts)


def _language(key: Node, value: Node, reader: Reader, texts: dict[str, list[Text]]) -> bool:
    if key.text not in reader.languages:
        near = key.text.lower().replace("_", "-").split("-")[0]
        if near in {language.split("-")[0] for language in reader.languages} or LANGUAGE.fullmatch(key.text):
            if reader.any_language:
                return False
            hint = did_you_mean(key.text, reader.languages)
            speaks = all_of(reader.languages)
            message = f"{shown(key.text)} is no language of this line{hint}; it speaks {speaks}"
            reader.problem(key, "unknown-language", message)
        else:
            message = f"to YAML {shown(key.text + ':')} is a key, and words have no keys but languages"
            reader.problem(key, "colon-in-words", f"{message}; put the words in double quotes")
        return True
    if value.kind == "list" and not value.flow:
        wrong = [_text(item, reader, key.text, texts) for item in value.items]
        return any(wrong)
    return _text(value, reader, key.text, texts)


def _text(node: Node, reader: Reader, language: str, texts: dict[str, list[Text]]) -> bool:
    if node.kind != "scalar":
        if node.flow and not (node.items or node.pairs):
            reader.problem(node, "no-words", "there are no words to say here")
        elif node.flow:
            message = "to YAML brackets or braces make a list or map of words; put the words in double quotes"
            reader.problem(node, "flow-words", message)
        elif node.kind == "map":
            message = f'to YAML the ": " after {shown(node.pairs[0][0].text)} makes it a key; quote the words'
            reader.problem(node, "colon-in-words", message)
        else:
            reader.problem(node, "shape", "words are expected here, and not a list in a list")
        return True
    try:
        text = parse(reader.words(node))
    except WordsError as error:
        reader.problem(node, error.rule, str(error))
        return True
    except Skip:
        return True
    length = sum(len(piece) for piece in text if isinstance(piece, str))
    if length > LONGEST_TEXT:
        message = f"these words have {length:,} characters, and a voice takes {LONGEST_TEXT:,}; make two steps"
        reader.problem(node, "too-long", message)
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


def queue_prompts(languages: tuple[str, ...]) -> Iterator[Prompt]:
    """What the service says to callers who wait (`service.queue_…`), in each of the line's languages.

    Their values (`<place>`, `<low>`, `<key>`, …) come from the wait, not from names of the line.
    """
    for name in QUEUE_PHRASES["en"]:
        texts = {language: (parse(QUEUE_PHRASES[language.split("-")[0]][name]),) for language in languages}
        yield Prompt(f"service.{name}", texts)


def option_prompt(prompt: Prompt, key: str) -> Prompt:
    """The words of an option with the key that takes it: "To hear the next departures, press 1."

    The service says the key itself, so that prompt and keypad cannot drift apart.
    """
    texts = {}
    for language, variants in prompt.texts.items():
        if language.split("-")[0] not in KNOWN:
            texts[language] = variants  # the file's languages are a problem, and told as one
            continue
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
