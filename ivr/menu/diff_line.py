"""The whole line, before and now: numbers, languages, hours, look-ups, pieces, and what holds everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from babel import Locale

from ivr.menu.diff import Change
from ivr.menu.diff_values import differences, lead
from ivr.menu.diff_words import key_words, prompt_changes
from ivr.menu.flow import Flow, LookupSource, Request
from ivr.menu.steps import Lookup, Menu, Opening
from ivr.menu.words import Prompt


def line_changes(old: Flow, new: Flow, names: Mapping[str, str]) -> Iterator[Change]:
    """All changes but those of steps. `names` says what steps of the older version are called in the newer one."""
    yield from _sets(
        "number", old.numbers, new.numbers, "callers of {} reach this line now", "{} is not answered any more"
    )
    yield from _sets(
        "language", old.languages, new.languages, "the line speaks {} now", "the line no longer speaks {}", _language
    )
    if old.languages != new.languages and set(old.languages) == set(new.languages):
        first, second = (_language(it.languages[0]) for it in (old, new))
        if first != second:
            yield Change(
                "line", "", "languages", first, second, f"who chooses none hears {second} now, and heard {first}"
            )
    if names.get(old.start, old.start) != new.start:
        words = f"every call begins at {new.start} now, and began at {old.start}"
        yield Change("line", "", "start", old.start, new.start, words)
    for name, said in (
        ("operator", "0 and callers in trouble go"),
        ("last_resort", "where even that fails, callers go"),
    ):
        was, is_ = getattr(old, name), getattr(new, name)
        if names.get(was, was) != is_:
            words = f"{said} to {is_ or 'a voicemail'} now, and went to {was or 'a voicemail'}"
            yield Change("line", "", name, was, is_, words)
    yield from _anywhere(old, new, names)
    rest = (
        ("line", old.title, new.title), ("timezone", str(old.zone), str(new.zone)),
        ("country", old.country, new.country), ("priority", old.priority, new.priority),
        ("limits", old.limits, new.limits),
    )  # fmt: skip
    for name, was, is_ in rest:
        for words, one, other in differences(name, was, is_):
            title = f"the line is called {other} now, and was {one}" if name == "line" else words
            yield Change("line", "", name, one, other, title)
    yield from _hours(old, new)
    yield from _lookups(old, new)
    yield from _pieces(old, new)


def _sets(
    key: str, old: tuple[str, ...], new: tuple[str, ...], come: str, gone: str, named: object = str
) -> Iterator[Change]:
    spoken = _language if named is _language else str
    for it in new:
        if it not in old:
            yield Change("line", "", f"{key}s", None, it, come.format(spoken(it)))
    for it in old:
        if it not in new:
            yield Change("line", "", f"{key}s", it, None, gone.format(spoken(it)))


def _language(language: str) -> str:
    return str(Locale.parse(language, sep="-").get_display_name("en"))


def _anywhere(old: Flow, new: Flow, names: Mapping[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys((*old.anywhere, *new.anywhere)):
        was, is_ = old.anywhere.get(key), new.anywhere.get(key)
        if was is None or is_ is None or names.get(was, was) != is_:
            now = f"leads to {lead(is_)}" if is_ else "does nothing"
            before = f"led to {lead(was)}" if was else "did nothing"
            if was == is_:
                continue
            words = f"in every menu {key_words(key)} {now} now, and {before}"
            yield Change("line", "", f"anywhere.{key}", was, is_, words)


def _hours(old: Flow, new: Flow) -> Iterator[Change]:
    for name in dict.fromkeys((*old.hours, *new.hours)):
        was, is_ = (flow.hours[name].source if name in flow.hours else None for flow in (old, new))
        if was == is_:
            continue
        if was is None:
            words = f"hours {name} are new: {is_}"
        elif is_ is None:
            words = f"hours {name} are gone; they were {was}"
        else:
            words = f"hours {name} are {is_} now, and were {was}"
        yield Change("hours", "", name, was, is_, words, _steps_with_hours(old, name))


def _steps_with_hours(flow: Flow, name: str) -> tuple[str, ...]:
    return tuple(
        step.name
        for step in flow.steps.values()
        if (isinstance(step.act, Opening) and step.act.hours == name)
        or (isinstance(step.act, Menu) and any(option.hours == name for option in step.act.options))
    )


def _lookups(old: Flow, new: Flow) -> Iterator[Change]:
    for name in dict.fromkeys((*old.lookups, *new.lookups)):
        was, is_ = old.lookups.get(name), new.lookups.get(name)
        touches = tuple(
            step.name for step in old.steps.values() if isinstance(step.act, Lookup) and step.act.lookup == name
        )
        if was is None or is_ is None:
            came = "is gone" if is_ is None else f"is new: it asks {_asks(is_)}"
            one, other = (_asks(it) if it else None for it in (was, is_))
            yield Change("lookup", "", name, one, other, f"look-up {name} {came}", touches)
        elif type(was) is not type(is_):
            words = f"look-up {name} asks {_asks(is_)} now, and asked {_asks(was)}"
            yield Change("lookup", "", name, _asks(was), _asks(is_), words, touches)
        else:
            yield from _lookup(name, was, is_, touches)
            if isinstance(was, Request) and isinstance(is_, Request):
                place = f"look-up {name}, words while callers wait"
                for it in prompt_changes(was.filler, is_.filler, place, old, new, name, ""):
                    yield Change("words", "", it.key, it.old, it.new, it.words, touches)


def _lookup(name: str, old: LookupSource, new: LookupSource, touches: tuple[str, ...]) -> Iterator[Change]:
    for spec in fields(old):
        was, is_ = getattr(old, spec.name), getattr(new, spec.name)
        if not any(isinstance(it, Prompt) for it in (was, is_)):
            for words, one, other in differences(spec.name, was, is_):
                yield Change("lookup", "", name, one, other, f"look-up {name}: {words}", touches)


def _asks(source: LookupSource) -> str:
    return source.url.source if isinstance(source, Request) else f"the table {source.table}"


def _pieces(old: Flow, new: Flow) -> Iterator[Change]:
    for step in dict.fromkeys((*old.uses, *new.uses)):
        was, is_ = old.uses.get(step), new.uses.get(step)
        if was is None and is_ is not None:
            words = f"step {step} runs the piece {is_.piece} now: {is_.title}"
            yield Change("piece", step, "", None, is_.piece, words, (step,) if step in old.steps else ())
        elif is_ is None and was is not None:
            yield Change(
                "piece", step, "", was.piece, None, f"step {step} no longer runs the piece {was.piece}", (step,)
            )
        elif was is not None and is_ is not None and was.piece != is_.piece:
            words = f"step {step} runs the piece {is_.piece} now, and ran {was.piece}"
            yield Change("piece", step, "", was.piece, is_.piece, words, (step,))
