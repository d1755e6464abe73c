"""`ivr test --walk`: what it prints, and how it exits."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.call.walk import walk
from ivr.cli import ivr
from ivr.cli.walk import report
from ivr.menu import load

MENUS = Path(__file__).parents[2] / "menus"

ROUND = """\
line: Round
numbers: ["+15005550008"]
timezone: America/Chicago
languages: [en-US]
start: main
steps:
  main:
    menu:
      1 -> round: Round
  round:
    lookup: here
    found: round
    not_found: main
    failed: hangup
lookups:
  here:
    get: https://x.test/
    gives: {at: text}
"""


def test_a_proven_line_is_told_in_words(tmp_path: Path) -> None:
    """Into a pipe: plain lines, the verdict first, and 0."""
    result = CliRunner().invoke(ivr, ["test", "--walk", str(MENUS / "press-one.yaml")])
    assert result.exit_code == 0
    assert result.stdout.startswith("press-one: every path ends, hands over to a person, or is stopped by the caps.\n")
    assert "Covered: 2 of 2 steps, 1 of 1 options, 2 of 2 outcomes, 1 of 1 languages." in result.stdout
    assert "\x1b" not in result.output


def test_a_fault_comes_with_the_way_there(tmp_path: Path) -> None:
    """What is wrong stands at the top, with the keys that lead to it, and the exit code is 1."""
    file = tmp_path / "round.yaml"
    file.write_text(ROUND)
    result = CliRunner().invoke(ivr, ["test", "--walk", str(file)])
    assert result.exit_code == 1
    assert "FAULT  round: goes on without the caller" in result.stdout
    assert "the way there: 1, found (" in result.stdout


def test_a_file_with_errors_cannot_be_walked(tmp_path: Path) -> None:
    """Its problems are printed as `ivr check` prints them, and the exit code is 2; so it is where there is no file."""
    file = tmp_path / "bad.yaml"
    file.write_text("line: Bad\n")
    result = CliRunner().invoke(ivr, ["test", "--walk", str(file)])
    assert result.exit_code == 2
    assert f"{file}:1:1: error missing-key" in result.stdout
    assert "Traceback" not in result.output
    assert CliRunner().invoke(ivr, ["test", "--walk", str(tmp_path / "none.yaml")]).exit_code == 2
    assert CliRunner().invoke(ivr, ["test", "--walk", str(tmp_path / "empty")]).exit_code == 2


@pytest.mark.long
def test_the_report_of_the_demo_line_is_short() -> None:
    """A page of ops' own words: no longer than a screen."""
    flow = load({"meridian.yaml": (MENUS / "meridian.yaml").read_bytes()}).flows["meridian"]
    lines = list(report(walk(flow)))
    assert len(lines) < 24
    assert "Covered: 36 of 36 steps, 19 of 19 options, 58 of 58 outcomes, 2 of 2 languages." in lines
