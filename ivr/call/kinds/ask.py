"""A question with a typed answer, validated, read back where it is to be confirmed, and hidden where it is secret."""

from __future__ import annotations

from ivr.call import events
from ivr.call.answers import Answer, date_order, judge, without_cleared
from ivr.call.inputs import Hidden, Pressed, Silent
from ivr.call.scene import Scene
from ivr.call.state import TYPED, Call
from ivr.menu.steps import Ask, Step

AWAITS = (Pressed, Silent, Hidden)


def enter(step: Step[Ask], scene: Scene) -> None:
    """Asks; or, with an answer that waits for its confirmation, reads that back."""
    ask = step.act
    if scene.call.confirming is not None:
        scene.service("confirm")
        scene.gather(1, finish=False, wait=ask.wait)
        return
    if scene.missed:
        _say_no_match(step, scene)
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    scene.speak(ask.ask)
    hint = _hint(ask, scene)
    if hint:
        scene.service(hint)
    _keep_typed(ask, scene.call, "")
    _gather(ask, scene, max(ask.wait, ask.between))


def _hint(ask: Ask, scene: Scene) -> str | None:
    """The service's own words on how to enter such an answer, so that they fit what it takes."""
    low, high = ask.length
    match ask.type:
        case "date":
            return f"date_{date_order(scene.call.language)}"
        case "money" | "yes_no":
            return ask.type
    return "until_pound" if low != high else None


def _gather(ask: Ask, scene: Scene, wait: float) -> None:
    # "one finish key at most", and in an answer that is pound. Money's point is a star, so it counts as a digit.
    scene.gather(_room(ask, scene.call), finish=True, wait=wait)


def _room(ask: Ask, call: Call) -> int:
    """How many keys the caller can still type."""
    return max(ask.length[1] - len(_typed(ask, call)), 1)


def _typed(ask: Ask, call: Call) -> str:
    """What stays of an answer after a star."""
    return call.secrets.get(TYPED, "") if ask.hidden else call.typed


def _keep_typed(ask: Ask, call: Call, keys: str) -> None:
    call.typed = "" if ask.hidden else keys
    if ask.hidden and keys:
        call.secrets[TYPED] = keys
    else:
        call.secrets.pop(TYPED, None)


def take(step: Step[Ask], scene: Scene) -> str | None:
    """Judges the answer."""
    ask, call = step.act, scene.call
    if call.confirming is not None:
        return _confirm(step, scene)
    answer = _judged(ask, scene)
    _keep_typed(ask, call, "")
    match answer.verdict:
        case "valid":
            return _accept(step, scene, answer.value)
        case "partial":
            _keep_typed(ask, call, str(answer.value))
            scene.event(events.Cleared(step.name))
            _gather(ask, scene, ask.between)
            return None
        case "cleared":
            scene.event(events.Cleared(step.name))
            enter(step, scene)
            return None
        case "back":
            scene.event(events.Chose(step.name, "**", "back"))
            return "back"
        case "zero":
            to = scene.anywhere("0")
            if to is not None:
                return to
    return _again(step, scene, str(answer.value))


def _judged(ask: Ask, scene: Scene) -> Answer:
    """What the keys mean, those that stayed after a star among them.

    What may be kept of the input is settled here: "input at a secret step is stored as verdict and length
    only", and what the caller cleared is not stored at all.
    """
    if isinstance(scene.input, Hidden):
        return Answer(scene.input.verdict, "•" * scene.input.length)
    keys = scene.input.keys if isinstance(scene.input, Pressed) else ""
    typed = _typed(ask, scene.call)
    more = len(keys) >= _room(ask, scene.call)  # else pound or a pause ended the entry
    answer = judge(ask, typed + keys, scene.call.language, scene.flow.country, more=more)
    if ask.hidden and (keys or typed):
        scene.hide(keys, answer.verdict)
    elif keys:
        scene.kept = Pressed(scene.at, without_cleared(ask, keys))
    return answer


def _accept(step: Step[Ask], scene: Scene, value: str | bool) -> str | None:
    ask, call = step.act, scene.call
    if ask.hidden:
        call.secrets[ask.save] = str(value)
        scene.event(events.Answered(step.name, ask.save, None))
        return ask.go
    if ask.confirm:
        call.confirming = str(value)
        enter(step, scene)
        return None
    call.values[ask.save] = value
    scene.event(events.Answered(step.name, ask.save, value))
    return ask.go


def _confirm(step: Step[Ask], scene: Scene) -> str | None:
    """1 keeps, 2 (or star) enters again; else what the key means anywhere."""
    ask, call = step.act, scene.call
    match scene.input:
        case Pressed(keys="1"):
            value = call.confirming or ""
            call.confirming = None
            call.values[ask.save] = value
            scene.event(events.Answered(step.name, ask.save, value))
            return ask.go
        case Pressed(keys="2" | "*"):
            call.confirming = None
            scene.event(events.Cleared(step.name))
            enter(step, scene)
            return None
        case Pressed(keys=keys):
            to = scene.anywhere(keys)
            if to is not None:
                return to
            return _again(step, scene, keys)
    return _again(step, scene, "")


def _again(step: Step[Ask], scene: Scene, keys: str) -> str | None:
    """No match, or no input: the words for it, and the question (or what is to be confirmed) once more."""
    scene.misunderstood(keys)
    to = scene.miss(step.act.tries, step.act.give_up)
    if to is None:
        if keys or not isinstance(scene.input, Silent):
            _say_no_match(step, scene)
        else:
            scene.speak(step.act.no_input or scene.flow.service["no_input"])
        enter(step, scene)
    return to


def _say_no_match(step: Step[Ask], scene: Scene) -> None:
    confirming = scene.call.confirming is not None
    own = None if confirming else step.act.no_match
    scene.speak(own or scene.flow.service["no_match" if confirming else "not_valid"])
