"""A reply as it is kept: its token, which stands in each of its URLs, is written once."""

from __future__ import annotations

_HERE = "\0"  # in no document: XML cannot carry it


def folded(document: str, token: str) -> bytes:
    """The document to keep: its parts between the tokens, and the token at the end."""
    parts = document.split(token) if token else [document]
    return _HERE.join([*parts, token] if len(parts) > 1 else parts).encode()


def unfolded(kept: bytes) -> str:
    """The document that was kept, as it was."""
    *parts, last = kept.decode().split(_HERE)
    return last.join(parts) if parts else last
