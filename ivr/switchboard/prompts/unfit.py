"""Why a file cannot be a recording, and the largest that is looked at: for who does not load the audio libraries."""

from __future__ import annotations

LARGEST = 50_000_000
"""Bytes of a file: 120 s of stereo at 96 kHz and 16 bits."""


class UnfitError(ValueError):
    """Why a file cannot be a recording; in words."""
