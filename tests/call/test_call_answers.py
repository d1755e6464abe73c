"""What keys mean, as properties: every answer that is taken is one, and every one is taken."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.call.answers import date_order, judge, luhn, without_cleared
from ivr.menu.steps import ANSWER_TYPES, AnswerType, Ask
from ivr.menu.words import Prompt

WORDS = Prompt("question.ask", {})
keypad = st.text("0123456789*#", max_size=24)
asks = st.builds(
    lambda type_, low, more, luhn_: Ask(
        WORDS,
        "x",
        "hangup",
        type_,
        (low, low + more) if type_ in ("digits", "pin") else None,
        luhn_ and type_ == "digits",
    ),
    st.sampled_from(ANSWER_TYPES),
    st.integers(1, 16),
    st.integers(0, 16),
    st.booleans(),
)
languages = st.sampled_from(["en-US", "en-GB", "es-MX", "fr-CA", "de-DE", "pt-BR"])
countries = st.sampled_from(["US", "MX", "DE", None])


def ask(type_: AnswerType, digits: tuple[int, int] | None = None) -> Ask:
    """A question of the type."""
    return Ask(WORDS, "x", "hangup", type_, digits)


def slow_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B, word for word: double each second digit from the right and add all digits up."""
    doubled = [int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits))]
    return sum(int(digit) for number in doubled for digit in str(number)) % 10 == 0


@settings(deadline=None)
@given(st.text("0123456789", min_size=1, max_size=24))
def test_luhn_is_the_standards(digits: str) -> None:
    """The check digit is the one that the standard computes, and exactly one of ten fits."""
    assert luhn(digits) == slow_luhn(digits)
    assert sum(luhn(digits + check) for check in "0123456789") == 1


@settings(deadline=None)
@given(st.text("0123456789", min_size=2, max_size=20), st.data())
def test_luhn_finds_a_wrong_digit(digits: str, data: st.DataObject) -> None:
    """A number with one digit mistyped never passes, so that the caller hears of it."""
    good = next(digits + check for check in "0123456789" if luhn(digits + check))
    place = data.draw(st.integers(0, len(good) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != good[place]]))
    assert not luhn(good[:place] + wrong + good[place + 1 :])


@pytest.mark.parametrize(
    ("language", "order"),
    [("en-US", "mdy"), ("en-GB", "dmy"), ("es-MX", "dmy"), ("fr-CA", "ymd"), ("fr-FR", "dmy"), ("de-DE", "dmy"),
     ("pt-BR", "dmy"), ("en-CA", "ymd"), ("es-US", "dmy"), ("en-IN", "dmy")],
)  # fmt: skip
def test_the_order_of_a_date(language: str, order: str) -> None:
    """As people of the language and country write it."""
    assert date_order(language) == order


@settings(deadline=None)
@given(st.dates(), languages)
def test_every_date_can_be_entered(day: date, language: str) -> None:
    """Eight keys in the language's order are that day, kept as ISO 8601."""
    keys = {"mdy": f"{day:%m%d}{day.year:04}", "dmy": f"{day:%d%m}{day.year:04}", "ymd": f"{day.year:04}{day:%m%d}"}
    assert judge(ask("date"), keys[date_order(language)], language, None).value == day.isoformat()


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 31), st.integers(1, 9999))
def test_no_other_date_can(month: int, day: int, year: int) -> None:
    """The 30th of February and its like are no match."""
    taken = judge(ask("date"), f"{month:02}{day:02}{year:04}", "en-US", None).verdict == "valid"
    assert taken == (day <= monthrange(year, month)[1])


@settings(deadline=None)
@given(st.decimals(0, 99_999_999, places=2))
def test_every_amount_can_be_entered(amount: Decimal) -> None:
    """Star is the point; the amount is kept with two places."""
    keys = f"{amount:.2f}".replace(".", "*")
    assert judge(ask("money"), keys, "en-US", "US").value == f"{amount:.2f}"


@settings(deadline=None)
@given(st.sampled_from(["US", "MX", "DE", "GB", "FR", "BR"]))
def test_a_national_number_is_that_countrys(country: str) -> None:
    """An example number of the country, as it is dialled there, is kept in the international form."""
    number = phonenumbers.example_number(country)
    keys = re.sub(r"\D", "", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert judge(ask("phone"), keys, "en-US", country).value == e164
    assert judge(ask("phone"), e164[1:], "en-US", None).value == e164


@settings(deadline=None)
@given(asks, keypad, languages, countries, st.booleans())
def test_any_keys_have_one_meaning(question: Ask, keys: str, language: str, country: str | None, more: bool) -> None:
    """Nothing raises; what is valid has a value of its type, and what stays after a star has none in it."""
    answer = judge(question, keys, language, country, more=more)
    if answer.verdict == "valid":
        value = answer.value
        match question.type:
            case "yes_no":
                assert isinstance(value, bool)
            case "date":
                assert date.fromisoformat(str(value)).isoformat() == value
            case "money":
                assert re.fullmatch(r"\d+\.\d\d", str(value))
            case "phone":
                assert re.fullmatch(r"\+\d{7,15}", str(value))
            case _:
                low, high = question.length
                assert str(value).isdigit()
                assert low <= len(str(value)) <= high
    if answer.verdict == "partial":
        assert more
        assert answer.value
        assert keys.endswith(str(answer.value))
        assert ("**" if question.type == "money" else "*") not in str(answer.value)


@settings(deadline=None)
@given(asks, keypad, languages, countries, st.booleans())
def test_keys_without_the_cleared_ones_mean_the_same(
    question: Ask, keys: str, language: str, country: str | None, more: bool
) -> None:
    """What the log keeps of an answer has the same verdict and value, and nothing of what was cleared."""
    kept = without_cleared(question, keys)
    assert judge(question, kept, language, country, more=more) == judge(question, keys, language, country, more=more)
    clearing = "**" if question.type == "money" else "*"
    if clearing in keys:
        assert not set(kept[: kept.rindex(clearing)]) - {"*"}


@settings(deadline=None)
@given(st.text(max_size=12), languages, countries, st.sampled_from(ANSWER_TYPES))
def test_what_is_no_key_is_no_match(text: str, language: str, country: str | None, type_: AnswerType) -> None:
    """Text from anywhere never raises, and letters or digits of other scripts are no answer."""
    digits = (1, 12) if type_ in ("digits", "pin") else None
    answer = judge(ask(type_, digits), text, language, country)
    if not (text.isascii() and re.fullmatch(r"[0-9*]*", text)) and "*" not in text:
        assert answer.verdict == "no_match"
