"""What can be closed or have a notice, as the pages of the console show it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from redis import RedisError

from ivr.call.notice import minds_closing
from ivr.menu import Flow
from ivr.menu.flow import VOICEMAIL
from ivr.menu.steps import Voicemail
from ivr.store.notices import Notice
from ivr.switchboard.notice_board import QUEUE, spoken
from ivr.web.people.office import office


@dataclass(frozen=True, slots=True)
class Target:
    """A line or a queue: by which name people know it, whose clock counts, and which languages its callers hear."""

    key: str
    name: str
    zone: ZoneInfo
    flow: Flow | None = None
    on: tuple[Notice, ...] = ()

    @property
    def title(self) -> str:
        """The name where a sentence begins."""
        return f"{self.name[:1].upper()}{self.name[1:]}" if self.queue else self.name

    @property
    def closed(self) -> Notice | None:
        """By which notice it is closed now, if it is."""
        return next((it for it in self.on if it.closed), None)

    @property
    def queue(self) -> str:
        """The queue's name; empty for a line."""
        return self.key.removeprefix(QUEUE) if self.key.startswith(QUEUE) else ""

    @property
    def languages(self) -> tuple[str, ...]:
        """In which languages words are needed."""
        return office().emergencies.of.languages(self.key)

    def unheard(self, notice: Notice) -> list[str]:
        """The languages whose callers hear nothing of a notice with words: they are newer than it."""
        return [it for it in self.languages if notice.words and not spoken(notice, it)]


def targets() -> list[Target]:
    """All, lines first, as they stand now. Raises SQLAlchemyError."""
    return [target(key) for key in office().emergencies.targets()]


def target(key: str) -> Target:
    """A line or a queue by its key, also one that is no longer there. Raises SQLAlchemyError."""
    of, now = office().emergencies.of, office().clock()
    on = office().notices.now().on(now, key)
    if key.startswith(QUEUE):
        return Target(key, f"the queue {key.removeprefix(QUEUE).replace('_', ' ')}", of.zone(key), on=on)
    flow = of.line(key)
    return Target(key, flow.title if flow else key, of.zone(key), flow, on)


def closing(it: Target) -> str:
    """What callers hear of a target that is closed without words, in a sentence."""
    if it.queue:
        return _closed_queue(it.queue)
    if it.flow is None or minds_closing(it.flow):
        return (
            "Callers go on in the menu. Wherever it looks at its hours it is closed, and its queues let nobody in; "
            "what they hear then is what the file says."
        )
    own = (step.act for step in it.flow.steps.values() if step.name != VOICEMAIL)
    takes_messages = any(isinstance(act, Voicemail) for act in own)
    message = "can leave a message, " if takes_messages else ""
    return f"Callers hear “We are closed at the moment.”, {message}and are let go."


def _closed_queue(name: str) -> str:
    words = "Nobody new is let in: callers go on as the file says for a queue that is closed."
    waiting = 0
    with suppress(RedisError):
        waiting = office().queues.size(name)
    if not waiting:
        return words
    one = waiting == 1
    who = "The caller who waits there now keeps" if one else f"The {waiting} callers who wait there now keep"
    return f"{words} {who} their place as long as an agent is in, and {'is' if one else 'are'} let go after that."
