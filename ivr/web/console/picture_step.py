"""What the picture tells of one step: what it does, its words and audio, where it leads, what callers did there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from ivr.menu import Flow
from ivr.menu.drawing import END, JUMPS, Node, Way, picture
from ivr.menu.flow import Request
from ivr.menu.graph import awaits_keys
from ivr.menu.pieces import FOLDER as PIECES
from ivr.menu.steps import Act, Lookup, Step, prompts
from ivr.menu.words import Prompt
from ivr.reports.flow import StepFigures, paths
from ivr.reports.flow_words import choice_words
from ivr.reports.wording import amount
from ivr.switchboard.prompts.manifest import ManifestError
from ivr.switchboard.prompts.standing import Standing, standings
from ivr.switchboard.prompts.texts import texts_of
from ivr.web.console.picture_look import FIGURES_OF, Look
from ivr.web.console.prompts_shown import Shown, shown
from ivr.web.people.office import office


@dataclass(frozen=True, slots=True)
class Leads:
    """One way out: the key, what it says or means, and the step that it leads to; or where else, in words."""

    key: str
    words: str
    step: str | None
    elsewhere: str
    faint: bool


@dataclass(frozen=True, slots=True)
class StepPanel:
    """What is told of a step."""

    node: Node
    words: tuple[tuple[str, tuple[Shown, ...]], ...]  # what a prompt is, and its texts
    no_manifest: str  # why nothing is known of recordings
    leads: tuple[Leads, ...]
    anywhere: tuple[tuple[str, str], ...]
    inside: tuple[str, ...]  # of a piece, its steps
    numbers: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str, str], ...]
    days: int
    edit: str  # where its words are edited; empty where they are not
    flow_link: str
    calls_link: str


def panel(look: Look) -> StepPanel | None:
    """All of the step that is open; None where none is. Raises SQLAlchemyError."""
    if look.step is None:
        return None
    flow, step = look.flow, look.flow.steps[look.step]
    node = picture(flow, look.closed).node(step.name)
    if node is None:  # it is within a piece that is closed, or the service's own, where no way leads to
        node = picture(flow).node(step.name)
    if node is None:
        return None
    found, no_manifest = _words(flow, step)
    since, until = look.span
    of = paths(office().engine, since, until, look.line, None).step(step.name)
    days = look.days or FIGURES_OF
    links = {"line": look.line, "since": f"{days}d"} if of else {}
    return StepPanel(
        node=node,
        words=found,
        no_manifest=no_manifest,
        leads=tuple(_leads(way) for way in node.ways),
        anywhere=picture(flow).anywhere if awaits_keys(step) else (),
        inside=tuple(name for name in flow.steps if name.startswith(f"{step.name}.")) if step.name in flow.uses else (),
        numbers=tuple(_numbers(of, keys=awaits_keys(step))) if of else (),
        choices=tuple(_choices(of, flow)) if of else (),
        days=days,
        edit=_edited(flow, step.name) if found else "",
        flow_link=url_for("reports.flow.index", **links, _anchor=f"step-{step.name}") if of else "",  # type: ignore[arg-type]
        calls_link=url_for("reports.calls.index", **links, step=step.name, callbacks="no") if of else "",  # type: ignore[arg-type]
    )


def _words(flow: Flow, step: Step[Act]) -> tuple[tuple[tuple[str, tuple[Shown, ...]], ...], str]:
    order = {prompt.address: number for number, prompt in enumerate(_prompts(flow, step))}
    texts = sorted((it for it in texts_of(flow) if it.address in order), key=lambda it: (order[it.address], it.variant))
    try:
        found, why = standings(texts, office().settings.recordings), ""
    except ManifestError as error:
        found, why = [Standing(text, "missing", text.seconds, about=True) for text in texts], str(error)
    by_prompt: dict[str, list[Shown]] = {}
    for it in shown(found, flow):
        by_prompt.setdefault(it.label, []).append(it)
    return tuple((label, tuple(them)) for label, them in by_prompt.items()), why


def _prompts(flow: Flow, step: Step[Act]) -> Iterator[Prompt]:
    """In the order in which callers hear them: what is said when something is wrong comes last."""
    own = list(prompts(step))
    wrong = [it for it in own if it.address.rpartition(".")[2] in ("no_input", "no_match")]
    yield from (it for it in own if it not in wrong)
    if isinstance(step.act, Lookup):
        source = flow.lookups.get(step.act.lookup)
        if isinstance(source, Request) and source.filler:
            yield source.filler
    yield from wrong


def _leads(way: Way) -> Leads:
    if way.to in JUMPS:
        return Leads(way.key, way.words, None, JUMPS[way.to], way.faint)
    if way.to == END:
        return Leads(way.key, way.words, None, "the call ends", way.faint)
    return Leads(way.key, way.words, way.to, "", way.faint)


def _numbers(of: StepFigures, *, keys: bool) -> Iterator[tuple[str, str]]:
    """Figures with their names; `keys` says whether callers are asked for some there."""
    yield "Visits", f"{of.visits:,}"
    yield "Calls", f"{of.calls:,}"
    yield "In trouble here", f"{of.in_trouble:,} ({amount(of.trouble.value, 'share')} of the calls)"
    yield "Hung up here", f"{of.hung_up:,}, {of.lost:,} with nothing reached"
    if keys or of.no_input.times or of.no_match.times:
        wrong = ", ".join(f"{it.key} ({it.times:,})" for it in of.wrong_keys)
        yield "Silence", f"{of.no_input.times:,}"
        yield "Wrong keys", f"{of.no_match.times:,}" + (f": {wrong}" if wrong else "")
    if of.seconds is not None:
        yield "Seconds, median", amount(of.seconds.median, "seconds")


def _choices(of: StepFigures, flow: Flow) -> Iterator[tuple[str, str, str]]:
    for it in of.choices:
        share = amount(it.calls / of.calls if of.calls else None, "share")
        yield choice_words(of.name, it.key, flow), f"{it.times:,}", share


def _edited(flow: Flow, name: str) -> str:
    """Where the words of the step are fields: in the line's file, or that of the piece in which it stands."""
    around = max((use for use in flow.uses if name.startswith(f"{use}.")), key=len, default=None)
    file = f"{PIECES}/{flow.uses[around].piece}.yaml" if around else f"{flow.name}.yaml"
    own = name.removeprefix(f"{around}.") if around else name
    if name.startswith("service.") or not (office().settings.menus / file).is_file():
        return ""
    return url_for("console.words.edit", name=file, _anchor=f"step-{own}")
