"""A question with a typed answer, validated, read back where it is to be confirmed, and hidden where it is secret."""

from __future__ import annotations

from ivr.call import events
from ivr.call.answers import Answer, date_order, judge
from ivr.call.inputs import Hidden, Pressed, Silent
from ivr.call.scene import Scene
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
    high = ask.length[1] - len(scene.call.typed)
    scene.gather(max(high, 1), finish=True, wait=wait)


def take(step: Step[Ask], scene: Scene) -> str | None:
    """Judges the answer."""
    ask, call = step.act, scene.call
    if call.confirming is not None:
        return _confirm(step, scene)
    match scene.input:
        case Hidden(length=length, verdict=verdict):
            answer = Answer(verdict, "•" * length if verdict == "valid" else "")  # type: ignore[arg-type]
        case Pressed(keys=keys):
            answer = judge(ask, call.typed + keys, call.language, scene.flow.country)
            if ask.hidden:
                # "Input at a secret step is stored as verdict and length only."
                scene.kept = Hidden(scene.at, len(keys), answer.verdict)
        case _ if call.typed:
            answer = judge(ask, call.typed, call.language, scene.flow.country)
        case _:
            scene.event(events.NoInput(step.name))
            return _again(step, scene, no_input=True)
    call.typed = ""
    match answer.verdict:
        case "valid":
            return _accept(step, scene, answer.value)
        case "partial":
            call.typed = str(answer.value)
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
        case "zero" if "0" in scene.flow.anywhere:
            to = scene.flow.anywhere["0"]
            scene.event(events.Chose(step.name, "0", to))
            return to
    keys = scene.input.keys if isinstance(scene.input, Pressed) else ""
    scene.event(events.NoMatch(step.name, None if ask.hidden else keys))
    return _again(step, scene, no_input=False)


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
    value = call.confirming or ""
    keys = scene.input.keys if isinstance(scene.input, Pressed) else ""
    if keys == "1":
        call.confirming = None
        call.values[ask.save] = value
        scene.event(events.Answered(step.name, ask.save, value))
        return ask.go
    if keys in ("2", "*"):
        call.confirming = None
        scene.event(events.Cleared(step.name))
        enter(step, scene)
        return None
    if keys in scene.flow.anywhere:
        to = scene.flow.anywhere[keys]
        scene.event(events.Chose(step.name, keys, to))
        return to
    scene.event(events.NoMatch(step.name, keys) if keys else events.NoInput(step.name))
    return _again(step, scene, no_input=not keys)


def _again(step: Step[Ask], scene: Scene, *, no_input: bool) -> str | None:
    to = scene.miss(step.act.tries, step.act.give_up)
    if to is None:
        if no_input:
            scene.speak(step.act.no_input or scene.flow.service["no_input"])
        else:
            _say_no_match(step, scene)
        enter(step, scene)
    return to


def _say_no_match(step: Step[Ask], scene: Scene) -> None:
    confirming = scene.call.confirming is not None
    own = None if confirming else step.act.no_match
    scene.speak(own or scene.flow.service["no_match" if confirming else "not_valid"])
    scene.missed = False
