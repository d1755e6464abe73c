"""The page about agents and queues: its examples check, and it has every key with its default."""

from __future__ import annotations

import re

import pytest
from examples import DOCS, Example, examples
from test_docs_complete import coded, section

from ivr.menu.reader import keys_of, required
from ivr.menu.team import STRATEGIES, Agent, CallbackOffer, Queue, TeamTop
from ivr.menu.team_load import SECTIONS, load_team

PAGE = (DOCS / "queues.md").read_text("utf-8")
TEAMS = [example for example in examples() if example.info == "yaml team"]
UNITS = {"": 1, "s": 1, "m": 60}


@pytest.mark.parametrize("example", TEAMS, ids=str)
def test_a_whole_team_checks(example: Example) -> None:
    """A reader who copies an example has a team without any problem."""
    assert load_team("team.yaml", example.text.encode()).problems == ()


def test_there_are_examples() -> None:
    """The blocks are found at all."""
    assert len(TEAMS) >= 2


@pytest.mark.parametrize(("heading", "cls"), [("Agents", Agent), ("Queues", Queue), ("Callbacks", CallbackOffer)])
def test_every_key_is_documented_with_its_default(heading: str, cls: type) -> None:
    """Each has a row; a default that is a number or a span is the code's, and what has none is needed."""
    text = section(PAGE, heading)
    rows = {
        word: default
        for words, default in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (.*?) \|", text, re.MULTILINE)
        for word in re.findall(r"\w+", words)
    }
    assert set(rows) == set(keys_of(cls))
    for word, spec in keys_of(cls).items():
        assert (rows[word] == "needed") == required(spec), word
        span = re.fullmatch(r"`(\d+)([sm]?)`", rows[word])
        if isinstance(spec.default, int | float) and not isinstance(spec.default, bool):
            assert span, word
            assert int(span[1]) * UNITS[span[2]] == spec.default, word


def test_the_top_and_the_strategies_are_documented() -> None:
    """Every key of the top, and every strategy in the table."""
    top = section(PAGE, "A whole team")
    assert [word for word in [*keys_of(TeamTop), *SECTIONS] if not coded(word, top)] == []
    assert re.findall(r"^\| `(\w+)` \|", section(PAGE, "Who is next"), re.MULTILINE) == list(STRATEGIES)
