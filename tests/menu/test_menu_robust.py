"""Whatever a file holds: `load` ends, raises nothing, and what it lets pass can be called."""

from __future__ import annotations

import random
import string
import threading
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from snippets import MAIN, TOP, line, loaded

from ivr.menu import Menus, load
from ivr.menu.conditions import compile_condition
from ivr.menu.flow import Flow
from ivr.menu.graph import exits
from ivr.menu.load import Around
from ivr.menu.steps import RESERVED, Broken
from ivr.menu.traffic import Traffic

HERE = Path(__file__).parent
SEEDS = [path.read_bytes() for path in [*(HERE / "ok").glob("*.yaml"), *(HERE.parents[1] / "menus").glob("*.yaml")]]
LITTLE = (TOP + MAIN).encode()
AROUND = Around(
    traffic=lambda flow: Traffic(900, {name: {"2": 600, "1": 300} for name in flow.steps}),
    recorded=lambda flow: {(f"{name}.say", 0, "en-US"): "Other words." for name in flow.steps},
)
"""What callers did and what was recorded: something for every step, so that all rules have something to judge."""


def sane(data: bytes) -> Menus:
    """What `load` makes of the bytes, each problem in its place and each flow callable."""
    menus = load({"fuzz.yaml": data}, around=AROUND)
    rows = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in menus.problems:
        assert 1 <= problem.line <= len(rows), problem
        assert 1 <= problem.column <= len(rows[problem.line - 1]) + 1, problem
        assert problem.message
        assert str(problem).isprintable()
    assert len(set(menus.problems)) == len(menus.problems)
    if menus.errors:
        assert menus.flows == {}
    for flow in menus.flows.values():
        callable_(flow)
    return menus


def callable_(flow: Flow) -> None:
    """Whether each way leads somewhere, and all that is said has words."""
    places = {*flow.steps, *RESERVED}
    assert flow.start in flow.steps
    assert flow.person in flow.steps
    assert flow.rescue in flow.steps
    for to in flow.anywhere.values():
        assert to in places
    for step in flow.steps.values():
        assert not isinstance(step.act, Broken)
        for exit_ in exits(step):
            assert exit_.to in places
    for prompt in flow.prompts():
        languages = prompt.texts if prompt.address.startswith("service.language.") else flow.languages
        for language in languages:
            assert prompt.text(language)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
def test_any_bytes(data: bytes) -> None:
    """Noise is a problem."""
    assert sane(data).errors


YAMLISH = st.text(st.sampled_from("ab:-#*&!|>'\"%@`{}[],? \n\t<\\\x85é🙂0~"), max_size=60)


@settings(max_examples=300, deadline=None)
@given(YAMLISH)
def test_any_words(words: str) -> None:
    """Whatever somebody writes into a prompt or beside it."""
    sane((TOP + f"steps:\n  main:\n    say: {words}\n    go: hangup\n").encode())
    sane((TOP + f"steps:\n  main:\n    {words}\n    say: Hi.\n    go: hangup\n").encode())


ODD = [*"\t\r\n:#*&!|>'\"%@`{}[],?-<>~\\", "\x00", "\x85", "\u2028", "é", "🙂", ": ", " #", "- ", "<<", "---\n", "  "]
SCALARS = ["", "no", "1", "hangup", "back", "<x>", "main", "[]", "{}", "x" * 2000, "💥", "!", "call.tries < 3", "24/7"]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """The file after some of what hands and editors do to it."""
    rows = data.decode().split("\n")
    for _ in range(dice.randint(1, 4)):
        number = dice.randrange(len(rows))
        row = rows[number]
        match dice.randrange(7):
            case 0:
                del rows[number : number + dice.randint(1, 3)]
                rows = rows or [""]
            case 1:
                rows.insert(dice.randrange(len(rows)), row)
            case 2:
                other = dice.randrange(len(rows))
                rows[number], rows[other] = rows[other], row
            case 3:
                place = dice.randint(0, len(row))
                rows[number] = row[:place] + dice.choice(ODD) + row[place:]
            case 4:
                rows[number] = " " * dice.randint(0, 9) + row.lstrip()
            case 5:
                rows[number] = f"{row.partition(':')[0]}: {dice.choice(SCALARS)}"
            case 6:
                place = dice.randint(0, len(row))
                rows[number] = row[:place] + row[place + 1 :]
    return "\n".join(rows).encode("utf-8", "replace")


@pytest.mark.parametrize("seed", range(4))
def test_files_that_were_mistreated(seed: int) -> None:
    """Lines lost, doubled, swapped, shifted; signs lost or put in; values replaced."""
    dice = random.Random(seed)
    for _ in range(60):
        sane(mutated(dice.choice(SEEDS), dice))
    for _ in range(150):
        sane(mutated(mutated(LITTLE, dice), dice))


