"""A survey: questions about the call, of which each answer counts by itself.

    enter       wants to ask                MaySurvey   ->  Told: found, or not (then it goes on)
                (without share or cap)      the caller is asked at once
    invited     1                           the first question
                silence, another key        goes on
    a question  its keys                    the next question
                silence or a wrong key      asked once more; the second time it goes on
    a comment   spoken                      the next question
    the end     thanks                      goes on

Nobody comes to harm by a survey: what they do wrong here is no error of the call, and it always goes on by `go`.
On a keypad a ten is two keys. All other answers count with their key; after a 1 the service asks whether it becomes a
ten: 0 makes it one, pound or silence leave it a 1. One Gather for both keys would hold up every other answer by its
time-out, and callers who hang up meanwhile would not be counted.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.call import events, says, survey_events
from ivr.call.inputs import Hidden, Pressed, Recorded, Silent, Told
from ivr.call.scene import Scene
from ivr.call.state import Surveyed
from ivr.call.wants import MaySurvey
from ivr.menu.steps import Step, Survey
from ivr.menu.surveys import BEGINS, Question

AWAITS = (Told, Pressed, Silent, Hidden, Recorded)

TRIES = 2

SILENCE = 5.0
"""Seconds of silence that end a comment."""

ANSWERS: dict[str, dict[str, int]] = {
    "csat": {str(value): value for value in range(1, 6)},
    "nps": {str(value): value for value in range(11)},
    "ces": {str(value): value for value in range(1, 8)},
    "yes_no": {"1": 1, "2": 0},
}
"""Of each measure its keys, and the value of each."""


def enter(step: Step[Survey], scene: Scene) -> None:
    """Wants to ask; or asks, or presents the question again that the caller is at."""
    if scene.call.survey is not None:
        _present(step.act, scene.call.survey, scene)
    elif step.act.always:
        _begin(step, scene)
    else:
        _want(step.act, scene)


def take(step: Step[Survey], scene: Scene) -> str | None:
    """What the input means to whether they are asked, to the invitation, or to the question."""
    surveyed = scene.call.survey
    if surveyed is None:
        return _told(step, scene)
    question = _question(step.act, surveyed)
    match scene.input:
        case Recorded() as recorded if question is not None and question.measure == "comment":
            note(step, scene)
            if recorded.hung_up:
                scene.end("completed")
                return None
            return _next(step.act, surveyed, scene, answered=bool(recorded.url))
        case Silent() if question is not None and question.measure == "comment":
            scene.event(events.NoInput(step.name))
            return _leave(step, surveyed, question.name, "no_answer", scene)
        case Told() | Recorded():
            _unexpected(step, scene)
            return None
        case _ if question is None:
            return _invited(step, surveyed, scene)
        case _ if question.measure == "comment":
            _unexpected(step, scene)
            return None
    return _keyed(step, surveyed, question, scene)


def note(step: Step[Survey], scene: Scene) -> None:
    """Notes the comment that the carrier holds."""
    surveyed, recorded = scene.call.survey, scene.input
    question = _question(step.act, surveyed) if surveyed else None
    if question is not None and question.measure == "comment" and isinstance(recorded, Recorded) and recorded.url:
        survey = step.act.survey
        commented = survey_events.SurveyCommented(step.name, survey, question.name, recorded.url, recorded.seconds)
        scene.event(commented)


# Whether they are asked


def _want(act: Survey, scene: Scene) -> None:
    share, cap = 1.0 if act.share is None else act.share, act.at_most
    scene.want = MaySurvey(act.survey, share, cap.times if cap else 0, cap.seconds if cap else 0.0)


def _told(step: Step[Survey], scene: Scene) -> str | None:
    match scene.input:
        case Told(outcome="found"):
            _begin(step, scene)
            return None
        case Told(outcome=outcome, why=why):
            why = "unavailable" if outcome == "failed" else why
            scene.event(survey_events.SurveySkipped(step.name, step.act.survey, "", why))
            return step.act.go
        case Silent():  # the carrier comes again
            enter(step, scene)
            return None
    _unexpected(step, scene)
    return None


def _begin(step: Step[Survey], scene: Scene) -> None:
    scene.event(survey_events.SurveyAsked(step.name, step.act.survey))
    if step.say:
        scene.speak(step.say, interruptible=step.interruptible)
    _ask(step.act, Surveyed(-1 if step.act.invite else 0), scene)


def _invited(step: Step[Survey], surveyed: Surveyed, scene: Scene) -> str | None:
    keys = _keys(scene)
    if keys == BEGINS:
        _ask(step.act, replace(surveyed, at=0), scene)
        return None
    if keys and (to := scene.anywhere(keys)) is not None:
        return _elsewhere(step, surveyed, "", to, scene)
    scene.misunderstood(keys)
    return _leave(step, surveyed, "", "declined", scene)


# The questions


def _question(act: Survey, surveyed: Surveyed) -> Question | None:
    """The question that the caller is at; None at the invitation and after the last one."""
    return act.questions[surveyed.at] if 0 <= surveyed.at < len(act.questions) else None


def _ask(act: Survey, surveyed: Surveyed, scene: Scene) -> None:
    scene.call.survey = surveyed
    scene.call.misses = 0
    _present(act, surveyed, scene)


def _present(act: Survey, surveyed: Surveyed, scene: Scene) -> None:
    """The invitation, or the question; whether a 1 shall be a ten."""
    question = _question(act, surveyed)
    if question is None:
        assert act.invite is not None, "only an invitation comes before the questions"  # noqa: S101
        scene.speak(act.invite)
    elif surveyed.one:
        scene.service("one_or_ten")
        scene.gather(1, finish=False, wait=act.between)
        return
    else:
        scene.speak(question.prompt)
        if question.measure == "comment":
            scene.says.append(says.Record(act.longest, SILENCE))
            return
        if question.measure == "yes_no":
            scene.service("yes_no")
    scene.gather(1, finish=False, wait=act.wait)


def _keyed(step: Step[Survey], surveyed: Surveyed, question: Question, scene: Scene) -> str | None:
    """What was pressed at a question, or that nothing was."""
    keys = _keys(scene)
    if surveyed.one:
        if keys in ("0", "#", "") and not isinstance(scene.input, Hidden):
            return _answer(step, surveyed, question, 10 if keys == "0" else 1, scene)
    elif question.measure == "nps" and keys == "1":
        scene.call.survey = replace(surveyed, one=True)
        _present(step.act, scene.call.survey, scene)
        return None
    elif keys in ANSWERS[question.measure]:
        return _answer(step, surveyed, question, ANSWERS[question.measure][keys], scene)
    taken = question.measure == "nps" and keys.isdigit()  # a digit is an answer there, or part of one
    if keys and not taken and (to := scene.anywhere(keys)) is not None:
        return _elsewhere(step, surveyed, question.name, to, scene)
    scene.misunderstood(keys)
    scene.call.misses += 1
    if scene.call.misses >= TRIES:
        return _leave(step, surveyed, question.name, "no_answer", scene)
    scene.service("no_input" if isinstance(scene.input, Silent) else "no_match")
    scene.call.survey = replace(surveyed, one=False)
    _present(step.act, scene.call.survey, scene)
    return None


def _keys(scene: Scene) -> str:
    return scene.input.keys if isinstance(scene.input, Pressed) else ""


def _answer(step: Step[Survey], surveyed: Surveyed, question: Question, value: int, scene: Scene) -> str | None:
    survey = step.act.survey
    scene.event(survey_events.SurveyAnswered(step.name, survey, question.name, question.measure, value))
    return _next(step.act, surveyed, scene, answered=True)


def _next(act: Survey, surveyed: Surveyed, scene: Scene, *, answered: bool) -> str | None:
    """The next question; after the last one, on."""
    surveyed = Surveyed(surveyed.at + 1, answered=surveyed.answered or answered)
    if _question(act, surveyed) is not None:
        _ask(act, surveyed, scene)
        return None
    scene.call.survey = surveyed
    return _on(act, surveyed, scene)


# Out of it


def _leave(step: Step[Survey], surveyed: Surveyed, question: str, why: str, scene: Scene) -> str:
    """The rest is left out."""
    scene.event(survey_events.SurveySkipped(step.name, step.act.survey, question, why))
    return _on(step.act, surveyed, scene)


def _on(act: Survey, surveyed: Surveyed, scene: Scene) -> str:
    if surveyed.answered and act.thanks:
        scene.speak(act.thanks)
    return act.go


def _elsewhere(step: Step[Survey], surveyed: Surveyed, question: str, to: str, scene: Scene) -> str | None:
    """A key that works anywhere; the one that repeats means what is heard here."""
    if to == "repeat":
        scene.again = True
        _present(step.act, surveyed, scene)
        scene.again = False
        return None
    scene.event(survey_events.SurveySkipped(step.name, step.act.survey, question, "left"))
    return to


def _unexpected(step: Step[Survey], scene: Scene) -> None:
    scene.event(events.Unexpected(step.name, scene.input.kind))
    scene.forget_keys()
    enter(step, scene)
