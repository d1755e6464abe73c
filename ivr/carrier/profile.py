"""What is particular to one carrier, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """A carrier whose webhooks are forms and whose documents are TwiML.

    What is the same with every such carrier is no field: the forms' parameter names, that SIDs are opaque and
    URLs absolute, that a Redirect follows each Gather, that a Gather has one finish key at most.
    """

    name: str
    signature_headers: tuple[str, ...]
    """The headers that may carry the signature; one that holds is enough."""
    settings_header: str | None
    """The header that names another algorithm than HMAC-SHA1, where the carrier has one."""
    longest_text: int
    """Characters of one Say."""
    largest_document: int
    """Bytes of one document in UTF-8."""
    pauses: bool = True
    """Whether it knows Pause. Where it does not (Somleng stops the document there), the words before and after
    become two Says with nothing between them: a voice ends its sentence."""
    queues: bool = True
    """Whether it knows Enqueue and Leave. Where it does not (Somleng stops the document there), callers wait in a
    chain of redirects."""


TWILIO = Profile(
    name="Twilio",
    signature_headers=("X-Twilio-Signature",),
    settings_header="X-Twilio-Webhooks-Signature-Settings",
    longest_text=3000,  # "basic voices 4096 characters, Polly 3000, Google 5000": what every voice takes
    largest_document=64_000,  # "Body limit 64 kB"; 11750 otherwise
)
"""Twilio, and whatever speaks exactly as it does."""
