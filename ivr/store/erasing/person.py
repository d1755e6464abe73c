"""Whom one looks for: a number in whatever way it is spelled, its hashes, and the calls of that caller."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import phonenumbers

from ivr.store.callers import CallerHash, masked

_BETWEEN = r"[\s().\-/]{0,3}"
"""What people put between digits, and nothing that separates two numbers."""

_FEWEST = 9
"""Digits from which on a number is looked for without its country's code: fewer would be found by chance."""

AS_CALLED = ("to", "from", "shown", "called")
"""What fields are called that have the number of a line."""

_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
"""The sids of most carriers: found by their shape, and looked up, however many they are."""


@dataclass(slots=True)
class Person:
    """One caller. `sids` are their calls, and grow while more of them are found; `going_on` are those left alone.

    `called` says that the number is also one of a line. As that it stands in every call to it, and stays.
    """

    number: str
    hashes: frozenset[str]
    sids: set[str] = field(default_factory=set)
    going_on: set[str] = field(default_factory=set)
    called: bool = False
    _core: re.Pattern[str] = field(init=False, repr=False)
    _whole: re.Pattern[str] = field(init=False, repr=False)
    _hash: re.Pattern[str] = field(init=False, repr=False)
    _as_called: re.Pattern[str] = field(init=False, repr=False)
    _odd: re.Pattern[str] | None = field(init=False, repr=False, default=None)
    _odd_of: int = field(init=False, repr=False, default=0)

    def __post_init__(self) -> None:
        core, before = _spellings(self.number)
        # The first begins with a digit and nothing optional, which is many times quicker to look for.
        self._core = re.compile(core)
        self._whole = re.compile(before + core)
        self._as_called = re.compile(rf'(?:"(?:{"|".join(AS_CALLED)})"\s*:\s*|callerId=)"{re.escape(self.number)}"')
        self._hash = re.compile("|".join(sorted(self.hashes)) or r"(?!)")

    @property
    def shown(self) -> str:
        """The number as it may be shown."""
        return masked(self.number)

    def in_text(self, text: str) -> bool:
        """Whether the text has the number, its hash, or one of the calls."""
        return self.named_in(text) or self.called_in(text)

    def in_bytes(self, data: bytes) -> bool:
        """The same of bytes: what is looked for is ASCII."""
        return self.in_text(data.decode("latin-1"))

    def named_in(self, text: str) -> bool:
        """Whether the text has the number in any spelling, or its hash."""
        if self._hash.search(text):
            return True
        if not self._core.search(text):
            return False
        return bool(self._whole.search(self._as_called.sub("", text) if self.called else text))

    def traced_in(self, data: bytes) -> bool:
        """Whether bytes of no form, such as a database's file, have any of it; a line's number is in them anyway."""
        text = data.decode("latin-1")
        return bool(self._hash.search(text)) or self.called_in(text) if self.called else self.in_text(text)

    def called_in(self, text: str) -> bool:
        """Whether the text has the sid of one of their calls."""
        if not self.sids:
            return False
        if any(found[0] in self.sids for found in _SID.finditer(text)):
            return True
        odd = self._odd_sids()
        return odd is not None and odd.search(text) is not None

    def masked_in(self, text: str, dots: str = "…") -> str:
        """The text with the number as `…0006`, and their hash and calls as `erased`."""
        text = self._whole.sub(lambda it: dots + re.sub(r"\D", "", it[0])[-4:], text)
        text = self._hash.sub("erased", text)
        text = _SID.sub(lambda it: "erased" if it[0] in self.sids else it[0], text)
        odd = self._odd_sids()
        return odd.sub("erased", text) if odd else text

    def masked_in_bytes(self, data: bytes) -> bytes:
        """The same of bytes, whatever they are."""
        return self.masked_in(data.decode("latin-1"), "…".encode().decode("latin-1")).encode("latin-1")

    def _odd_sids(self) -> re.Pattern[str] | None:
        """What finds the sids that have another shape; none where there are none."""
        if self._odd_of != len(self.sids):
            odd = "|".join(re.escape(sid) for sid in sorted(self.sids) if not _SID.fullmatch(sid))
            # Within a longer word it is another sid.
            self._odd = re.compile(rf"(?<![0-9A-Za-z])(?:{odd})(?![0-9A-Za-z])") if odd else None
            self._odd_of = len(self.sids)
        return self._odd


def person(number: str, hashes: CallerHash) -> Person:
    """The caller of a number (`+` or 00, and its digits, or `sip:…`, `client:…`). Raises ValueError, which says what is
    wrong.

    Carriers write one number in several ways, each with a hash of its own: all of them are looked for.
    """
    number = number.strip()
    if not re.match(r"[a-z]+:", number):  # as people write it
        number = re.sub(r"^00", "+", re.sub(_BETWEEN, "", number))
    if re.fullmatch(r"(sips?|client):\S{3,}", number):
        spelled = [number]
    elif re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        spelled = [number, number[1:], _parts(number)[0], f"whatsapp:{number}"]
    else:
        raise ValueError("a number is + and its 7 to 15 digits, with its country's code, such as +15005550006")
    return Person(number, frozenset(found for one in spelled if (found := hashes.of(one))))


def _spellings(number: str) -> tuple[str, str]:
    """Two patterns: the digits that every spelling has, and what may stand before them and be part of the number."""
    if not number.startswith("+"):
        return rf"{re.escape(number)}(?!\w)", ""
    national, code = _parts(number)
    digits = national if len(national) >= _FEWEST else f"{code}{national}"
    core = rf"{_BETWEEN.join(digits)}(?!\d)"
    dialled = rf"(?:00|011|0)?{code}|0|1" if digits == national else "00|011|0"
    return core, rf"(?<!\d)(?:\+?(?:{dialled}){_BETWEEN}|\+)?"


def _parts(number: str) -> tuple[str, str]:
    """The digits within a country, and the country's code."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number[1:], ""
    return phonenumbers.national_significant_number(parsed), str(parsed.country_code)
