"""The story of a call, line by line, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from ivr.reports.timeline import Passage, Story

_BELOW = " " * 10


def tell(story: Story, zone: tzinfo) -> Iterator[str]:
    """Its lines; times in the zone."""
    call = story.call
    yield f"call: {call.call_sid}"
    yield f"line: {call.line or '(unknown)'}, version {call.version or '(unknown)'}"
    if story.caller:
        yield f"from: {story.caller}"
    if call.called:
        yield f"to: {call.called}"
    yield f"at: {call.at.astimezone(zone).isoformat(timespec='seconds')}"
    if story.missing:
        yield f"words: {'none' if story.wordless else 'not all'}, as {story.missing}"
    yield ""
    for passage in story.passages:
        yield from _told(passage, zone)
    for effect in story.effects:
        why = f" ({effect.why})" if effect.why else ""
        yield f"{effect.at.astimezone(zone):%H:%M:%S}  asked of the carrier: {effect.kind}, {effect.state}{why}"
    yield ""
    yield story.ending


def _told(it: Passage, zone: tzinfo) -> Iterator[str]:
    until = f" until {it.until.astimezone(zone):%H:%M:%S}" if it.until else ""
    yield f"{it.at.astimezone(zone):%H:%M:%S}  {it.did}{until}"
    for note in it.notes:
        yield f"{_BELOW}{note.text}"
    for words in it.heard:
        yield f"{_BELOW}“{words.text}”"
