"""The read-only API for programs: key figures, calls, surveys, lines, by tokens (docs/api.md)."""

import ivr.web.people  # noqa: F401 - it mounts the API, and is first, whichever of the two is imported
