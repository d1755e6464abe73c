"""Values as a voice would say them, in every language of the service."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.call.speech import LONGEST, spoken
from ivr.menu.phrases import KNOWN
from ivr.menu.values import FORMATS, SPOKEN_AS, Format, Type

NOW = datetime(2026, 7, 1, 18, 5, tzinfo=UTC)
WAYS: list[tuple[Any, Type, Format]] = [
    ("12.50", "money", "money"),
    ("1234.00", "money", "money"),
    ("2026-07-01", "date", "date"),
    ("2026-12-24", "date", "date"),
    ("06:15", "time", "time"),
    ("13:05", "time", "time"),
    (12345.5, "number", "number"),
    (1, "number", "ordinal"),
    (1002, "number", "ordinal"),
]
SPOKEN = {
    "en-US": ["12.50 US dollars", "1,234 US dollars", "July 1, 2026", "December 24, 2026", "6:15 AM", "1:05 PM",
              "12,345.5", "1st", "1002nd"],
    "en-GB": ["12.50 British pounds", "1,234 British pounds", "1 July 2026", "24 December 2026", "06:15", "13:05",
              "12,345.5", "1st", "1002nd"],
    "en-IN": ["12.50 Indian rupees", "1,234 Indian rupees", "1 July 2026", "24 December 2026", "6:15 am", "1:05 pm",
              "12,345.5", "1st", "1002nd"],
    "es-MX": ["12.50 pesos mexicanos", "1,234 pesos mexicanos", "1 de julio de 2026", "24 de diciembre de 2026",
              "6:15 a.m.", "1:05 p.m.", "12,345.5", "1.º", "1002.º"],
    "es-ES": ["12,50 euros", "1.234 euros", "1 de julio de 2026", "24 de diciembre de 2026", "6:15", "13:05",
              "12.345,5", "1.º", "1002.º"],
    "fr-FR": ["12,50 euros", "1234 euros", "1er juillet 2026", "24 décembre 2026", "06:15", "13:05",
              "12345,5", "1er", "1002e"],
    "fr-CA": ["12,50 dollars canadiens", "1234 dollars canadiens", "1er juillet 2026", "24 décembre 2026", "06 h 15",
              "13 h 05", "12345,5", "1er", "1002e"],
    "de-DE": ["12,50 Euro", "1.234 Euro", "1. Juli 2026", "24. Dezember 2026", "06:15", "13:05",
              "12.345,5", "1.", "1002."],
    "de-CH": ["12.50 Schweizer Franken", "1234 Schweizer Franken", "1. Juli 2026", "24. Dezember 2026", "06:15",
              "13:05", "12345.5", "1.", "1002."],
    "pt-BR": ["12,50 Reais brasileiros", "1.234 Reais brasileiros", "1º de julho de 2026", "24 de dezembro de 2026",
              "06:15", "13:05", "12.345,5", "1º", "1002º"],
    "pt-PT": ["12,50 euros", "1234 euros", "1 de julho de 2026", "24 de dezembro de 2026", "06:15", "13:05",
              "12345,5", "1º", "1002º"],
}  # fmt: skip


@pytest.mark.parametrize("language", SPOKEN)
def test_each_language_says_values_its_own_way(language: str) -> None:
    """Money with the currency's name and no needless zeros, dates long, times short, no blanks within a number."""
    country = language.split("-")[1]
    assert [spoken(value, type_, how, language, country) for value, type_, how in WAYS] == SPOKEN[language]


def test_every_language_of_the_service_is_tried() -> None:
    """The table above has each of them."""
    assert {language.split("-")[0] for language in SPOKEN} == set(KNOWN)


