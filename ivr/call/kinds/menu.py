"""A menu: options by key, the keys that work anywhere, and longer numbers beside them."""

from __future__ import annotations

from ivr.call import events
from ivr.call.inputs import Hidden, Pressed, Silent
from ivr.call.scene import Scene
from ivr.menu.steps import Menu, Option, Step

AWAITS = (Pressed, Silent, Hidden)


def enter(step: Step[Menu], scene: Scene) -> str | None:
    """Says the options that are offered now, each with its key.

    A menu that has nothing to say now (all of its options have hours or conditions that do not hold) would be
    silence: the caller goes on to `give_up` at once.
    """
    menu = step.act
    offered = [option for option in menu.options if _offered(option, scene)]
    if not (offered or step.say):
        scene.event(events.GaveUp(step.name))
        return menu.give_up
    if scene.missed:
        # What a look-up did not find was no choice of this menu, unless the menu takes longer numbers.
        own = menu.no_match if menu.extension else None
        scene.speak(own or scene.flow.service["not_valid"])
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    for option in offered:
        scene.speak(option.prompt)
    # What was offered stays valid until the caller chooses, even if the hours end in between.
    scene.call.offered = "".join(option.key for option in offered if _at_times(option))
    digits = menu.extension.digits if menu.extension else 1
    # 'finishOnKey="" means none, and only then can # be a menu key'. A Gather has one time-out: where longer
    # numbers are possible it is also the time between their keys.
    scene.gather(digits, finish=False, wait=max(menu.wait, menu.between) if menu.extension else menu.wait)
    return None


def _at_times(option: Option) -> bool:
    """Whether it depends on the moment or the call that the option is offered."""
    return option.hours is not None or option.when is not None


def _offered(option: Option, scene: Scene) -> bool:
    if option.hours is not None and not scene.is_open(option.hours):
        return False
    return option.when is None or scene.holds(option.when)


def take(step: Step[Menu], scene: Scene) -> str | None:
    """The key's option; else a longer number; else what the key means anywhere; else no match, or no input."""
    keys = scene.input.keys if isinstance(scene.input, Pressed) else ""
    to = _meaning(step, keys, scene) if keys else None
    if to is not None:
        return to
    scene.misunderstood(keys)
    to = scene.miss(step.act.tries, step.act.give_up)
    if to is not None:
        return to
    if isinstance(scene.input, Silent):
        scene.speak(step.act.no_input or scene.flow.service["no_input"])
    else:
        scene.speak(step.act.no_match or scene.flow.service["no_match"])
    return enter(step, scene)


def _meaning(step: Step[Menu], keys: str, scene: Scene) -> str | None:
    menu, call = step.act, scene.call
    if menu.extension and len(keys) > 1:
        keys = keys.removesuffix("#")  # there is no finish key, but callers end a number with pound
    for option in menu.options:
        if option.key == keys and (not _at_times(option) or keys in call.offered):
            scene.event(events.Chose(step.name, keys, option.to))
            if option.goal:
                scene.event(events.GoalReached(step.name, option.goal))
            return option.to
    if menu.extension and len(keys) == menu.extension.digits and keys.isascii() and keys.isdigit():
        call.values[menu.extension.save] = keys
        scene.event(events.Answered(step.name, menu.extension.save, keys))
        return menu.extension.go
    return scene.anywhere(keys)
