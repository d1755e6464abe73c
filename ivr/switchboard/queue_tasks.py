"""What the queues need done again and again, put together."""

from __future__ import annotations

from ivr.carrier.rest import Carrier
from ivr.store.messages import Messages
from ivr.switchboard.callbacks import CallsBack
from ivr.switchboard.handover import waits
from ivr.switchboard.mailbox import Mailbox
from ivr.switchboard.queue_work import Task
from ivr.switchboard.reaper import Reaper
from ivr.switchboard.wiring import Parts


def queue_tasks(parts: Parts, carrier: Carrier | None) -> list[Task]:
    """The tasks of a worker. Without an account nobody can be called back, and no message's audio fetched."""

    def waiting(sid: str) -> bool:
        saved = parts.calls.open(sid)
        return saved is not None and waits(parts.sealer.open(saved.state))

    tasks = [
        Task("offering callers to agents", 1, parts.dispatcher.run),
        Task("telling what notices are on", 4, parts.board.tell),
        Task("looking after offers and waits", 2, Reaper(parts.queues, parts.staff, waiting).round),
    ]
    if carrier is not None:
        messages = Messages(parts.engine)
        mailbox = Mailbox(parts.settings.data, messages, carrier, remove=parts.settings.remove_recordings)
        tasks.append(Task("fetching messages", 4, mailbox.fetch))
        if parts.settings.reached_at:
            calls_back = CallsBack(
                parts.callbacks,
                parts.queues,
                parts.staff,
                parts.numbers,
                parts.board,
                carrier,
                parts.settings.reached_at,
            )
            tasks.append(Task("calling back", 4, calls_back.round))
    return tasks
