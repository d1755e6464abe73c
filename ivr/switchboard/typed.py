"""What tables and servers send, as values of the types that a look-up declares."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from ivr.menu.values import Type

_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LONGEST = 400


def typed(value: object, type_: Type) -> Any:
    """The value as `ivr.menu.values.Type` says it is kept. Raises ValueError where it is none of that type.

    The message repeats nothing of it: it goes into the call log.
    """
    if isinstance(value, (dict, list)) or value is None:
        raise ValueError(f"it is no {type_}")
    text = _CONTROL.sub(" ", str(value)).strip()[:LONGEST]
    match type_:
        case "text":
            return ("yes" if value else "no") if isinstance(value, bool) else text
        case "digits":
            if not re.fullmatch(r"[0-9]+", text):
                raise ValueError("it is not digits alone")
            return text
        case "money":
            return f"{_decimal(text):.2f}"
        case "number":
            number = _decimal(text)
            return int(number) if number == number.to_integral_value() else float(number)
        case "date":
            return _date(text).isoformat()
        case "time":
            return _time(text).strftime("%H:%M")
        case "phone":
            if not re.fullmatch(r"\+?[0-9 ().-]{3,24}", text):
                raise ValueError("it is no phone number")
            return re.sub(r"[^+0-9]", "", text)
        case "yes_no":
            return _yes_no(value, text)
    raise ValueError(f"nothing gives a {type_}")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:  # whose message repeats the text
        raise ValueError("it is no date such as 2026-07-04") from None


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.zfill(5))  # 6:15 is 06:15
    except ValueError:
        raise ValueError("it is no time such as 18:30") from None


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("it is no number") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ValueError("it is no number that can be said")
    return number


def _yes_no(value: object, text: str) -> bool:
    if isinstance(value, bool):
        return value
    match text.lower():
        case "yes" | "true" | "1":
            return True
        case "no" | "false" | "0":
            return False
    raise ValueError("it is neither yes nor no")
