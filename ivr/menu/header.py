"""The top of a menu file: the keys that say which line it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel import Locale, UnknownLocaleError

from ivr.menu import shapes
from ivr.menu.flow import Limits
from ivr.menu.options import keypad
from ivr.menu.phrases import KNOWN
from ivr.menu.priority import MOST_HEAD_START
from ivr.menu.problems import did_you_mean, one_of, shown
from ivr.menu.prompts import LANGUAGE
from ivr.menu.reader import Reader, Shape, key
from ivr.menu.shapes import checked, destination, list_of, map_of, record, span
from ivr.menu.source import Node

ANYWHERE = {"*": "back", "9": "repeat", "0": "operator"}
"""What the keys do in every menu where the file does not say: good manners, and most phones'."""


def _timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(text, available_timezones()) or ", such as America/Chicago"
        raise ValueError(f"{shown(text)} is no time zone{hint}") from None


def _country(text: str) -> str:
    if len(text) != 2 or text not in Locale("en").territories:
        raise ValueError(f"{shown(text)} is no country; write its two capital letters, such as US")
    return text


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise ValueError(f"{shown(text)} is no language with its country, such as en-US or es-MX")
    if text.split("-")[0] not in KNOWN:
        raise ValueError(f"the service has no words of its own for {shown(text)}; it knows {one_of(KNOWN)}")
    try:
        Locale.parse(text, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"{shown(text)} is no language that can be spoken") from None
    return text


def _number(text: str) -> str:
    return text if text.startswith(("sip:", "client:")) and len(text) > 7 else shapes.phone_number(text)


def _title(text: str) -> str:
    if not text:
        raise ValueError("a line has a name, such as Meridian Coaches")
    return text


timezone: Shape[ZoneInfo] = checked(_timezone, "a time zone, such as America/Chicago", "timezone")
language = checked(_language, "a language, such as en-US", "language", shapes.matching(LANGUAGE.pattern))
country: Shape[str] = checked(_country, "a country, such as US", "country", shapes.matching("[A-Z]{2}"))


@dataclass(frozen=True, slots=True)
class Header:
    """the top of a menu file"""

    title: str = key(checked(_title, "the line's name", "value"), "what the line is called", name="line")
    numbers: tuple[str, ...] = key(
        list_of(
            checked(_number, "a phone number", "phone-number", shapes.matching(rf"{shapes.E164}|(sip|client):.+")),
            "the line's numbers",
            least=1,
        ),
        'the phone numbers that it answers: ["+15005550006"]',
    )
    zone: ZoneInfo = key(
        timezone,
        "where its clocks stand, such as America/Chicago",
        name="timezone",
    )
    languages: tuple[str, ...] = key(
        list_of(language, "the line's languages", least=1),
        "the languages that it speaks, the first by default: [en-US, es-MX]",
    )
    start: str = key(destination, "the step that every call begins with")
    country: str | None = key(
        country,
        "whose public holidays, currency and phone numbers are meant, such as US",
        default=None,
    )
    operator: str | None = key(destination, "the step that 0 means, and where callers in trouble go", default=None)
    last_resort: str | None = key(
        shapes.phone, "a number to dial when even the operator cannot be had; else voicemail", default=None
    )
    anywhere: Mapping[str, str] = key(
        map_of(keypad, destination, "keys, and where each leads"),
        "keys that work in every menu; without it {star: back, 9: repeat, 0: operator}",
        default=ANYWHERE,
    )
    priority: float = key(
        span(0, MOST_HEAD_START, "a head start"),
        "the head start of this line's callers in every queue, before those who came earlier (0s)",
        default=0.0,
    )
    limits: Limits = key(
        record(Limits, "limits: tries, errors, inputs, steps"), "what ends a call that would go on for ever",
        default=Limits(),
    )  # fmt: skip


def languages_of(root: Node, reader: Reader) -> None:
    """Tells the reader the line's languages, which all that is said needs.

    Where they cannot be read, any language that the words use may be meant, so that other problems still show.
    """
    node = root.get("languages")
    found = [item.text for item in node.items if item.kind == "scalar"] if node is not None else []
    reader.languages = tuple(dict.fromkeys(text for text in found if text))
    if not reader.languages or not all(map(LANGUAGE.fullmatch, reader.languages)):
        used = (entry.text for entry in root.walk() if LANGUAGE.fullmatch(entry.text))
        reader.languages = reader.languages or tuple(dict.fromkeys(used)) or ("en-US",)
        reader.any_language = True
