"""Which step leads where: against a slow and obvious second computation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from snippets import flow_of

from ivr.menu.flow import LAST_RESORT, VOICEMAIL, Flow
from ivr.menu.graph import exits, reachable, without_way_out
from ivr.menu.load import _load_one
from ivr.menu.source import parse
from ivr.menu.steps import Act, Ask, Dial, Menu, Queue, Step, Voicemail

STEPS = [f"s{number}" for number in range(6)]
DESTINATIONS = st.sampled_from([*STEPS, *STEPS, "hangup", "back", "repeat", "start", "operator"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file of up to six steps that lead anywhere."""
    names = STEPS[: draw(st.integers(1, 6))]
    to = DESTINATIONS.filter(lambda name: name in names or name not in STEPS)
    rows = [
        "line: Test", 'numbers: ["+15005550006"]', "timezone: UTC", "languages: [en-US]",
        f"start: {draw(st.sampled_from(names))}",
    ]  # fmt: skip
    if draw(st.booleans()):
        rows.append(f"operator: {draw(st.sampled_from(names))}")
    if draw(st.booleans()):
        rows.append('last_resort: "+15005550199"')
    if draw(st.booleans()):
        keys = draw(st.dictionaries(st.sampled_from("0123456789"), to, max_size=2))
        rows.append("anywhere: {" + ", ".join(f"{key}: {name}" for key, name in keys.items()) + "}")
    rows += ["hours: {office: 'Mo 08:00-09:00'}", "steps:"]
    for name in names:
        kind = draw(st.sampled_from(["say", "menu", "ask", "hours", "switch", "dial", "queue", "voicemail"]))
        one, two, three, four = (draw(to) for _ in range(4))
        rows.append(f"  {name}:")
        match kind:
            case "say":
                rows += ["    say: Hi.", f"    go: {one}"]
            case "menu":
                rows += ["    menu:", f"      1 -> {one}: One", f"      2 -> {two}: Two", f"    give_up: {three}"]
            case "ask":
                rows += ["    ask: Hi?", "    digits: 4", f"    save: x{name}", f"    go: {one}", f"    give_up: {two}"]
            case "hours":
                rows += ["    hours: office", f"    open: {one}", f"    closed: {two}"]
            case "switch":
                rows += ["    switch: call.language", f"    cases: {{a: {one}, b: {two}}}", f"    else: {three}"]
            case "dial":
                rows += ['    dial: "+15005550101"', f"    answered: {one}", f"    busy: {two}"]
                rows += [f"    no_answer: {three}", f"    failed: {four}"]
            case "queue":
                rows += [
                    "    queue: bookings",
                    f"    answered: {one}",
                    f"    left: {two}",
                    f"    callback_booked: {one}",
                ]
                rows += [
                    f"    timed_out: {two}",
                    f"    full: {three}",
                    f"    nobody_in: {three}",
                    f"    closed: {four}",
                ]
            case "voicemail":
                rows += ["    voicemail: box", f"    go: {one}"]
    return "\n".join(rows) + "\n"


def targets(flow: Flow, to: str) -> Iterator[str]:
    """The steps that a destination may mean: back, to any place that awaits keys."""
    if to in ("back", "repeat"):
        yield from (name for name, step in flow.steps.items() if isinstance(step.act, (Menu, Ask)))
    elif to == "start":
        yield flow.start
    elif to == "operator":
        yield flow.person
    else:
        yield to


def slow_ways(flow: Flow, step: Step[Act], *, silent: bool) -> set[str]:
    """Where a caller may come next from the step."""
    keys = isinstance(step.act, (Menu, Ask))
    ways = [exit_.to for exit_ in exits(step) if not (silent and keys) or exit_.key == "give_up"]
    if keys and not silent:  # a key that leads back is no way out of its own
        ways += [to for to in flow.anywhere.values() if to not in ("back", "repeat")]
    return {target for to in ways for target in targets(flow, to)}


def slow_walk(flow: Flow, start: str, *, silent: bool) -> set[str]:
    """All places from there, by taking every way as often as there are steps."""
    found = {start}
    for _ in range(len(flow.steps) + 2):
        found |= {
            way for name in found if name in flow.steps for way in slow_ways(flow, flow.steps[name], silent=silent)
        }
    return found


def bare(text: str) -> Flow:
    """The flow, whatever the rules say, without the steps that the service adds."""
    flow, _ = _load_one("test.yaml", parse("test.yaml", text.encode()), None, None, {})
    assert flow is not None, text
    return replace(flow, steps={name: step for name, step in flow.steps.items() if "." not in name})


@given(files())
def test_reachable_is_what_some_caller_comes_to(text: str) -> None:
    """From the start, from the places of rescue, and from keys that work anywhere where keys are awaited."""
    flow = bare(text)
    roots = {flow.start, flow.person, flow.rescue}
    if any(isinstance(step.act, (Menu, Ask)) for step in flow.steps.values()):
        roots |= {
            target for to in flow.anywhere.values() if to not in ("back", "repeat") for target in targets(flow, to)
        }
    slow = set()
    for root in roots:
        found = {root}
        for _ in range(len(flow.steps) + 2):
            found |= {
                way
                for name in found
                if name in flow.steps
                for exit_ in exits(flow.steps[name])
                if exit_.to not in ("back", "repeat")
                for way in targets(flow, exit_.to)
            }
        slow |= found
    assert reachable(flow) & set(flow.steps) == slow & set(flow.steps)


@given(files())
def test_a_step_without_a_way_out_has_none(text: str) -> None:
    """No walk from it comes to the end, a person or a message; and from every other one some walk does."""
    flow = bare(text)
    for silent in (False, True):
        people = (Dial, Queue) if silent else (Dial, Queue, Voicemail)  # a silent caller leaves no message
        goals = {"hangup", VOICEMAIL, LAST_RESORT}
        goals |= {name for name, step in flow.steps.items() if isinstance(step.act, people)}
        stuck = {name for name in flow.steps if not slow_walk(flow, name, silent=silent) & goals}
        assert without_way_out(flow, silent=silent) == stuck


def test_exits_are_named_as_the_file_names_them() -> None:
    """Options by their key, cases by their value, other ways by their own key."""
    text = "steps:\n  main:\n    menu:\n      star -> a: One\n    extension: {digits: 3, save: x, go: a}\n"
    text += "    give_up: a\n  a: {switch: x, cases: {100: main}, else: hangup}\n"
    flow = flow_of(text)
    assert [exit_.key for exit_ in exits(flow.steps["main"])] == ["menu.star", "extension.go", "give_up"]
    assert [(exit_.key, exit_.to) for exit_ in exits(flow.steps["a"])] == [("cases.100", "main"), ("else", "hangup")]
