"""Steps, before and now: which came and went, where they lead, and what they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from ivr.menu.diff import Change
from ivr.menu.diff_values import differences, lead
from ivr.menu.diff_words import key_words, option_said, quoted, word_changes
from ivr.menu.flow import LAST_RESORT, VOICEMAIL, Flow
from ivr.menu.graph import exits, reachable
from ivr.menu.options import Option
from ivr.menu.problems import shown
from ivr.menu.steps import Act, Menu, Opening, Step, Survey, Switch, destination, prompts
from ivr.menu.words import Prompt

Names = Mapping[str, str]
"""What steps of the older version are called in the newer one, those that both have."""

_WAYS = {
    "go": "after {step} callers",
    "give_up": "callers whose tries at {step} are used up",
    "then": "{step}, where it holds: callers",
    "else": "{step}, where nothing else fits: callers",
    "extension.go": "{step}, after a longer number: callers",
}


def own_steps(flow: Flow) -> dict[str, Step[Act]]:
    """The steps that stand in the line's files, in their order."""
    return {name: step for name, step in flow.steps.items() if name not in (VOICEMAIL, LAST_RESORT)}


def renamed_steps(old: Flow, new: Flow) -> dict[str, str]:
    """What each step that both versions have is called in the newer one. The same words say that it is the same; where
    it has none, that it does the same.
    """
    was, is_ = own_steps(old), own_steps(new)
    names = {name: name for name in was if name in is_}
    gone = _by_words({name: step for name, step in was.items() if name not in is_})
    come = _by_words({name: step for name, step in is_.items() if name not in was})
    names |= {
        gone[words][0]: come[words][0]
        for words in gone.keys() & come.keys()
        if len(gone[words]) == len(come[words]) == 1
    }
    return names


def step_changes(old: Flow, new: Flow, names: Names) -> Iterator[Change]:
    """All changes of steps."""
    was, is_, kept = own_steps(old), own_steps(new), {it: it for it in names.values()}
    reached, reaches = reachable(old), reachable(new)
    for name, step in was.items():
        if name in names:
            yield from _step(step, is_[names[name]], old, new, names)
            yield from _reach(name, names[name], name in reached, names[name] in reaches)
        elif not _inside(name, old, names):
            if name in reached:
                words = f"step {name} can no longer be reached: it is gone"
                yield Change("reach", name, "", _kind(step), None, words, (name,))
            else:
                yield Change(
                    "step", name, "", _kind(step), None, f"step {name}, which nothing led to, is gone", (name,)
                )
    for name, step in is_.items():
        if name not in kept and not _inside(name, new, kept):
            unreached = "" if name in reaches else ", and nothing leads to it"
            yield Change("step", name, "", None, _kind(step), f"step {name} is new: {_kind(step)}{unreached}", ())


def _by_words(steps: Mapping[str, Step[Act]]) -> dict[tuple[object, ...], list[str]]:
    found: dict[tuple[object, ...], list[str]] = {}
    for name, step in steps.items():
        said = tuple(
            (it.address.removeprefix(name), language, texts)
            for it in prompts(step)
            for language, texts in it.texts.items()
        )
        found.setdefault((type(step.act), said or _does(step)), []).append(name)
    return found


def _does(step: Step[Act]) -> tuple[object, ...]:
    """What a step says of itself beside words: not where it leads."""
    kept = (it for it in fields(step.act) if it.metadata.get("shape") is not destination and it.name != "cases")
    return tuple((it.name, repr(getattr(step.act, it.name))) for it in kept)


def _inside(name: str, flow: Flow, names: Names) -> bool:
    """Whether the step runs a piece, or belongs to a running of one that came or went as a whole: told as one."""
    return name in flow.uses or any(
        name.startswith(f"{use}.") and not any(it.startswith(f"{use}.") for it in names) for use in flow.uses
    )


def _kind(step: Step[Act]) -> str:
    return (type(step.act).__doc__ or "").partition("\n")[0]


def _reach(old: str, name: str, was: bool, is_: bool) -> Iterator[Change]:
    if was and not is_:
        yield Change("reach", name, "", "reached", None, f"step {name} can no longer be reached", (old,))
    elif is_ and not was:
        yield Change("reach", name, "", None, "reached", f"step {name} can be reached now", ())


def _step(old: Step[Act], new: Step[Act], before: Flow, now: Flow, names: Names) -> Iterator[Change]:
    name, touches = new.name, (old.name,)
    if old.name != name:
        yield Change("step", name, "", old.name, name, f"step {old.name} is called {name} now", touches)
    if type(old.act) is not type(new.act):
        words = f"step {name} was {_kind(old)}, and is {_kind(new)} now"
        yield Change("kind", name, "", _kind(old), _kind(new), words, touches)
    else:
        if isinstance(old.act, Menu) and isinstance(new.act, Menu):
            yield from _options(old, new, old.act.options, new.act.options, before, now, names)
        yield from _exits(old, new, names)
        yield from _settings(old, new)
    if old.goal != new.goal:
        yield Change("setting", name, "goal", old.goal, new.goal, f"{name}: {_goal(old.goal, new.goal)}", touches)
    if old.say and new.say and old.interruptible != new.interruptible:
        cut = "cut off what is said first now" if new.interruptible else "no longer cut off what is said first"
        was, is_ = ("yes" if it.interruptible else "no" for it in (old, new))
        yield Change("setting", name, "interruptible", was, is_, f"{name}: keys {cut}", touches)
    yield from word_changes(old, new, before, now)


