"""Typed answers: what keys mean at a question.

Star clears, twice goes back; in money, where star is the point, two clear. 0, then pound, is the operator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

import phonenumbers

from ivr.call.speech import locale_of
from ivr.menu.steps import Ask

Verdict = Literal["valid", "no_match", "cleared", "partial", "back", "zero"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the keys were judged to be, with the value (or, if partial, the keys that stay)."""

    verdict: Verdict
    value: str | bool = ""


def judge(ask: Ask, keys: str, language: str, country: str | None) -> Answer:
    """The meaning of the keys at this question, in this language (dates) and country (phone numbers)."""
    if ask.type == "money":
        if "**" in keys:
            rest = keys.rpartition("**")[2].lstrip("*")
            return Answer("partial", rest) if rest else Answer("cleared")
    elif keys.endswith("**"):
        return Answer("back")
    elif "*" in keys:
        rest = keys.rpartition("*")[2]
        # A carrier counts the star and what stood before it as digits, so the rest of the new answer may
        # still be on its way. Of a secret no part is kept.
        return Answer("partial", rest) if rest and not ask.hidden else Answer("cleared")
    value = _value(ask, keys, language, country)
    if value is not None:
        return Answer("valid", value)
    return Answer("zero") if keys == "0" else Answer("no_match")


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
    if not match or not (match[1] or match[2]):
        return None
    return f"{int(match[1] or 0)}.{(match[2] or '').ljust(2, '0')}"


def _phone(keys: str, country: str | None) -> str | None:
    if not re.fullmatch(r"[0-9]{3,20}", keys):
        return None
    try:
        number = phonenumbers.parse(keys, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
