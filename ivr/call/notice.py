"""What a caller hears first while a notice is on, or while somebody has closed the line.

A closed line goes on: each look at its hours finds them closed, its queues let nobody in, and so the file itself says
what callers can still do. A line that looks at no hours and has no queue knows nothing of being closed: its callers
hear so, can leave a message where it takes any, and are let go.
"""

from __future__ import annotations

from ivr.call.inputs import Started
from ivr.call.scene import Scene
from ivr.menu.flow import VOICEMAIL, Flow
from ivr.menu.graph import END
from ivr.menu.steps import Language, Menu, Opening, Queue, Voicemail


def begun(scene: Scene, started: Started) -> str:
    """Says what is to be heard first; where the call begins.

    Nobody has chosen a language yet. Where the line lets callers choose one, they hear all, each of which but the
    first ends with a key press: a caller who waits for theirs must not have to hear it out.
    """
    flow = scene.flow
    shut = started.closed and not minds_closing(flow)
    for language in _languages(flow):
        interruptible = language != flow.languages[0] and not shut
        if words := started.notice.get(language, ""):
            scene.notice(words, language, interruptible=interruptible)
        elif shut:
            scene.speak(flow.service["closed"], interruptible=False, language=language)
    return _message(flow) if shut else flow.start


def minds_closing(flow: Flow) -> bool:
    """Whether the line has a place at which it matters that it is closed: a look at hours, or a queue."""
    return any(
        isinstance(step.act, (Opening, Queue))
        or (isinstance(step.act, Menu) and any(option.hours for option in step.act.options))
        for step in flow.steps.values()
    )


def _languages(flow: Flow) -> tuple[str, ...]:
    chosen = any(isinstance(step.act, Language) for step in flow.steps.values())
    return flow.languages if chosen else flow.languages[:1]


def _message(flow: Flow) -> str:
    """The line's first voicemail; the end where it has none of its own."""
    own = (name for name, step in flow.steps.items() if isinstance(step.act, Voicemail) and name != VOICEMAIL)
    return next(own, END)