@pytest.mark.parametrize("seed", range(2))
def test_mutations_of_wrong_files(seed: int) -> None:
    """What is wrong already goes wrong a second time."""
    dice = random.Random(seed)
    for path in sorted((HERE / "err").glob("*.yaml")):
        data = path.read_bytes()
        if len(data) < 5000 and b"\xff" not in data and b"\xe9" not in data:
            sane(mutated(data, dice))


# Deep, long and many

DEEP = {
    "brackets": "x: " + "[" * 50_000,
    "braces": "x: " + "{a: " * 50_000,
    "closed": "x: " + "[" * 50_000 + "]" * 50_000,
    "dashes": "x:\n" + "- " * 50_000,
    "maps": "\n".join(" " * depth + "a:" for depth in range(300)),
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_a_problem(text: str) -> None:
    """And neither a crash nor a wait."""
    assert sane((TOP + MAIN + text + "\n").encode()).errors


MEGABYTE = 1_000_000
LONG = {
    "letters": "x" * MEGABYTE,
    "spaces": "x" + " " * MEGABYTE + "y",
    "colons": "a: " * (MEGABYTE // 3),
    "arrows": "->" * (MEGABYTE // 2) + " x",
    "angles": "<" * MEGABYTE,
    "values": "<a as " * (MEGABYTE // 6),
    "braces": "{*:" * (MEGABYTE // 3),
    "commas": ",#:" * (MEGABYTE // 3),
    "brackets": ": [a] " * (MEGABYTE // 6),
    "quotes": '"' * MEGABYTE,
    "apostrophes": "'a' " * (MEGABYTE // 4),
    "hashes": " #" * (MEGABYTE // 2),
    "tabs": "\t" * MEGABYTE,
    "digits": "1" * MEGABYTE,
    "dots": "a." * (MEGABYTE // 2),
    "dashes": "- " * 1000,
    "stars": "*" * MEGABYTE,
    "backslashes": '"' + "\\" * MEGABYTE + '"',
}


@pytest.mark.parametrize("name", LONG)
def test_a_line_of_a_megabyte_does_not_hang(name: str) -> None:
    """As words, as a value, as a key, in a condition, in hours, as an option: told within seconds, with short words."""
    text = LONG[name]
    places = [
        f"    say: {text}\n    go: hangup\n",
        f"    say: Hi.\n    go: {text}\n",
        f"    {text}\n    say: Hi.\n    go: hangup\n",
        f"    if: {text}\n    then: hangup\n    else: hangup\n",
        f"    menu:\n      {text}: Words\n",
    ]
    started = time.monotonic()
    for steps in places:
        menus = sane(line("steps:\n  main:\n" + steps))
        assert all(len(problem.message) < 1000 for problem in menus.problems)
    sane((TOP + f"hours: {{office: {text}}}\n" + MAIN).encode())
    sane((TOP + f"anywhere: {{{text}}}\n" + MAIN).encode())
    assert time.monotonic() - started < 60


@pytest.mark.long
def test_ten_thousand_steps() -> None:
    """A very large line loads; one mistake in it is told."""
    rows = [
        f"  s{number}:\n    say: Step {number}.\n    menu:\n      1 -> s{number + 1}: To go on\n    give_up: hangup\n"
        for number in range(10_000)
    ]
    text = TOP.replace("start: main", "start: s0") + "steps:\n" + "".join(rows)
    menus = load({"large.yaml": (text + "  s10000: {say: Bye., go: hangup}\n").encode()})
    assert menus.problems == ()
    assert len(menus.flows["large"].steps) == 10_002
    (problem,) = load({"large.yaml": (text + "  s10000: {say: Bye., go: hang_up}\n").encode()}).problems
    assert problem.rule == "unknown-step"


def test_thousands_of_mistakes_are_told() -> None:
    """Each with its own problem, in a time that grows with the file and not with its square."""
    rows = "".join(f"  s{number}: {{say: <n{number}>, go: t{number}}}\n" for number in range(3000))
    menus = load({"test.yaml": line("steps:\n  main: {say: Hi., go: s0}\n" + rows)})
    assert sum(problem.rule == "unknown-step" for problem in menus.problems) == 3000
    assert sum(problem.rule == "unknown-name" for problem in menus.problems) == 3000


def test_thousands_of_conditions() -> None:
    """Each is compiled and tried once, with its own names alone."""
    rows = "".join(
        f"  s{number}: {{if: 'call.tries < {number}', then: s{number + 1}, else: hangup}}\n" for number in range(3000)
    )
    assert loaded("steps:\n" + rows.replace("s0:", "main:", 1) + "  s3000: {say: Bye., go: hangup}\n").problems == ()


# Conditions and hours

NASTY = {
    "parentheses": "(" * 10_000 + "true" + ")" * 10_000,
    "parentheses_within_the_length": "(" * 490 + "true" + ")" * 490,
    "lists": "[" * 450 + "]" * 450,
    "maps": "{1:" * 300,
    "not": "!" * 999 + "true",
    "minus": "-" * 999 + "1",
    "and": "true" + " && true" * 120,
    "or": "true" + "||true" * 160,
    "ternary": "true?" * 100 + "true" + ":true" * 100,
    "dots": "a" + ".b" * 499,
    "index": "a" + "[0]" * 300,
    "calls": "size(" * 190 + "'x'" + ")" * 190,
    "surrogate": '"\\ud800" == "a"',
    "too_large_a_character": '"\\U00110000" == "a"',
    "emoji": '"🙂" == 🙂',
    "combining": "e\u0301 == 1",
    "nul": "a\\x00b",
    "large_number": "9" * 400 + " > 1",
    "large_float": "1e400 > 1.0",
    "overflow": "9223372036854775807 + 1 > 0",
    "zero": "1 % 0 == 0",
    "expression": '"a".matches("(a+)+$")',
    "broken_expression": '"a".matches("(")',
    "loops": "[1,2].all(a, [1,2].all(b, [1,2].all(c, true)))",
    "struct": "Foo{a: 1} == 1",
    "bytes": 'b"\\xff" == "a"',
    "duration": 'duration("99999999999999999999s") > duration("1s")',
    "timestamp": 'timestamp("x") < timestamp("y")',
    "comment": "true // and so on",
}


@pytest.mark.parametrize("source", NASTY.values(), ids=NASTY)
def test_no_condition_brings_the_process_down(source: str) -> None:
    """A problem or none, also on the small stack of a thread."""
    results: list[object] = []

    def run() -> None:
        results.append(load({"test.yaml": line(f"steps:\n  main: {{if: '{quoted}', then: hangup, else: hangup}}\n")}))

    quoted = source.replace("'", "''")
    worker = threading.Thread(target=run)
    worker.start()
    worker.join(60)
    assert len(results) == 1


PARTS = ["(", ")", "a", ".", "b", "&&", "||", "!", "==", "1", "'x'", "?", ":", "[", "]", "{", "}", "in", " ", "<", "-"]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(PARTS)).map("".join))
def test_any_text_is_a_condition_or_says_why_not(source: str) -> None:
    """Nothing but ValueError, with words of ours."""
    said = ""
    try:
        assert isinstance(compile_condition(source).holds({"a": {"b": 1}}), bool)
    except ValueError as error:
        said = str(error) or "nothing"
    assert said != "nothing"
    assert len(said) < 400


HOURS = [
    "Mo", "Fr", "-", ",", ";", " ", "08:00", "18:00", "off", "PH", "2020", "week 53", "Feb 30", "[1]", "||", '"x"',
    "easter", "+1 day", "24/7", "/2", "unknown",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(HOURS),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_any_text_is_hours_or_a_problem(source: str) -> None:
    """Neither the parser nor the search for an opening hangs or crashes."""
    quoted = source.replace("\\", "").replace('"', '\\"')
    text = TOP + f'country: US\nhours: {{office: "{quoted}"}}\n'
    text += "steps:\n  main: {hours: office, open: hangup, closed: hangup}\n"
    sane(text.encode("utf-8", "replace"))


def test_hours_that_never_open_are_found_quickly() -> None:
    """A hundred of the worst kind: each would take a quarter of a minute to search up to the year 9999."""
    worst = ", ".join(["2020 Mo"] * 100)
    top = "hours:\n" + "".join(f"  h{number}: {worst}\n" for number in range(20))
    started = time.monotonic()
    menus = loaded(top=top)
    assert [problem.rule for problem in menus.problems].count("never-open") == 20
    assert time.monotonic() - started < 60


def test_a_condition_has_at_most_a_thousand_characters() -> None:
    """Longer ones are told before anything tries them."""
    fits = "1 == 1" + " && 1 == 1" * 99
    assert loaded(f"steps:\n  main: {{if: '{fits}', then: hangup, else: hangup}}\n").problems == ()
    with pytest.raises(ValueError, match="at most 1,000"):
        compile_condition(fits + " && 1 == 1")


def test_letters_of_every_kind_can_be_said() -> None:
    """Every character that XML and YAML can carry."""
    words = "".join(string.ascii_letters) + "äöüßñ¿¡çãõ 中文 العربية 🙂"
    assert loaded(f"steps:\n  main:\n    say: {words}\n    go: hangup\n").problems == ()
