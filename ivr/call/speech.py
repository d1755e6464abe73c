"""Values as they are spoken, in the call's language, by Babel.

Digits are spaced, since a carrier reads "12345" as one number.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_territory_currencies

from ivr.menu.phrases import phrase
from ivr.menu.values import SPOKEN_AS, Format, Type

# What XML 1.0 cannot carry: "strip them from what callers and look-ups send".
_XML_FORBIDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 400
"""Characters of one spoken value: what a look-up sends is no speech."""


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Babel's locale of a language such as es-MX."""
    return Locale.parse(language, sep="-")


def spoken(value: Any, type_: Type, format_: Format | None, language: str, country: str | None) -> str:
    """The value in words of the language. What does not fit its format is spoken as it is; empty is empty."""
    format_ = format_ or SPOKEN_AS[type_][0]
    if isinstance(value, bool):
        return phrase("yes" if value else "no", language)
    if value == "" or value is None:
        return ""
    try:
        words = _SPEAKERS[format_](value, language, country)
    except (ValueError, InvalidOperation, TypeError):
        words = str(value)
    return _XML_FORBIDS.sub("", words.replace("\u202f", " ").replace("\xa0", " "))[:LONGEST]


def _text(value: Any, _language: str, _country: str | None) -> str:
    return str(value)


def _digits(value: Any, _language: str, _country: str | None) -> str:
    return " ".join(str(value).replace(" ", ""))


def _money(value: Any, language: str, country: str | None) -> str:
    currencies = get_territory_currencies(country or language.split("-")[1])
    return format_currency(Decimal(str(value)), currencies[-1], locale=locale_of(language), format_type="name")


def _date(value: Any, language: str, _country: str | None) -> str:
    day = value if isinstance(value, datetime) else date.fromisoformat(str(value))
    return format_date(day, "long", locale=locale_of(language))


def _time(value: Any, language: str, _country: str | None) -> str:
    moment = value.timetz() if isinstance(value, datetime) else time.fromisoformat(str(value))
    return format_time(moment.replace(tzinfo=None), "short", locale=locale_of(language))


def _number(value: Any, language: str, _country: str | None) -> str:
    return format_decimal(Decimal(str(value)), locale=locale_of(language))


_ORDINALS = {
    "en": {"one": "st", "two": "nd", "few": "rd", "other": "th"},
    "es": {"other": ".º"},
    "fr": {"one": "er", "other": "e"},
    "de": {"other": "."},
    "pt": {"other": "º"},
}


def _ordinal(value: Any, language: str, country: str | None) -> str:
    number = int(Decimal(str(value)))
    endings = _ORDINALS[language.split("-")[0]]
    ending = endings.get(locale_of(language).ordinal_form(number), endings["other"])
    return _number(number, language, country) + ending


def _phone(value: Any, _language: str, country: str | None) -> str:
    text = str(value)
    if not re.search(r"\d{3}", text) or re.search(r"[A-Za-z@]", text):
        return text
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ", ".join(" ".join(group) for group in re.findall(r"\d+", text))
    form = phonenumbers.PhoneNumberFormat
    national = phonenumbers.region_code_for_number(parsed) == country
    written = phonenumbers.format_number(parsed, form.NATIONAL if national else form.INTERNATIONAL)
    return ", ".join(" ".join(group) for group in re.findall(r"\d+", written))


_SPEAKERS = {
    "text": _text,
    "digits": _digits,
    "money": _money,
    "date": _date,
    "time": _time,
    "number": _number,
    "ordinal": _ordinal,
    "phone": _phone,
}
