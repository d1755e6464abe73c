"""What the README shows is what is there."""

from __future__ import annotations

import pytest
from examples import ROOT, examples
from transcripts import comparable, run, transcripts

CALLS = transcripts()


def test_the_readme_begins_with_the_smallest_line() -> None:
    """The first example is `menus/press-one.yaml`, to the letter."""
    first = next(example for example in examples() if example.page == "README.md" and example.info == "yaml")
    assert first.text == (ROOT / "menus" / "press-one.yaml").read_text("utf-8")


def test_the_readme_shows_the_smallest_line_and_both_languages() -> None:
    """A first call, and the demo line in English and in Spanish; no more than tests have time to run."""
    assert [len(CALLS) <= 4, len(CALLS) >= 3] == [True, True]
    assert CALLS[0][0] == "ivr call menus/press-one.yaml --keys 1"
    for language in ("en-US", "es-MX"):
        assert any("meridian.yaml" in command and f"\n{language}  " in printed for command, printed in CALLS)


@pytest.mark.parametrize(("command", "printed"), CALLS, ids=range(len(CALLS)))
def test_a_call_prints_what_the_readme_says(command: str, printed: str) -> None:
    """Whoever types the command of a transcript sees the transcript. To write them anew: see `transcripts`."""
    assert comparable(command, run(command)) == comparable(command, printed)
