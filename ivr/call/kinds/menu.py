"""A menu: options by key, the keys that work anywhere, and longer numbers beside them."""

from __future__ import annotations

from ivr.call import events
from ivr.call.inputs import Pressed, Silent
from ivr.call.scene import Scene
from ivr.menu.steps import Menu, Option, Step

AWAITS = (Pressed, Silent)


def enter(step: Step[Menu], scene: Scene) -> None:
    """Says the options that are offered now, each with its key."""
    menu = step.act
    if scene.missed:
        _say_no_match(step, scene)
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    offered = [option for option in menu.options if _offered(option, scene)]
    for option in offered:
        scene.speak(option.prompt)
    if len(offered) < len(menu.options) or any(option.hours or option.when for option in offered):
        # What was offered stays valid until the caller chooses, even if the hours end in between.
        scene.call.offered = "".join(option.key for option in offered) or "-"
    digits = menu.extension.digits if menu.extension else 1
    # 'finishOnKey="" means none, and only then can # be a menu key'. A Gather has one time-out: where longer
    # numbers are possible it is also the time between their keys.
    scene.gather(digits, finish=False, wait=max(menu.wait, menu.between) if menu.extension else menu.wait)


def _offered(option: Option, scene: Scene) -> bool:
    if option.hours and not scene.is_open(option.hours):
        return False
    return option.when is None or scene.holds(option.when)


def take(step: Step[Menu], scene: Scene) -> str | None:
    """The key's option; else what the key means anywhere; else no match, or no input."""
    menu, call = step.act, scene.call
    if not isinstance(scene.input, Pressed):
        scene.event(events.NoInput(step.name))
        return _again(step, scene, no_input=True)
    keys = scene.input.keys
    for option in menu.options:
        if option.key == keys and (not call.offered or keys in call.offered):
            scene.event(events.Chose(step.name, keys, option.to))
            if option.goal:
                scene.event(events.GoalReached(step.name, option.goal))
            return option.to
    if menu.extension and len(keys) == menu.extension.digits and keys.isdigit():
        call.values[menu.extension.save] = keys
        scene.event(events.Answered(step.name, menu.extension.save, keys))
        return menu.extension.go
    if keys in scene.flow.anywhere:
        to = scene.flow.anywhere[keys]
        scene.event(events.Chose(step.name, keys, to))
        return to
    scene.event(events.NoMatch(step.name, keys))
    return _again(step, scene, no_input=False)


def _again(step: Step[Menu], scene: Scene, *, no_input: bool) -> str | None:
    to = scene.miss(step.act.tries, step.act.give_up)
    if to is None:
        if no_input:
            scene.speak(step.act.no_input or scene.flow.service["no_input"])
        else:
            _say_no_match(step, scene)
        enter(step, scene)
    return to


def _say_no_match(step: Step[Menu], scene: Scene) -> None:
    scene.speak(step.act.no_match or scene.flow.service["no_match"])
    scene.missed = False
