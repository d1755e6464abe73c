"""The read-only API for programs: key figures, calls, surveys, lines, by tokens (docs/api.md)."""
