"""The examples in the documentation are run."""

from __future__ import annotations

import re

import pytest
from examples import DOCS, Example, examples, problems, sides, told, whole

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
    """The red lines bring the rule of their heading and no other, the green ones none at all."""
    rule, part = example.heading.split("`")[1], example.info.split()[1]
    bad, good = (told(part, side, rule) for side in sides(example.text))
    assert bad == {rule} | ALSO.get(rule, set())
    assert good == set()


ALSO = {"silence": {"too-many-options"}}
"""What a bad example says beside its rule: a comment that allows nothing leaves what it should allow."""

WITHOUT = {
    "tab", "encoding", "bad-character",  # no page of the documentation can hold one
    "empty-file", "not-a-map", "too-large", "too-deep", "too-long",  # nothing, or too much to be shown
    "two-languages",  # of a piece
    "commonest-first", "stale-recording",  # of the call log and of recordings; shown by hand
}  # fmt: skip


def test_every_rule_has_an_example() -> None:
    """A bad one and a good one, but for those that no example could show."""
    page = (DOCS / "rules.md").read_text("utf-8")
    rules = set(re.findall(r"^### `([a-z-]+)`", page, re.MULTILINE))
    assert {example.heading.split("`")[1] for example in DIFFS} == rules - WITHOUT


def test_there_are_examples() -> None:
    """The blocks are found at all: a change of the fences would hide them."""
    assert len(YAML) > 15
    assert len(DIFFS) > 35
