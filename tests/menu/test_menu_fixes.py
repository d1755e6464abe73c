"""`ivr check --fix`: what it mends is mended, and nothing else is touched."""

from __future__ import annotations

import difflib
import random
from pathlib import Path

import pytest
from snippets import TOP
from test_menu_robust import SEEDS, mutated

from ivr.menu import Problem, load
from ivr.menu.fixes import FIXES, fixed

ERR = Path(__file__).parent / "err"


def check(data: bytes) -> tuple[Problem, ...]:
    """What is wrong with a file of these bytes."""
    return load({"test.yaml": data}).problems


WRONG = TOP + (
    "steps:\n"
    "  main:\n"
    "    menu:                     # what we have\n"
    "      # for those who pay\n"
    '      2 -> card: "To pay by card, press 2."   # by card\n'
    "\n"
    "      0 -> operator: To talk to us\n"
    "      # the first\n"
    "      1 -> main:\n"
    "        say: To hear it again; press one!\n"
    "    give_up: hangup           # bye\n"
    "\n"
    "  # ivr: allow long-menu: it was long\n"
    "  card:\n"
    "    ask:   Your card?\n"
    "    digits: 16\n"
    "    save:   card   # which\n"
    "    go: look  # ivr: allow names-key: no key is named here\n"
    "  look:\n"
    "    lookup: account\n"
    "    found: hangup\n"
    "    not_found: hangup\n"
    "    failed: hangup\n"
).replace(
    "steps:", "lookups:\n  account: {post: https://api.example.com/a, body: {c: <card>}, gives: {a: text}}\nsteps:", 1
)

RIGHT = WRONG
for _before, _after in (
    ('"To pay by card, press 2."', '"To pay by card"'),
    ("To hear it again; press one!", "To hear it again"),
    ("  # ivr: allow long-menu: it was long\n", ""),
    ("  # ivr: allow names-key: no key is named here", ""),
    ("card   # which\n", "card   # which\n    secret: yes\n"),
):
    RIGHT = RIGHT.replace(_before, _after)
_first = RIGHT[RIGHT.index("      # the first\n") : RIGHT.index("    give_up")]
_second = RIGHT[RIGHT.index("      # for those") : RIGHT.index("      0 ->")]
_third = "      0 -> operator: To talk to us\n"
RIGHT = RIGHT.replace(_second + _third + _first, _first + _second + _third)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_everything_that_can_be_mended_is(end: str, mark: bytes) -> None:
    """Moved, shortened, added and removed where it was found; comments, blanks, breaks and all other lines stay."""
    done = fixed("test.yaml", mark + WRONG.replace("\n", end).encode(), check)
    assert done.data == mark + RIGHT.replace("\n", end).encode()
    assert {problem.rule for problem in done.mended} == set(FIXES)
    assert [problem for problem in check(done.data) if problem.rule in FIXES] == []


@pytest.mark.parametrize("name", ["key_order", "names_key_german", "sensitive_names"])
def test_the_pairs_are_mended(name: str) -> None:
    """Files whose only findings can be mended have none after it, and a second run does nothing."""
    done = fixed("test.yaml", (ERR / f"{name}.yaml").read_bytes(), check)
    assert done.mended
    left = [problem for problem in check(done.data) if problem.rule in FIXES]
    assert left == [] or name == "names_key_german"  # where the key named is not the option's own
    assert fixed("test.yaml", done.data, check).mended == ()


UNMENDED = {
    "an error stands in it": WRONG.replace("go: look", "go: lok"),
    "options in one line": TOP + "steps:\n  main: {menu: {2 -> main: B, 1 -> main: A}}\n",
    "a secret that is spoken": TOP
    + "steps:\n  main:\n    ask: Card?\n    digits: 16\n    save: card\n    go: told\n"
    + "  told:\n    say: You entered <card>.\n    go: hangup\n",
    "another key than its own": TOP + "steps:\n  main:\n    menu:\n      1 -> main: To hear it again, press 2\n",
    "the last line has no end": TOP + "steps:\n  main:\n    menu:\n      2 -> main: B\n      1 -> main: A",
}


@pytest.mark.parametrize("text", UNMENDED.values(), ids=UNMENDED)
def test_what_cannot_be_mended_safely_stays(text: str) -> None:
    """Not a byte is changed: no file with errors, none that a fix would break, none that is laid out otherwise."""
    assert any(problem.rule in FIXES for problem in check(text.encode()))
    assert fixed("test.yaml", text.encode(), check).data == text.encode()


def mends_soundly(data: bytes) -> int:
    """Whether what --fix makes of the bytes checks as before, and touches what it may; how many it mended."""
    before = check(data)
    done = fixed("test.yaml", data, check)
    after = check(done.data)
    assert bool(done.mended) == (done.data != data)
    if not done.mended:
        return 0
    assert not any(problem.severity == "error" for problem in after)
    for rule in {problem.rule for problem in done.mended}:
        count = [sum(problem.rule == rule for problem in problems) for problems in (before, after)]
        assert count[1] < count[0], rule
    old, new = data.split(b"\n"), done.data.split(b"\n")
    gone = list(old)
    for row in new:
        if row in gone:
            gone.remove(row)
    assert len(gone) <= len(done.mended) * 3, "lines that no fix concerns have changed"
    return len(done.mended)


def test_mistreated_files_are_mended_soundly_or_not_at_all() -> None:
    """Whatever hands and editors did to a file: no fix raises, breaks it, or changes what it does not concern."""
    dice = random.Random(7)
    sources = [
        WRONG.encode(),
        *[(ERR / f"{name}.yaml").read_bytes() for name in ("key_order", "names_key", "silences")],
    ]
    mended = sum(mends_soundly(mutated(dice.choice(sources), dice)) for _ in range(120))
    assert mended > 3


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_many_mistreated_files_are_mended_soundly(seed: int) -> None:
    """The same with the large files, and many more."""
    dice = random.Random(seed)
    for _ in range(60):
        mends_soundly(mutated(dice.choice(SEEDS), dice))
    for path in sorted(ERR.glob("*.yaml")):
        data = path.read_bytes()
        if len(data) < 5000 and b"\xff" not in data and b"\xe9" not in data:
            mends_soundly(data)
            mends_soundly(mutated(data, dice))


def test_options_may_stand_in_any_order() -> None:
    """Each order of five options, with comments between, is put right, and only lines of the menu move."""
    dice = random.Random(3)
    options = {
        "1": "      1 -> main: One\n",
        "2": "      # two\n      2 -> main:\n        say: Two\n        if: call.tries < 2   # once\n",
        "9": "      9 -> repeat: Nine\n",
        "0": "      0 -> operator:\n\n        say: Zero\n",
        "star": "      # star\n      # and more\n      star -> back: Star\n",
    }
    right = TOP + "steps:\n  main:\n    menu:\n" + "".join(options.values()) + "    tries: 2\n"
    for _ in range(20):
        order = dice.sample(list(options), len(options))
        wrong = TOP + "steps:\n  main:\n    menu:\n" + "".join(options[key] for key in order) + "    tries: 2\n"
        assert fixed("test.yaml", wrong.encode(), check).data.decode() == right
    changed = list(difflib.ndiff(wrong.splitlines(), right.splitlines()))
    assert sum(row.startswith("- ") for row in changed) == sum(row.startswith("+ ") for row in changed)
