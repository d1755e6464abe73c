"""Callers' numbers as the log keeps them: a keyed hash and the last four digits, never the number."""

import hmac
import re
from hashlib import sha256

_WITHHELD = frozenset(
    {
        "", "anonymous", "restricted", "unavailable", "unknown", "private",
        # Carriers spell these words on the keypad where a field takes numbers alone.
        "+266696687", "+7378742833", "+86282452253", "+8656696", "+2562533",
    }
)  # fmt: skip
"""What stands for a caller who shows no number: many callers, not one."""

_FEWEST = 5
"""Digits from which on a text holds a number; of fewer, the last four would be nearly all."""

_NO_DIGIT = re.compile(r"\D+")
_NUMBER = re.compile(rb"\+\d{7,15}|(?<=sip:)\d{7,15}(?=@)")


class CallerHash:
    """Hashes callers with the service's secret key, so that nobody without it can try out all numbers."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"touchtone caller hash", sha256)

    def of(self, caller: str) -> str | None:
        """Give 32 hex digits, the same for the same caller; None for a caller who shows no number."""
        if withheld(caller):
            return None
        return hmac.digest(self._key, caller.strip().encode("utf-8", "replace"), sha256).hex()[:32]


def withheld(caller: str) -> bool:
    """Tell whether the carrier names no caller."""
    return caller.strip().lower() in _WITHHELD


def last_four(caller: str) -> str | None:
    """Give the last four digits of a number (also of one in a `sip:` address); None where there is no number."""
    digits = _NO_DIGIT.sub("", caller.partition("@")[0])
    return digits[-4:] if len(digits) >= _FEWEST and not withheld(caller) else None


def masked(caller: str) -> str:
    """Give what may be kept in place of a caller: `…0123`, `client:…`, or a word such as `anonymous`."""
    if withheld(caller):
        return caller if not any(sign.isdigit() for sign in caller) else "anonymous"
    four = last_four(caller)
    if four:
        return f"…{four}"
    scheme, colon, _ = caller.partition(":")
    return f"{scheme}:…" if colon and scheme in ("client", "sip", "sips", "whatsapp") else "…"


def mask_numbers(data: bytes) -> bytes:
    """Mask whatever looks like a number in bytes that nobody can read otherwise: `+15005550123` as `…0123`."""
    return _NUMBER.sub(lambda found: "…".encode() + found[0][-4:], data)
