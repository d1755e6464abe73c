"""Values as they are spoken, in the call's language, by Babel.

Digits are spaced, since a carrier reads "12345" as one number. Large numbers are grouped by "," and "." alone: a
voice reads "1 234" as two numbers.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
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

TOO_LARGE = Decimal(10) ** 18
"""A number from which on it is spoken as it is written."""


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
    except (ValueError, ArithmeticError, TypeError, LookupError):
        words = str(value)
    return _XML_FORBIDS.sub("", words.replace("\u202f", " ").replace("\xa0", " "))[:LONGEST]


def _text(value: Any, _language: str, _country: str | None) -> str:
    return str(value)


def _digits(value: Any, _language: str, _country: str | None) -> str:
    return " ".join(str(value).replace(" ", ""))


def _money(value: Any, language: str, country: str | None) -> str:
    amount = _decimal(value)
    whole = amount == amount.to_integral_value()  # "12 US dollars": nobody says the zeros of 12.00
    return format_currency(
        amount.to_integral_value() if whole else amount,
        get_territory_currencies(country or language.split("-")[1])[-1],
        locale=locale_of(language),
        format_type="name",
        currency_digits=not whole,
        group_separator=_grouped(language),
    )


def _decimal(value: Any) -> Decimal:
    """The number. Raises ValueError for what is none, or is too large to be said."""
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) >= TOO_LARGE:
        raise ValueError("a number that cannot be said")
    return number


def _grouped(language: str) -> bool:
    return locale_of(language).number_symbols["latn"]["group"] in (",", ".")


_FIRST_OF_MONTH = {"fr": "1er", "pt-BR": "1º"}
"""The languages in which the first day of a month is an ordinal, and no other is."""


def _date(value: Any, language: str, _country: str | None) -> str:
    day = value if isinstance(value, datetime) else date.fromisoformat(str(value))
    words = format_date(day, "long", locale=locale_of(language))
    first = _FIRST_OF_MONTH.get(language) or _FIRST_OF_MONTH.get(language.split("-")[0])
    return first + words[1:] if first and words.startswith("1 ") else words


def _time(value: Any, language: str, _country: str | None) -> str:
    moment = value.timetz() if isinstance(value, datetime) else time.fromisoformat(str(value))
    return format_time(moment.replace(tzinfo=None), "short", locale=locale_of(language))


def _number(value: Any, language: str, _country: str | None) -> str:
    return format_decimal(_decimal(value), locale=locale_of(language), group_separator=_grouped(language))


_ORDINALS = {
    "en": {"one": "st", "two": "nd", "few": "rd", "other": "th"},
    "es": {"other": ".º"},
    "fr": {"one": "er", "other": "e"},
    "de": {"other": "."},
    "pt": {"other": "º"},
}


def _ordinal(value: Any, language: str, _country: str | None) -> str:
    number = int(_decimal(value))
    endings = _ORDINALS[language.split("-")[0]]
    ending = endings.get(locale_of(language).ordinal_form(number), endings["other"])
    return f"{number}{ending}"


def _phone(value: Any, _language: str, country: str | None) -> str:
    text = str(value)
    if not re.search(r"\d{3}", text) or re.search(r"[A-Za-z@]", text):
        return text
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        form = phonenumbers.PhoneNumberFormat
        at_home = country and number.country_code == phonenumbers.country_code_for_region(country)
        text = phonenumbers.format_number(number, form.NATIONAL if at_home else form.INTERNATIONAL)
    groups = [part for group in re.findall(r"\d+", text) for part in _parts(group)]
    return ", ".join(" ".join(group) for group in groups)


def _parts(digits: str) -> list[str]:
    """More digits than anybody takes in at once, in threes; the last part has two to four."""
    parts = []
    while len(digits) > 4:
        parts.append(digits[:3])
        digits = digits[3:]
    return [*parts, digits]


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
