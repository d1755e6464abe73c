"""Which phone of the page rings when an address is dialled."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from ivr.phone.acts import Dialed
from ivr.phone.caller import Callee, Caller

if TYPE_CHECKING:
    from ivr.phone.page.handset import Handset

ADDRESS = re.compile(r"\+?[0-9]{2,15}|client:[\w.@+-]+|sips?:\S+")


class TakenError(ValueError):
    """An address that cannot ring at a phone; the message says why."""


class Owners:
    """One phone an address, one address a phone. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._phones: dict[str, Handset] = {}

    def take(self, address: str, phone: Handset) -> None:
        """Let the address ring at this phone, and no other of it. Raises TakenError."""
        if not ADDRESS.fullmatch(address):
            raise TakenError("Only a number such as +15005550100, client:NAME or sip:ADDRESS can be dialled.")
        with self._lock:
            if self._phones.get(address, phone) is not phone:
                raise TakenError(f"{address} rings in another tab.")
            self._forget(phone)
            self._phones[address] = phone

    def leave(self, phone: Handset) -> None:
        """Nothing rings at this phone any more."""
        with self._lock:
            self._forget(phone)

    def at(self, address: str) -> Caller | None:
        """What is called at an address, now; None where nobody has it. A phone in a call is busy."""
        with self._lock:
            phone = self._phones.get(address)
        return None if phone is None else phone.claim() or Callee(Dialed("busy"))

    def _forget(self, phone: Handset) -> None:
        self._phones = {address: one for address, one in self._phones.items() if one is not phone}