@pytest.mark.parametrize(
    ("value", "type_", "how", "words"),
    [
        ("0042", "digits", None, "0 0 4 2"),
        ("0042", "digits", "text", "0042"),
        ("0042", "digits", "number", "42"),
        ("0042", "digits", "phone", "0 0 4 2"),
        ("AB12", "text", "digits", "A B 1 2"),
        ("+12125550123", "phone", None, "2 1 2, 5 5 5, 0 1 2 3"),
        ("2125550123", "phone", None, "2 1 2, 5 5 5, 0 1 2 3"),
        ("5550123", "phone", None, "5 5 5, 0 1 2 3"),
        ("+15005550006", "phone", None, "5 0 0, 5 5 5, 0 0 0 6"),
        ("+442079460018", "phone", None, "4 4, 2 0, 7 9 4 6, 0 0 1 8"),
        ("00000000", "phone", None, "0 0 0, 0 0 0, 0 0"),
        ("911", "phone", None, "9 1 1"),
        ("anonymous", "phone", None, "anonymous"),
        ("client:ana", "phone", None, "client:ana"),
        ("1.00", "money", None, "1 US dollar"),
        ("0.50", "money", None, "0.50 US dollars"),
        ("-3.25", "money", None, "-3.25 US dollars"),
        (3, "number", "money", "3 US dollars"),
        (3.0, "number", None, "3"),
        (-5, "number", None, "-5"),
        (42, "number", "digits", "4 2"),
        (11, "number", "ordinal", "11th"),
        (22, "number", "ordinal", "22nd"),
        ("00:00", "time", None, "12:00 AM"),
        (True, "yes_no", None, "yes"),
        (False, "yes_no", None, "no"),
        (NOW, "moment", "date", "July 1, 2026"),
        (NOW, "moment", "time", "6:05 PM"),
        ("", "money", None, ""),
        (None, "date", None, ""),
        ("soon", "date", None, "soon"),
        ("much", "money", None, "much"),
        ("1e400000", "number", None, "1e400000"),
        ("NaN", "money", None, "NaN"),
        (math.inf, "number", None, "inf"),
        ("a\x00b\ud800c", "text", None, "abc"),
    ],
)
def test_values_in_american_english(value: Any, type_: Type, how: Format | None, words: str) -> None:
    """Digits one by one, phone numbers in their groups, and what does not fit its format as it is."""
    assert spoken(value, type_, how, "en-US", "US") == words


def test_a_phone_number_of_another_country_has_its_code() -> None:
    """At home a number is said as it is dialled there; without a country every number has its code."""
    assert spoken("+12125550123", "phone", None, "es-MX", "MX") == "1, 2 1 2, 5 5 5, 0 1 2 3"
    assert spoken("+12125550123", "phone", None, "en-US", None) == "1, 2 1 2, 5 5 5, 0 1 2 3"
    assert spoken("+442079460018", "phone", None, "en-GB", "GB") == "0 2 0, 7 9 4 6, 0 0 1 8"
    assert spoken("2125550123", "phone", None, "en-US", None) == "2 1 2, 5 5 5, 0 1 2 3"


def test_money_is_in_the_currency_of_the_lines_country() -> None:
    """Whatever the language; a line without a country has that of its language."""
    assert spoken("12.50", "money", None, "es-MX", "US") == "12.50 dólares estadounidenses"
    assert spoken("12.50", "money", None, "es-MX", None) == "12.50 pesos mexicanos"
    assert spoken("1200.00", "money", None, "en-US", "JP") == "1,200 Japanese yen"


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(),
    st.text("0123456789+-.:T eE", max_size=24),
    st.dates().map(date.isoformat),
    st.times().map(time.isoformat),
    st.datetimes().map(datetime.isoformat),
    st.datetimes(timezones=st.just(UTC)),
    st.text("0123456789", max_size=4000),
    st.lists(st.integers(), max_size=3),
    st.builds(Decimal, st.sampled_from(["1E+999999", "-0", "1E-999999", "sNaN", "Infinity"])),
)


@settings(deadline=None)
@given(
    odd,
    st.sampled_from(list(SPOKEN_AS)),
    st.none() | st.sampled_from(FORMATS),
    st.sampled_from(list(SPOKEN)),
    st.none() | st.sampled_from(["US", "MX", "DE", "JP", "AQ"]),
)
def test_odd_values_never_raise(
    value: Any, type_: Type, how: Format | None, language: str, country: str | None
) -> None:
    """Whatever a look-up sends is spoken somehow: short, on one line, and in characters that XML can carry."""
    words = spoken(value, type_, how, language, country)
    assert len(words) <= LONGEST
    ET.fromstring("<Say>" + words.replace("&", "&amp;").replace("<", "&lt;") + "</Say>")
