"""A `set`: names get values, all at once, from texts or other names."""

from __future__ import annotations

from ivr.call.facts import value_of
from ivr.call.scene import Scene
from ivr.menu.steps import Set, Step
from ivr.menu.words import Template

AWAITS = ()


def enter(step: Step[Set], scene: Scene) -> str:
    """Sets the names and goes on."""
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    scene.call.values |= {name: _value(template, scene) for name, template in step.act.set.items()}
    return step.act.go


def _value(template: Template, scene: Scene) -> object:
    name = template.only_name
    if name is None:
        return template.fill({used: scene.text(used) for used in template.names})
    value, type_ = value_of(name, scene.flow, scene.call, scene.at)
    return scene.text(name) if type_ == "moment" else value


take = enter
