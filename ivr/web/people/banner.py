"""What stands at the top of every page while a notice is on: whoever works here has to know what callers hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from ivr.switchboard.notice_board import QUEUE
from ivr.web.people.office import office


@dataclass(frozen=True, slots=True)
class Banner:
    """One notice: what is so in a sentence, what callers hear, and whether something is closed by it."""

    sentence: str
    words: str
    closed: bool


def notices_on() -> list[Banner]:
    """The notices of this moment, the oldest first. Never raises: a page must not fail for its banner."""
    now = office().clock()
    zone = office().staff.now().zone or UTC
    found = []
    for notice in office().notices.now().on(now):
        kind, name = (
            ("queue", notice.target.removeprefix(QUEUE)) if notice.target.startswith(QUEUE) else ("line", notice.target)
        )
        does = "is closed" if notice.closed else "plays a notice"
        assert notice.until is not None  # noqa: S101 - one that is on has an end
        until = notice.until.astimezone(zone)
        when = f"{until:%H:%M}" if until.date() == now.astimezone(zone).date() else f"{until:%Y-%m-%d %H:%M}"
        sentence = f"The {kind} {name} {does} until {when} ({until:%Z}), set by {notice.who}."
        found.append(Banner(sentence, next(iter(notice.words.values()), ""), notice.closed))
    return found
