"""What a picture says of a step and its ways out: short, in the words of people who never saw a menu file."""

from __future__ import annotations

import re
from typing import Literal

from ivr.menu.flow import Flow
from ivr.menu.options import option_words
from ivr.menu.questions import AnswerType
from ivr.menu.steps import (
    Act,
    Ask,
    Dial,
    If,
    Language,
    Lookup,
    Menu,
    Opening,
    Queue,
    Set,
    Step,
    Survey,
    Switch,
    Voicemail,
)
from ivr.menu.words import Prompt, plain

Kind = Literal[
    "menu", "ask", "language", "hours", "if", "switch", "set", "lookup", "queue", "dial", "voicemail", "survey",
    "say", "run", "piece", "end",
]  # fmt: skip

LONGEST = 90
"""Characters of anything that a picture says; the file has the rest."""

_KINDS: dict[type, Kind] = {
    Menu: "menu", Ask: "ask", Language: "language", Opening: "hours", If: "if", Switch: "switch", Set: "set",
    Lookup: "lookup", Queue: "queue", Dial: "dial", Voicemail: "voicemail", Survey: "survey",
}  # fmt: skip

_ANSWERS: dict[AnswerType, str] = {
    "digits": "digits", "date": "a date", "money": "an amount", "phone": "a phone number", "pin": "a PIN",
    "yes_no": "yes or no",
}  # fmt: skip

_WAYS = {
    "open": "open", "closed": "closed", "then": "yes", "else": "no", "found": "found", "not_found": "not found",
    "failed": "it fails", "answered": "answered", "busy": "busy", "no_answer": "no answer", "left": "left by a key",
    "callback_booked": "callback booked", "timed_out": "waited too long", "full": "queue is full",
    "nobody_in": "nobody signed in", "give_up": "gives up", "extension.go": "a longer number",
}  # fmt: skip

_DESTINATIONS = {
    "back": "back", "repeat": "hear it again", "start": "begin again", "operator": "a person", "hangup": "end the call",
}  # fmt: skip


def kind_of(step: Step[Act]) -> Kind:
    """Which kind of step it is."""
    return _KINDS.get(type(step.act), "say")


def act_words(flow: Flow, step: Step[Act]) -> str:
    """What the step does; empty where it only says something."""
    match step.act:
        case Ask() as ask:
            low, high = ask.length
            digits = (f"{low} digits" if low > 1 else "1 digit") if low == high else f"{low} to {high} digits"
            return f"asks for {digits if ask.type == 'digits' else _ANSWERS[ask.type]}"
        case Language(languages=languages):
            return f"asks for a language: {', '.join(languages)}"
        case Opening(hours=name):
            hours = flow.hours.get(name)
            return short(f"{_bare(name)}: {hours.source}" if hours else _bare(name))
        case If(when=condition):
            return short(condition.source)
        case Switch(switch=name):
            return name
        case Set(set=names):
            return short(", ".join(f"{name} = {template.source}" for name, template in names.items()))
        case Lookup(lookup=name):
            return f"looks up {_bare(name)}"
        case Queue(queue=name):
            return f"waits for an agent: {name}"
        case Dial(to=to):
            return short(f"dials {to.source}")
        case Voicemail(box=box):
            return f"takes a message: {box}"
        case Survey(survey=name):
            return f"asks the survey {name}"
    return ""


def first_words(step: Step[Act], language: str) -> str:
    """The first words that callers hear at the step, in a language, shortened."""
    act = step.act
    prompt: Prompt | None = step.say
    match act:
        case Ask(ask=question):
            prompt = prompt or question
        case Survey(invite=invite):
            prompt = prompt or invite or (act.questions[0].prompt if act.questions else None)
    return short(plain(prompt.text(language))) if prompt and language in prompt.texts else ""


def key_of(step: Step[Act], exit_key: str) -> str:
    """The key of the phone that takes a way out; empty where it is none."""
    return exit_key.removeprefix("menu.") if isinstance(step.act, Menu) and exit_key.startswith("menu.") else ""


def way_words(step: Step[Act], exit_key: str, language: str) -> str:
    """What takes callers out of the step by this way; empty where it is the only one and nothing decides."""
    act = step.act
    match act:
        case Menu(options=options):
            for option in options:
                if option.prompt.address.endswith(f".{exit_key}"):
                    return short(
                        option_words(option, language) + (" (not always)" if option.hours or option.when else "")
                    )
        case Switch():
            value = exit_key.removeprefix("cases.")
            return "anything else" if exit_key == "else" else short(f"is {value}")
        case Queue() if exit_key == "closed":
            return "queue is closed"
    if exit_key == "go":
        return "answers" if isinstance(act, Ask) else ""
    return _WAYS.get(exit_key, exit_key.replace("_", " "))


def meaning(to: str) -> str:
    """What a key that works anywhere does."""
    return _DESTINATIONS.get(to, f"go to {to}")


def short(text: str) -> str:
    """The text in one line of printable characters, and not too long."""
    text = " ".join("".join(it if it.isprintable() else " " for it in text).split())
    if len(text) <= LONGEST:
        return text
    return re.sub(r"\s+\S*$", "", text[:LONGEST]) + " …"


def _bare(name: str) -> str:
    """A name that a piece brought along, without the steps that run it."""
    return name.rpartition(".")[2]
