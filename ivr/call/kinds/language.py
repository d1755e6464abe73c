"""A choice of language: each offered in its own. Who chooses none goes on in the one that was spoken so far."""

from __future__ import annotations

from ivr.call import events
from ivr.call.inputs import Hidden, Pressed, Silent
from ivr.call.scene import Scene
from ivr.menu.steps import Language, Step

AWAITS = (Pressed, Silent, Hidden)

WAIT = 5.0
TRIES = 2


def enter(step: Step[Language], scene: Scene) -> None:
    """Each language in its own words: "For English, press 1. Para español, oprima 2."."""
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    for key, language in enumerate(step.act.languages, 1):
        scene.speak(scene.flow.service[f"language.{key}.{language}"], language=language)
    scene.gather(1, finish=False, wait=WAIT)


def take(step: Step[Language], scene: Scene) -> str | None:
    """The key's language, for every later prompt; else what the key means anywhere.

    At the start of a call the language spoken so far is the line's first. A caller who comes back to the
    choice keeps the one they chose.
    """
    keys = scene.input.keys if isinstance(scene.input, Pressed) else ""
    if keys:
        choices = {str(key): language for key, language in enumerate(step.act.languages, 1)}
        if keys in choices:
            scene.call.language = choices[keys]
            scene.event(events.LanguageChosen(step.name, choices[keys]))
            return step.act.go
        to = scene.anywhere(keys)
        if to is not None:
            return to
    scene.misunderstood(keys)
    to = scene.miss(TRIES, step.act.go)
    if to is None:
        enter(step, scene)
    return to
