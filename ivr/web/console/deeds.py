"""What people do in the console, as the audit trail names it."""

from __future__ import annotations

DEEDS = (
    "file_saved",
    "line_added",
    "words_saved",
    "scripts_rewritten",
    "line_published",
    "line_tried",
    "line_promoted",
    "line_rolled_back",
    "line_retired",
)
"""The deeds of the console."""
