"""The examples in the documentation are run."""

from __future__ import annotations

import pytest
from examples import Example, examples, problems, sides, whole

YAML = [example for example in examples() if example.info.split()[:1] == ["yaml"] and example.info != "yaml team"]
DIFFS = [example for example in examples() if example.info.split()[:1] == ["diff"]]


@pytest.mark.parametrize("example", [each for each in YAML if each.info == "yaml"], ids=str)
def test_a_whole_file_checks(example: Example) -> None:
    """A reader who copies a whole example has a line without any problem."""
    assert not problems(example.text)


@pytest.mark.parametrize("example", [each for each in YAML if each.info.startswith("yaml piece")], ids=str)
def test_a_piece_checks(example: Example) -> None:
    """A reader who copies a piece has one without any problem."""
    assert not problems(example.text)


@pytest.mark.parametrize("example", [each for each in YAML if each.info.startswith("yaml fragment")], ids=str)
def test_a_fragment_checks(example: Example) -> None:
    """A reader who copies a fragment into a line gets no error from it."""
    _, word, part = example.info.split()
    assert word == "fragment"
    assert not [problem for problem in problems(whole(part, example.text)) if problem.severity == "error"]


@pytest.mark.parametrize("example", DIFFS, ids=str)
def test_a_rule_is_shown_by_what_breaks_it_and_what_mends_it(example: Example) -> None:
    """The red lines bring the rule of their heading, the green ones no error, and not that rule."""
    rule = example.heading.split("`")[1]
    bad, good = (problems(whole(example.info.split()[1], side)) for side in sides(example.text))
    assert rule in {problem.rule for problem in bad}
    assert not [problem for problem in good if problem.severity == "error" or problem.rule == rule]


def test_there_are_examples() -> None:
    """The blocks are found at all: a change of the fences would hide them."""
    assert len(YAML) > 15
    assert len(DIFFS) > 35