def _options(
    old: Step[Act],
    new: Step[Act],
    was: tuple[Option, ...],
    is_: tuple[Option, ...],
    before: Flow,
    now: Flow,
    names: Names,
) -> Iterator[Change]:
    name, touches = new.name, (old.name,)
    earlier, later = {it.key: it for it in was}, {it.key: it for it in is_}
    for key in dict.fromkeys((*earlier, *later)):
        one, other = earlier.get(key), later.get(key)
        place, where = f"{key_words(key)} of {name}", f"menu.{key}"
        if other is None and one is not None:
            said = quoted(option_said(old, key, before.languages[0]))
            words = f"{place} is gone: {said}, which went to {lead(one.to)}"
            yield Change("option", name, where, one.to, None, words, touches)
        elif one is None and other is not None:
            said = quoted(option_said(new, key, now.languages[0]))
            words = f"{place} is new: {said} goes to {lead(other.to)}{_when(other)}"
            yield Change("option", name, where, None, other.to, words, touches)
        elif one is not None and other is not None:
            said = quoted(option_said(new, key, now.languages[0]))
            if names.get(one.to, one.to) != other.to:
                words = f"{place}: {said} now goes to {lead(other.to)}, and no longer to {lead(one.to)}"
                yield Change("leads", name, where, one.to, other.to, words, touches)
            if (one.hours, one.when) != (other.hours, other.when):
                words = f"{place}: {said} is offered{_when(other) or ' always'} now, and was{_when(one) or ' always'}"
                yield Change("option", name, where, _when(one).strip(), _when(other).strip(), words, touches)
            if one.goal != other.goal:
                words = f"{place}: {_goal(one.goal, other.goal)}"
                yield Change("setting", name, where, one.goal, other.goal, words, touches)
    orders = [[it.key for it in options if it.key in earlier and it.key in later] for options in (was, is_)]
    if orders[0] != orders[1]:
        first, second = (", ".join(order) for order in orders)
        words = f"{name}: the keys are said in the order {second} now, and were in {first}"
        yield Change("option", name, "", first, second, words, touches)


def _when(option: Option) -> str:
    hours = f" only while {option.hours} is open" if option.hours else ""
    return hours + (f" only where {option.when.source}" if option.when else "")


def _exits(old: Step[Act], new: Step[Act], names: Names) -> Iterator[Change]:
    name, touches = new.name, (old.name,)
    menu = isinstance(new.act, Menu)
    was, is_ = (
        {it.key: it.to for it in exits(step) if not (menu and it.key.startswith("menu."))} for step in (old, new)
    )
    for key in dict.fromkeys((*was, *is_)):
        one, other = was.get(key), is_.get(key)
        if one is None and other is not None:
            words = f"{name}: {_case(key)} is new, and leads to {lead(other)}"
            yield Change("leads", name, key, None, other, words, touches)
        elif other is None and one is not None:
            words = f"{name}: {_case(key)} is gone, and led to {lead(one)}"
            yield Change("leads", name, key, one, None, words, touches)
        elif one is not None and other is not None and names.get(one, one) != other:
            words = f"{_who(new, key)} now go to {lead(other)}, and no longer to {lead(one)}"
            yield Change("leads", name, key, one, other, words, touches)


def _who(step: Step[Act], key: str) -> str:
    """Who takes this way out: callers, and when."""
    match step.act:
        case Opening(hours=hours):
            return f"{step.name}, while {hours} is {key}: callers"
        case Switch(switch=name) if key.startswith("cases."):
            return f"{step.name}, where {name} is {shown(key.removeprefix('cases.'))}: callers"
    return _WAYS.get(key, f"{{step}}, {key.replace('_', ' ')}: callers").format(step=step.name)


def _case(key: str) -> str:
    return f"the case {shown(key.removeprefix('cases.'))}" if key.startswith("cases.") else f"the way {key}"


def _settings(old: Step[Act], new: Step[Act]) -> Iterator[Change]:
    """What else the step says of itself: neither words, nor where it leads, nor options."""
    if isinstance(old.act, Survey) and isinstance(new.act, Survey):
        asked = [[it.name for it in act.questions] for act in (old.act, new.act)]
        one, other = (", ".join(it for it in names if it in asked[0] and it in asked[1]) for names in asked)
        if one != other:
            words = f"{new.name}: the questions are asked in the order {other} now, and were in {one}"
            yield Change("setting", new.name, "", one, other, words, (old.name,))
    for spec in fields(old.act):
        shape = spec.metadata.get("shape")
        values = getattr(old.act, spec.name), getattr(new.act, spec.name)
        if shape is destination or spec.name in ("options", "cases", "order") or any(_spoken(it) for it in values):
            continue
        name = spec.metadata.get("name") or spec.name
        for words, was, is_ in differences(name, *values):
            yield Change("setting", new.name, name, was, is_, f"{new.name}: {words}", (old.name,))


def _spoken(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(isinstance(it, Prompt) for it in value.values())
    return isinstance(value, Prompt)


def _goal(old: str | None, new: str | None) -> str:
    if old is None:
        return f"counts as the goal {new} now"
    if new is None:
        return f"no longer counts as the goal {old}"
    return f"counts as the goal {new} now, and no longer as {old}"
