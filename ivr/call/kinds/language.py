"""A choice of language: each offered in its own. Who chooses none keeps the line's first, and goes on."""

from __future__ import annotations

from ivr.call import events
from ivr.call.inputs import Pressed, Silent
from ivr.call.scene import Scene
from ivr.menu.steps import Language, Step

AWAITS = (Pressed, Silent)

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
    """The key's language, for every later prompt."""
    languages = step.act.languages
    keys = scene.input.keys if isinstance(scene.input, Pressed) else ""
    if keys in "123456789" and keys and int(keys) <= len(languages):
        scene.call.language = languages[int(keys) - 1]
        scene.event(events.LanguageChosen(step.name, scene.call.language))
        return step.act.go
    if keys in scene.flow.anywhere:
        to = scene.flow.anywhere[keys]
        scene.event(events.Chose(step.name, keys, to))
        return to
    scene.event(events.NoMatch(step.name, keys) if keys else events.NoInput(step.name))
    to_ = scene.miss(TRIES, step.act.go)
    if to_ is None:
        enter(step, scene)
    return to_
