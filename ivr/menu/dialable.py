"""Numbers that did not come from a menu file, and whether they may be dialled: it is somebody's bill."""

from __future__ import annotations

import phonenumbers

_COSTLY = {
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.SHARED_COST,
    phonenumbers.PhoneNumberType.UNKNOWN,
}


def allowed(text: str, countries: tuple[str, ...]) -> tuple[str | None, str]:
    """The number in its international form where it may be dialled; else None, and why not."""
    try:
        number = phonenumbers.parse(text, countries[0] if countries else None)
    except phonenumbers.NumberParseException:
        return None, "this is no phone number"
    if not phonenumbers.is_valid_number(number):
        return None, "no such number can exist"
    country = phonenumbers.region_code_for_number(number)
    if country not in countries:
        return None, f"numbers of {country} are not allowed"
    if phonenumbers.number_type(number) in _COSTLY:
        return None, "numbers that cost more than a call are not allowed"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), ""
