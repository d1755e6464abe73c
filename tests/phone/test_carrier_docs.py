"""The page about the local carrier says what there is."""

from dataclasses import fields
from pathlib import Path

import pytest

from ivr.phone import Faults, LiveCaller
from ivr.phone.twiml import CALL, NotRun
from ivr.phone.webhook import PRETENDED

PAGE = (Path(__file__).parents[2] / "docs" / "carrier.md").read_text("utf-8")


@pytest.mark.parametrize("name", [one.name for one in fields(Faults)])
def test_every_fault_is_documented(name: str) -> None:
    """Whoever wants trouble finds its name."""
    assert f"`{name}" in PAGE


@pytest.mark.parametrize("verb", [one.__name__ for one in CALL if one is not NotRun])
def test_every_verb_is_documented(verb: str) -> None:
    """Those that are run."""
    assert verb in PAGE


@pytest.mark.parametrize("name", ["press", "hang_up", "answer", "decline", "heard", "speak", "say"])
def test_what_a_live_phone_can_do_is_documented(name: str) -> None:
    """And is there."""
    assert hasattr(LiveCaller, name)
    assert f"`{name}" in PAGE


def test_every_kind_of_resource_is_documented() -> None:
    """Of the REST API; and the header that makes an answer slow."""
    for kind in ("Calls", "Queues", "Members", "Messages", "Recordings", "IncomingPhoneNumbers"):
        assert kind in PAGE
    assert f"`{PRETENDED}`" in PAGE
