"""Typed answers: what keys mean at a question.

Star clears, twice goes back; in money, where star is the point, two clear. 0, then pound, is the operator, unless
0 is an answer: `digits: 1-3` takes it. An amount of nothing is 00 or 0*0, so that 0 is the operator there too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

import phonenumbers

from ivr.call.inputs import Verdict
from ivr.call.speech import locale_of
from ivr.menu.steps import Ask


@dataclass(frozen=True, slots=True)
class Answer:
    """What the keys were judged to be, with the value; or else, with the keys that stay after a star."""

    verdict: Verdict
    value: str | bool = ""


def judge(ask: Ask, keys: str, language: str, country: str | None, *, more: bool = False) -> Answer:
    """The meaning of the keys at this question, in this language (dates) and country (phone numbers).

    `more`: the carrier sent as many keys as it was asked for. It counts the star and what stood before it as
    well, so the rest of the new answer may still be on its way.
    """
    if ask.type != "money" and keys.endswith("**"):
        return Answer("back")
    _, star, rest = keys.rpartition(_clearing(ask))
    if star and not rest:
        return Answer("cleared")
    if star and more and len(rest) < ask.length[1]:
        return Answer("partial", rest)
    value = _value(ask, rest, language, country)
    if value is not None:
        return Answer("valid", value)
    return Answer("zero" if rest == "0" else "no_match", rest)


def _clearing(ask: Ask) -> str:
    return "**" if ask.type == "money" else "*"


def without_cleared(ask: Ask, keys: str) -> str:
    """The keys without those that the caller cleared: stars stand for them, so that the keys mean the same."""
    head, star, rest = keys.rpartition(_clearing(ask))
    if star and not rest:
        return "**" if head.endswith("*") else star
    return "*" * len(head + star) + rest


def _value(ask: Ask, keys: str, language: str, country: str | None) -> str | bool | None:
    low, high = ask.length
    match ask.type:
        case "digits" | "pin":
            fits = keys.isascii() and keys.isdigit() and low <= len(keys) <= high
            return keys if fits and (not ask.luhn or luhn(keys)) else None
        case "date":
            return _date(keys, language)
        case "money":
            return _money(keys)
        case "phone":
            return _phone(keys, country)
        case "yes_no":
            return {"1": True, "2": False}.get(keys)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def date_order(language: str) -> Literal["mdy", "dmy", "ymd"]:
    """The order in which people of the language write a date, by the locale data's short form."""
    letters = re.sub(r"[^dMy]", "", locale_of(language).date_formats["short"].pattern)
    order = "".join(dict.fromkeys(letters.lower()))
    return "mdy" if order == "mdy" else "ymd" if order.startswith("y") else "dmy"


def _date(keys: str, language: str) -> str | None:
    if not re.fullmatch(r"[0-9]{8}", keys):
        return None
    match date_order(language):
        case "mdy":
            month, day, year = keys[:2], keys[2:4], keys[4:]
        case "dmy":
            day, month, year = keys[:2], keys[2:4], keys[4:]
        case "ymd":
            year, month, day = keys[:4], keys[4:6], keys[6:]
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _money(keys: str) -> str | None:
    match = re.fullmatch(r"([0-9]{0,8})(?:\*([0-9]{0,2}))?", keys)
    if not match or not (match[1] or match[2]) or keys == "0":
        return None
    return f"{int(match[1] or 0)}.{(match[2] or '').ljust(2, '0')}"


def _phone(keys: str, country: str | None) -> str | None:
    if not re.fullmatch(r"[0-9]{3,20}", keys):
        return None
    try:
        # A line without a country has no national numbers: its callers begin with the country's code.
        number = phonenumbers.parse(keys if country else f"+{keys}", country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
