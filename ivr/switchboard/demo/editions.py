"""The versions of a line that followed each other: its file as it is, and small edits of it.

An edit is made where the line has a place for it, and left out where what comes of it does not check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from ivr.menu import Flow, load
from ivr.menu.graph import END, exits
from ivr.menu.steps import If, Menu, Opening, Queue, Say, Set, Survey, Switch
from ivr.menu.team import Team
from ivr.store.versions import version_of

AFTER_AGENT, AFTER_GOAL = "how_was_it", "how_easy_was_it"
"""The steps that ask, and the surveys' names."""

SHARE, AT_MOST = "70%", "1 in 7d"

LEAST_OPTIONS = 4
"""Of a menu that may have had one option less."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a line."""

    version: str
    files: Mapping[str, bytes]
    flow: Flow
    why: str


def editions(file: str, files: Mapping[str, bytes], tables: Mapping[str, bytes], team: Team) -> list[Edition]:
    """The versions of the line in a file (its bare name), the oldest first; none where the file does not check.

    `files` are the line's, and the pieces that it runs.
    """
    here, data = _Bench(file, files, tables, team), files[file]
    own = here.checked(data)
    if own is None:
        return []
    asking = here.edited(data, _ask_after_agents)
    steps = (
        (here.without_an_option(data), "the first menu"),
        (asking, "callers are asked how it was"),
        (here.edited(asking, _without_read_back), "numbers are no longer read back"),
        (here.edited(asking, _ask_after_goals), "numbers are read back again, and self-service is asked about, too"),
    )
    found: dict[str, Edition] = {}
    for text, why in steps:
        flow = here.checked(text)
        whole = {**files, file: text}
        version = version_of(whole)
        if flow is not None and version not in found:
            found[version] = Edition(version, whole, flow, why)
    return list(found.values())


class _Bench:
    """Where one file is edited."""

    def __init__(self, file: str, files: Mapping[str, bytes], tables: Mapping[str, bytes], team: Team) -> None:
        self._file, self._files, self._tables, self._team = file, files, tables, team

    def checked(self, data: bytes) -> Flow | None:
        """The line of this text; None where it does not check."""
        menus = load({**self._files, self._file: data}, self._tables, self._team)
        return None if menus.errors else next(iter(menus.flows.values()), None)

    def edited(self, data: bytes, edit: Callable[[list[str], Flow], bool]) -> bytes:
        """The text with the edit; as it was where that cannot be made."""
        flow = self.checked(data)
        lines = data.decode("utf-8").splitlines()
        if flow is None or not edit(lines, flow):
            return data
        changed = ("\n".join(lines) + "\n").encode()
        return data if self.checked(changed) is None else changed

    def without_an_option(self, data: bytes) -> bytes:
        """The text whose first menu of several options has one less: the last that the line can do without."""
        flow = self.checked(data)
        for step in flow.steps.values() if flow else ():
            if isinstance(step.act, Menu) and len(step.act.options) >= LEAST_OPTIONS:
                for option in reversed(step.act.options):
                    changed = self.edited(data, partial(_without, option.prompt.address))
                    if changed != data:
                        return changed
                break
        return data


def _without(address: str, lines: list[str], flow: Flow) -> bool:
    """What stands at the address is gone."""
    del lines[_block(lines, flow.marks[address][0] - 1)]
    return True


def _without_read_back(lines: list[str], _: Flow) -> bool:
    """The first question that reads its answer back no longer does."""
    for number, line in enumerate(lines):
        if re.match(r"\s+confirm: yes\b", line):
            del lines[number]
            return True
    return False


def _ask_after_agents(lines: list[str], flow: Flow) -> bool:
    """Who talked to an agent is asked how satisfied they are, whether it was solved, how likely they recommend us."""
    if any(isinstance(step.act, Survey) for step in flow.steps.values()):
        return False
    for step in flow.steps.values():
        if isinstance(step.act, Queue):
            lines_of = _survey(AFTER_AGENT, step.act.answered, flow, ("csat", "solved", "nps"), share=True)
            return _into(lines, flow, step.name, "answered", AFTER_AGENT, lines_of)
    return False


def _ask_after_goals(lines: list[str], flow: Flow) -> bool:
    """Who stays on the line after a goal, and presses nothing, is invited to say how easy it was."""
    done = False
    after = _menus_after_goals(flow)
    for name in after:
        act = flow.steps[name].act
        if not isinstance(act, Menu) or act.give_up not in flow.steps or f"{name}.give_up" not in flow.marks:
            continue
        if not isinstance(flow.steps[act.give_up].act, Say):
            continue
        step_lines = [] if done else _survey(AFTER_GOAL, act.give_up, flow, ("ces", "comment"), share=False)
        if step_lines is None:
            return False
        # The lines above move nothing below: a step is put in before the first of these menus alone.
        shift = _line_of(lines, name)
        _change(lines, shift, "give_up", AFTER_GOAL)
        lines[shift:shift] = step_lines
        done = True
    return done


def _line_of(lines: list[str], step: str) -> int:
    return next(number for number, line in enumerate(lines) if re.match(rf"\s+{re.escape(step)}:\s*(#.*)?$", line))


def _change(lines: list[str], begin: int, name: str, to: str) -> None:
    """Another destination of the step that begins there."""
    for number in range(begin, len(lines)):
        if found := re.match(rf"(\s+{name}:\s+)[\w-]+(.*)$", lines[number]):
            lines[number] = f"{found[1]}{to}{found[2]}"
            return


