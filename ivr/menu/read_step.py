"""One step of a file: which kind it is, and its keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from ivr.menu.problems import all_of, did_you_mean, nearest, one_of, shown
from ivr.menu.reader import RESERVED, Reader, Skip, keys_of, leads_on, name_of
from ivr.menu.shapes import destination
from ivr.menu.source import Node
from ivr.menu.steps import KINDS, Act, Ask, Broken, Common, Language, Run, Say, Step, Survey
from ivr.menu.surveys import MEASURES


def read_step(name: Node, node: Node, reader: Reader) -> Step[Act]:
    """The step. Raises Skip after noting all its problems; what is missing is told at its name."""
    present = {entry.text: entry for entry, _ in reader.pairs(node, "a step, what it says and does")}
    kind = _kind(name, present, reader)
    act_class = KINDS[kind] if kind else Say
    others = [word for word in present if word not in keys_of(Common)]
    common, wrong = reader.partial(node, Common, name.text, skip=others)
    ends = [word for word in others if act_class is Run and word not in keys_of(Run)]
    own, broken = reader.partial(
        node,
        act_class,
        name.text,
        at=present.get(kind, name),
        skip=[*keys_of(Common), *ends],
        hints=_elsewhere(present, act_class),
    )
    if wrong or broken:
        raise Skip
    act: Act = act_class(**own)
    if isinstance(act, Ask):
        _check_ask(act, present, reader)
    if isinstance(act, Language):
        _check_language(act, node, reader)
    if isinstance(act, Survey):
        act = _ordered(act, present, reader)
    if isinstance(act, Run):
        act = _leading_on(act, name.text, ends, node, reader)
    return Step(name.text, act, common.get("say"), common.get("interruptible", True), common.get("goal"))


def _kind(name: Node, present: dict[str, Node], reader: Reader) -> str:
    """The key that says what kind of step it is; nothing where it only says something."""
    kinds = [word for word in present if word in KINDS]
    if len(kinds) > 1:
        message = f"a step does one thing, and this one has {all_of(kinds)}; make two steps of it"
        raise reader.problem(present[kinds[1]], "two-kinds", message)
    if kinds:
        return kinds[0]
    known = {*keys_of(Common), *(word for cls in (*KINDS.values(), Say) for word in keys_of(cls))}
    strange = [word for word in present if word not in known]
    for word in strange:
        if near := nearest(word, KINDS):
            message = f'{shown(word)} is no kind of step (did you mean "{near}"?); the kinds are {one_of(KINDS)}'
            raise reader.problem(present[word], "unknown-key", message)
    owners = {word: [kind for kind, cls in KINDS.items() if word in keys_of(cls)] for word in present}
    owned = [word for word in present if len(owners[word]) == 1]
    if "say" in present and ("go" in present or not owned + strange):
        return ""
    for word in owned:
        kind = owners[word][0]
        message = f"{shown(word)} belongs to {name_of(KINDS[kind])}, and {kind}: is missing"
        raise reader.problem(present[word], "no-kind", message)
    if strange:
        hint = did_you_mean(strange[0], known)
        message = f"{shown(strange[0])} is no kind of step{hint}; the kinds are {one_of(['say', *KINDS])}"
        raise reader.problem(present[strange[0]], "unknown-key", message)
    raise reader.problem(name, "no-kind", f"this step does nothing; it needs one of {one_of(['say', *KINDS])}")


def _elsewhere(present: Collection[str], act_class: type) -> dict[str, str]:
    """Of keys that other kinds of step have: which those are."""
    found = {}
    for word in present:
        owners = [name_of(cls) for cls in KINDS.values() if word in keys_of(cls) and cls is not act_class]
        if owners:
            found[word] = f" ({all_of(owners)} can have it)"
    return found


def _check_ask(ask: Ask, present: dict[str, Node], reader: Reader) -> None:
    before = len(reader.problems)
    if ask.type == "digits" and ask.digits is None:
        message = '"digits:" is missing: how many, 4 or 3-8; or write another type: date, money, phone, pin or yes_no'
        reader.problem(present["ask"], "missing-key", message)
    if ask.digits and ask.type not in ("digits", "pin"):
        reader.problem(present["digits"], "value", f"an answer of type {ask.type} has its own length; remove digits:")
    if ask.luhn and ask.type != "digits":
        reader.problem(present["luhn"], "value", "luhn is for numbers of cards and accounts: type: digits")
    if ask.confirm and ask.type == "yes_no":
        reader.problem(present["confirm"], "value", "yes or no needs no confirming; remove confirm:")
    if len(reader.problems) > before:
        raise Skip


def _check_language(act: Language, node: Node, reader: Reader) -> None:
    listed = node.get("language")
    assert listed is not None, "a Language was read from this key"  # noqa: S101
    before = len(reader.problems)
    for number, choice in enumerate(act.languages):
        if choice not in reader.languages and not reader.any_language:
            hint = did_you_mean(choice, reader.languages)
            message = f'"{choice}" is no language of this line{hint}; it speaks {all_of(reader.languages)}'
            reader.problem(listed.items[number], "unknown-language", message)
        if choice in act.languages[:number]:
            reader.problem(listed.items[number], "duplicate-key", f'"{choice}" is offered twice; keep one of the two')
    if len(act.languages) > 9:
        reader.problem(listed, "value", f"each language has a key, 1 to 9, and these are {len(act.languages)}")
    if len(reader.problems) > before:
        raise Skip


def _ordered(act: Survey, present: dict[str, Node], reader: Reader) -> Survey:
    """The survey with its questions in the file's order."""
    order = tuple(measure for word in present for measure in MEASURES if measure == word)
    if not order:
        message = f"a survey asks something: {one_of(MEASURES)}, each with the words of its question"
        raise reader.problem(present["survey"], "missing-key", message)
    return dataclasses.replace(act, order=order)


def _leading_on(act: Run, name: str, ends: Collection[str], node: Node, reader: Reader) -> Run:
    """The run with the step of each outcome: whether the piece has them, is seen where the piece is known."""
    outcomes, broken = {}, False
    for word in ends:
        value = node.get(word)
        assert value is not None, "the step has this key"  # noqa: S101
        reader.mark(f"{name}.{word}", value if not value.empty else node)
        try:
            outcomes[word] = destination.read(value, reader, f"{name}.{word}")
        except Skip:
            broken = True
    if broken:
        raise Skip
    return dataclasses.replace(act, outcomes=outcomes)


_WAYS = {word for cls in (*KINDS.values(), Say) for word, spec in keys_of(cls).items() if leads_on(spec)}


def broken_step(name: str, node: Node, known: Collection[str], rows: str = "") -> Step[Act]:
    """A step that cannot be read: it may lead to every step that is named in it (or in `rows` that were lost)."""
    leads, names = [], []
    written = False
    for entry in node.walk():
        leads.append(entry.text.rpartition("->")[2].strip())
        written = written or "->" in entry.text
        for key, value in entry.pairs:
            if key.text in _WAYS:
                written = True
                leads.append(nearest(value.text, known) or "")
            if key.text == "save":
                names.append(value.text.strip())
            if key.text == "set":
                names += [target.text for target, _ in value.pairs]
    leads += rows.replace(":", " ").replace("->", " ").split()
    leads = [word for word in leads if word in known or word in RESERVED]
    return Step(name, Broken(tuple(leads), tuple(names), anywhere=not leads and not written))
