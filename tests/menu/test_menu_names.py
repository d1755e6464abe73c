"""Names: their types, through copies; conflicts; secrets."""

from __future__ import annotations

import pytest
from snippets import flow_of, loaded

from ivr.menu.conditions import compared, compile_condition, names_in

LOOKUP = "lookups:\n  acct:\n    post: https://example.com/\n    body: {pin: <pin>}\n    gives: {due: money}\n"
ASKS = """\
steps:
  main:
    ask: Your PIN?
    type: pin
    save: pin
    go: look
  look:
    lookup: acct
    found: tell
    not_found: main
    failed: hangup
"""


def test_types_go_through_copies_in_any_order() -> None:
    """A name that is set to another's value has that one's type, through a chain written backwards, too."""
    steps = (
        ASKS
        + "  tell:\n    set: {d: <c>, c: <b>, b: <acct.due>, t: x, n: '042', m: <now>, both: a <b>}\n    go: hangup\n"
    )
    types = flow_of(steps, LOOKUP).types
    assert [types[name] for name in "bcd"] == ["money", "money", "money"]
    assert (types["t"], types["n"], types["m"], types["both"]) == ("text", "digits", "text", "text")


def test_a_long_chain_of_copies_is_no_burden() -> None:
    """Five thousand names, each a copy of the next."""
    chain = ", ".join(f"n{number}: <n{number + 1}>" for number in range(5000))
    flow = flow_of(f"steps:\n  main:\n    set: {{{chain}, n5000: <call.from>}}\n    go: hangup\n")
    assert flow.types["n0"] == "phone"


def test_copies_in_a_circle_end() -> None:
    """They have no value and no type but text."""
    flow = flow_of("steps:\n  main:\n    set: {a: <b>, b: <a>}\n    go: hangup\n")
    assert flow.types["a"] == flow.types["b"] == "text"


def test_one_name_has_one_type() -> None:
    """The second is told, with where the first is."""
    steps = "steps:\n  main: {ask: A, digits: 4, save: x, go: b}\n  b: {ask: B, type: date, save: x, go: hangup}\n"
    (problem,) = loaded(steps).problems
    assert (problem.rule, problem.line) == ("duplicate-name", 8)
    assert "main.save" in problem.message


@pytest.mark.parametrize(
    "step",
    [
        "{say: Your PIN is <pin>., go: hangup}",
        "{if: pin == '1', then: hangup, else: hangup}",
        "{switch: pin, cases: {1: hangup}, else: hangup}",
        "{set: {copy: <pin>}, go: hangup}",
        "{dial: <pin>, allow: [US], answered: hangup, busy: hangup, no_answer: hangup, failed: hangup}",
    ],
)
def test_a_secret_goes_to_look_ups_only(step: str) -> None:
    """Not into words, conditions, copies or numbers. A PIN is secret by itself."""
    assert [problem.rule for problem in loaded(f"{ASKS}  tell: {step}\n", LOOKUP).problems] == ["secret-use"]


def test_a_secret_in_a_body_is_fine_and_in_an_address_is_not() -> None:
    """Servers log addresses. A field that is called get is no address."""
    good = LOOKUP.replace("pin: <pin>}", "get: <pin>}")
    steps = ASKS + "  tell: {say: Bye., go: hangup}\n"
    assert loaded(steps, good).problems == ()
    assert flow_of(steps, good).secrets == {"pin"}
    bad = LOOKUP.replace("example.com/", "example.com/<pin>")
    assert [problem.rule for problem in loaded(steps, bad).problems] == ["secret-use"]


def test_names_of_a_step_that_cannot_be_read_are_known() -> None:
    """What it saves is no second mistake elsewhere."""
    steps = "steps:\n  main: {ask: A, digts: 4, save: x, go: b}\n  b: {say: It is <x>., go: hangup}\n"
    assert [problem.rule for problem in loaded(steps).problems] == ["unknown-key"]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('booking.status == "open" && call.tries < 3', ["booking.status", "call.tries"]),
        ('"a.b" == stop', ["stop"]),
        ("call.from.startsWith('+1')", ["call.from"]),
        ("timestamp(now).getHours() < 12", ["now"]),
        ("has(booking.due)", ["booking.due"]),
        ("a ? b : c", ["a", "b", "c"]),
        ("a in ['x', 'y']", ["a"]),
        ("stop . code == '1'", ["stop.code"]),
        ("true", []),
    ],
)
def test_names_in_a_condition(source: str, names: list[str]) -> None:
    """Names and fields, no functions and nothing in quotes."""
    assert names_in(compile_condition(source)) == names


def test_what_a_condition_compares() -> None:
    """Names with what is written out, from either side."""
    condition = compile_condition('a.b == "x" || 3 < c || d != true || "call.tries == 4" == e')
    assert compared(condition) == [("a.b", '"x"'), ("c", "3"), ("d", "true"), ("e", '"call.tries == 4"')]
