"""Addresses from which a carrier may fetch the audio of one message, for a few minutes: messages are not public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

SECONDS = 15 * 60
"""How long an address is good: as long as somebody may listen to one document."""


class MessageAudio:
    """Makes and opens addresses, with the service's key. `clock` gives aware UTC datetimes."""

    def __init__(self, key: str, clock: Callable[[], datetime]) -> None:
        self._signer = URLSafeSerializer(key, salt="touchtone message audio")
        self._clock = clock

    def path(self, id_: str) -> str:
        """The path of a message's audio, for who may hear it now."""
        return f"/messages/{self._signer.dumps([int(id_), int(self._clock().timestamp()) + SECONDS])}.wav"

    def opened(self, token: str) -> int | None:
        """The id of the message; None where the token is none of ours, or no longer good."""
        try:
            id_, until = self._signer.loads(token)
        except BadData:
            return None
        return int(id_) if until >= self._clock().timestamp() else None
