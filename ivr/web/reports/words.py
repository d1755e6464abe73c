"""What filters are called on pages."""

WORDS = {
    "since": "From",
    "until": "To",
    "line": "Line",
    "version": "Version",
    "queue": "Queue",
    "agent": "Agent",
    "language": "Language",
    "zone": "Time zone",
}