def _menus_after_goals(flow: Flow) -> list[str]:
    """The menus to which a goal leads by words and decisions alone."""
    seen = {name for name, step in flow.steps.items() if step.goal and isinstance(step.act, (Say, If, Switch, Opening))}
    todo, found = sorted(seen), []
    while todo:
        for exit_ in exits(flow.steps[todo.pop()]):
            step = flow.steps.get(exit_.to)
            if step is None or exit_.to in seen or exit_.to == flow.operator:
                continue
            seen.add(exit_.to)
            if isinstance(step.act, Menu) and not step.say:
                found.append(exit_.to)
            elif isinstance(step.act, (Say, If, Switch, Set, Opening)):
                todo.append(exit_.to)
    return sorted(found)


def _into(lines: list[str], flow: Flow, step: str, exit_: str, to: str, step_lines: list[str] | None) -> bool:
    """The step's exit leads to a new step, which is written before it."""
    if step_lines is None or f"{step}.{exit_}" not in flow.marks:
        return False
    begin = flow.marks[step][0] - 1
    _change(lines, begin, exit_, to)
    lines[begin:begin] = step_lines
    return True


def _block(lines: list[str], begin: int) -> slice:
    """The lines of what begins there: up to the next line that is not further in."""
    indent = len(lines[begin]) - len(lines[begin].lstrip())
    end = begin + 1
    while end < len(lines) and lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) > indent:
        end += 1
    return slice(begin, end)


def _survey(name: str, go: str, flow: Flow, asks: tuple[str, ...], *, share: bool) -> list[str] | None:
    """The lines of a step that asks; None where the service's demonstration has no words in a language of the line."""
    if go == END or any(language.split("-")[0] not in _WORDS for language in flow.languages):
        return None
    lines = [f"  {name}:", f"    survey: {name}"]
    if not share:
        lines += ["    invite:", *_said(flow, "invite", 6)]
    for ask in asks:
        head = ["    yes_no:", "      solved:"] if ask == "solved" else [f"    {ask}:"]
        lines += [*head, *_said(flow, ask, 8 if ask == "solved" else 6)]
    lines += ["    thanks:", *_said(flow, "thanks", 6)]
    if share:
        lines.append(f"    share: {SHARE}")
    return [*lines, f"    at_most: {AT_MOST}", f"    go: {go}", ""]


def _said(flow: Flow, what: str, indent: int) -> list[str]:
    return [f'{" " * indent}{language}: "{_WORDS[language.split("-")[0]][what]}"' for language in flow.languages]


_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "csat": "From 1 to 5, how satisfied are you with this call? 5 is very satisfied.",
        "solved": "Did we solve what you called about?",
        "nps": "From 0 to 10, how likely is it that you would recommend us?",
        "ces": "From 1 to 7, how easy was it to get what you needed? 7 is very easy.",
        "comment": "After the tone, please tell us what we could do better.",
        "thanks": "Thank you for your answers.",
        "invite": "To tell us how easy that was",
    },
    "es": {
        "csat": "Del 1 al 5, ¿qué tan satisfecho está con esta llamada? 5 es muy satisfecho.",
        "solved": "¿Resolvimos el motivo de su llamada?",
        "nps": "Del 0 al 10, ¿qué tan probable es que nos recomiende?",
        "ces": "Del 1 al 7, ¿qué tan fácil fue obtener lo que necesitaba? 7 es muy fácil.",
        "comment": "Después del tono, díganos qué podríamos mejorar.",
        "thanks": "Gracias por sus respuestas.",
        "invite": "Para decirnos qué tan fácil fue",
    },
    "fr": {
        "csat": "De 1 à 5, êtes-vous satisfait de cet appel ? 5 veut dire très satisfait.",
        "solved": "Avons-nous réglé la raison de votre appel ?",
        "nps": "De 0 à 10, nous recommanderiez-vous ?",
        "ces": "De 1 à 7, était-ce facile ? 7 veut dire très facile.",
        "comment": "Après le signal, dites-nous ce que nous pourrions améliorer.",
        "thanks": "Merci de vos réponses.",
        "invite": "Pour nous dire si c'était facile",
    },
    "de": {
        "csat": "Von 1 bis 5, wie zufrieden sind Sie mit diesem Anruf? 5 heißt sehr zufrieden.",
        "solved": "Konnten wir Ihr Anliegen lösen?",
        "nps": "Von 0 bis 10, wie wahrscheinlich ist es, dass Sie uns empfehlen?",
        "ces": "Von 1 bis 7, wie einfach war es? 7 heißt sehr einfach.",
        "comment": "Sagen Sie uns bitte nach dem Ton, was wir besser machen können.",
        "thanks": "Danke für Ihre Antworten.",
        "invite": "Um uns zu sagen, wie einfach das war",
    },
    "pt": {
        "csat": "De 1 a 5, qual é a sua satisfação com esta chamada? 5 é muito satisfeito.",
        "solved": "Resolvemos o motivo da sua chamada?",
        "nps": "De 0 a 10, qual é a probabilidade de nos recomendar?",
        "ces": "De 1 a 7, foi fácil? 7 é muito fácil.",
        "comment": "Depois do sinal, diga-nos o que podemos melhorar.",
        "thanks": "Obrigado pelas suas respostas.",
        "invite": "Para nos dizer se foi fácil",
    },
}
