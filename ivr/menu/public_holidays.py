"""What public holidays are called, by the library `holidays`: for people who read why a line is closed."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=64)
def names_of(country: str, year: int) -> dict[date, str]:
    """The holidays of a country (`US`) in a year, the day itself and the one on which it is kept, by their names.

    Empty for a country that the library does not know. The names are English where it has them.
    """
    from holidays import country_holidays  # here: it takes a while, and callers need no names

    try:
        return dict(country_holidays(country, years=year, language="en_US"))
    except NotImplementedError:
        return {}
