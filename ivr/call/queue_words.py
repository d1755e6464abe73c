"""What a caller who waits hears: one phrase at a time, in the call's language."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.call.inputs import Waited
from ivr.call.says import Say
from ivr.call.scene import Scene
from ivr.call.speech import spoken
from ivr.menu.prompts import key_name
from ivr.menu.words import Value

FIRST = ("place", "wait", "leave", "callback")
LATER = ("place", "wait", "callback")
INVITATION = ("callback",)
"""The phrases of a first announcement, of each later one, and of a callback that is offered between them."""

LONGEST_TOLD = 3600
"""Seconds: a longer wait is not put into words."""


def announcement(phrase: str, waited: Waited, scene: Scene) -> tuple[str, dict[str, str]] | None:
    """The service's phrase for it, and its values as they are spoken; nothing where there is nothing to say."""
    language = scene.call.language
    match phrase:
        case "place" if waited.position == 1:
            return "queue_next", {}
        case "place":
            return "queue_place", {"place": str(waited.position)}
        case "wait" if waited.low is not None and waited.high is not None and waited.high <= LONGEST_TOLD:
            if waited.high <= 60:
                return "queue_soon", {}
            low, high = max(waited.low // 60, 1), -(-waited.high // 60)
            return "queue_minutes", {"low": str(low), "high": str(max(high, low + 1))}
        case "leave" if waited.leave:
            return "queue_leave", {"key": key_name(waited.leave, language)}
        case "callback" if waited.callback and waited.own:
            number = spoken_number(scene.call.caller, scene)
            return "queue_callback", {"key": key_name(waited.callback, language), "number": number}
        case "callback" if waited.callback:
            return "queue_callback_any", {"key": key_name(waited.callback, language)}
    return None


def spoken_number(number: str, scene: Scene) -> str:
    """A phone number as the caller hears it."""
    return spoken(number, "phone", None, scene.call.language, scene.flow.country)


def speak(scene: Scene, name: str, values: Mapping[str, str]) -> None:
    """Says the service's phrase with these values."""
    language = scene.call.language
    prompt = scene.flow.service[name]
    pieces = prompt.text(language)
    filled = tuple(values[piece.name] for piece in pieces if isinstance(piece, Value))
    scene.says.append(Say(prompt, 0, language, filled))
