"""What people do in the console, as the audit trail names it."""

from __future__ import annotations

DEEDS = (
    "file_saved",
    "line_added",
    "words_saved",
    "recordings_kept",
    "recording_taken_away",
    "scripts_rewritten",
    "line_published",
    "line_tried",
    "line_promoted",
    "line_rolled_back",
    "trial_withdrawn",
    "line_retired",
    "number_set",
    "notice_set",
    "notice_prepared",
    "notice_ended",
    "special_day_set",
    "special_day_dropped",
)
"""The deeds of the console."""
