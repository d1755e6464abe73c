"""The texts of a line as the console shows them: by step, with what each is, who shares it, and a mark of its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ivr.menu import Flow
from ivr.switchboard.prompts.standing import WANTED, Standing, State
from ivr.switchboard.prompts.texts import PromptText
from ivr.web.console.words import what_it_is

SERVICE = "The service's own words"

SAYS: Mapping[State, str] = {
    "recorded": "A person's recording is played.",
    "draft": "A synthesizer's draft is played, until a person reads it.",
    "stale": "The words are others now, so they are spoken, and the old recording is not played.",
    "missing": "Nobody has recorded it, so it is spoken.",
    "spoken": "A value is said in it, so the carrier's voice speaks it, always.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as it is shown. `also` are the other texts of the line that the same recording serves."""

    standing: Standing
    label: str
    also: tuple[PromptText, ...]

    @property
    def text(self) -> PromptText:
        """The text itself."""
        return self.standing.text

    @property
    def played(self) -> bool:
        """Whether callers hear a recording."""
        return self.standing.state in ("recorded", "draft")

    @property
    def own(self) -> bool:
        """Whether there is a recording of its own, which can be taken away."""
        return self.standing.file == self.text.path

    @property
    def says(self) -> str:
        """How it stands, in words."""
        return SAYS[self.standing.state]

    @property
    def place(self) -> dict[str, str]:
        """What names it in an address of the console."""
        return {"address": self.text.address, "variant": str(self.text.variant), "language": self.text.language}


Step = tuple[str, list[tuple[str, list[Shown]]]]
"""A step's name, and its prompts: what each is, and its texts."""


def mark(text: PromptText) -> str:
    """A mark of the text and its words: who sends a recording says by it which words they had read."""
    told = "\0".join((text.line, text.address, str(text.variant), text.language, text.words))
    return sha256(told.encode()).hexdigest()[:12]


def shown(found: Sequence[Standing], flow: Flow) -> list[Shown]:
    """The texts of the line, in its order."""
    same: dict[tuple[str, str], list[PromptText]] = {}
    for one in found:
        same.setdefault((one.text.language, one.text.words), []).append(one.text)
    return [
        Shown(
            one,
            what_it_is(_split(flow, one.text.address)[1], one.text.variant),
            tuple(it for it in same[one.text.language, one.text.words] if it is not one.text and one.state != "spoken"),
        )
        for one in found
    ]


def by_step(texts: Sequence[Shown], flow: Flow) -> list[Step]:
    """The texts by step, and within a step by prompt: its languages beside each other."""
    steps: dict[str, dict[tuple[str, int], list[Shown]]] = {}
    for it in texts:
        prompts = steps.setdefault(_split(flow, it.text.address)[0], {})
        prompts.setdefault((it.text.address, it.text.variant), []).append(it)
    return [(step, [(of[0].label, of) for of in prompts.values()]) for step, prompts in steps.items()]


def counts(texts: Sequence[Shown]) -> dict[str, Counter[str]]:
    """By language, how many texts stand how; under `all` all of them, under `wanted` those to be recorded."""
    found: dict[str, Counter[str]] = {}
    for one in texts:
        count = found.setdefault(one.text.language, Counter())
        count.update([one.standing.state, "all"] + (["wanted"] if one.standing.wanted else []))
    return found


def chosen(texts: Sequence[Shown], state: str, language: str) -> list[Shown]:
    """The texts in this state (`wanted`: stale or missing) and language; empty is any."""
    states = WANTED if state == "wanted" else (state,)
    return [
        it
        for it in texts
        if (not state or it.standing.state in states) and (not language or it.text.language == language)
    ]


def length(texts: Sequence[Shown]) -> str:
    """How long it takes to say them all: 5 min 8 s."""
    seconds = round(sum(it.standing.seconds for it in texts))
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"


def _split(flow: Flow, address: str) -> tuple[str, str]:
    """The step that an address lies in, and the rest of it."""
    if address.startswith("service."):
        return SERVICE, address.removeprefix("service.").replace(".", " ")
    if address.startswith(".lookups."):
        name, _, rest = address.removeprefix(".lookups.").rpartition(".")
        return f"look-up {name}", rest
    words = address.split(".")
    steps = (end for end in range(len(words) - 1, 0, -1) if ".".join(words[:end]) in flow.steps)
    end = next(steps, 1)
    return ".".join(words[:end]), ".".join(words[end:])
