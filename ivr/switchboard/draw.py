"""Who of the callers gets a version that is being tried out: a share of them, the same ones each time they call.

Drawn is by a keyed hash of the number, so that nobody can tell from outside who is drawn; each trial draws anew, and a
trial whose share grows keeps the callers whom it has. Callers who show no number are drawn call by call.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from ivr.store.callers import withheld
from ivr.store.live import Trial

_PLACES = 2**64


class Draw:
    """Draws with the service's secret key."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"touchtone draw", sha256)

    def takes(self, line: str, trial: Trial, caller: str, sid: str) -> bool:
        """Whether this call gets the version that the line tries out."""
        who = f"call {sid}" if withheld(caller) else f"caller {caller.strip()}"
        said = "\n".join((line, trial.version, who)).encode("utf-8", "replace")
        place = int.from_bytes(hmac.digest(self._key, said, sha256)[:8], "big")
        return place < trial.share * _PLACES
