"""Types of values, and the formats in which they can be spoken."""

from __future__ import annotations

from typing import Literal, get_args

Type = Literal["text", "digits", "money", "date", "time", "number", "phone", "yes_no", "moment"]
"""How a value is kept in a call: all as text, but number (int or float) and yes_no (bool).

digits "0042" · money "12.50" · date "2026-07-04" · time "06:15" (24 hours) · phone "+15005550123".
A moment is an instant in UTC; only the built-in name `now` has that type.
"""

Format = Literal["text", "digits", "money", "date", "time", "number", "ordinal", "phone"]

FORMATS: tuple[Format, ...] = get_args(Format)

GIVEN: tuple[Type, ...] = ("text", "digits", "money", "date", "time", "number", "phone", "yes_no")
"""The types that a look-up can declare under `gives:`."""

SPOKEN_AS: dict[Type, tuple[Format, ...]] = {
    "text": ("text", "digits"),
    "digits": ("digits", "text", "number", "ordinal", "phone"),
    "money": ("money", "number"),
    "date": ("date",),
    "time": ("time",),
    "number": ("number", "ordinal", "digits", "money"),
    "phone": ("phone", "digits"),
    "yes_no": ("text",),
    "moment": ("date", "time"),
}
"""The formats that fit a type; the first is taken where the words name none."""

SAMPLES: dict[Type, object] = {
    "text": "",
    "digits": "0",
    "money": 0.5,
    "date": "2026-01-01",
    "time": "00:00",
    "number": 0.5,
    "phone": "+15005550100",
    "yes_no": False,
    "moment": "2026-01-01T00:00:00-06:00",
}
"""A value of each type as conditions see it, to try a condition with before any call does."""
