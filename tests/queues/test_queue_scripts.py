"""Scripted calls with agents: `*.call` for each way out of a queue, and what their headers may say of who is in."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import ivr as commands
from ivr.phone.given import Stands, read_given
from ivr.phone.scripts import ScriptError, read_script_file

SCRIPTS = Path(__file__).parent / "scripts"
HEADER = "line: desk.yaml\nfrom: +13125550142\nto: +15005550001\nat: 2026-07-06T10:00\n"


def test_scripts_of_every_exit_pass() -> None:
    """Answered, busy, no answer, declined, a voicemail, left, timed out, callback, nobody in, closed, hung up."""
    done = CliRunner().invoke(commands, ["test", str(SCRIPTS)])
    assert done.output.splitlines()[-1] == f"{len(list(SCRIPTS.glob('*.call')))} passed, 0 failed", done.output


def test_a_script_that_names_nobody_of_the_team_fails(tmp_path: Path) -> None:
    """With its line, and who there is."""
    for name in ("desk.yaml", "team.yaml"):
        (tmp_path / name).write_text((SCRIPTS / name).read_text())
    (tmp_path / "odd.call").write_text(f"agent eve: available\n{HEADER}\n> hangup\n")
    done = CliRunner().invoke(commands, ["test", str(tmp_path)])
    assert f'{tmp_path / "odd.call"}:1: team.yaml has no agent "eve"; it has ana, raj' in done.output
    assert done.exit_code == 1


@pytest.mark.parametrize("place", [0, 1, 4])
def test_agents_stand_anywhere_in_the_header(place: int) -> None:
    """Above, between and below the four lines that every script has."""
    rows = HEADER.splitlines()
    rows.insert(place, "agent ana: available")
    script = read_script_file("\n".join([*rows, "", "> hangup", ""]))
    assert script.given == (Stands("ana", "available", place + 1),)
    assert len(script.top) == 5
    assert script.acts[0][0] == 7


def test_a_state_that_nobody_can_have_is_refused() -> None:
    """With the number of the line, and what to write."""
    with pytest.raises(ScriptError, match="write agent NAME: available, or away") as refused:
        read_script_file(f"agent ana: talking\n{HEADER}")
    assert refused.value.number == 1
    assert read_given("agent ana: away") == Stands("ana", "away")


def test_a_call_in_the_terminal_can_have_agents_and_be_saved(tmp_path: Path) -> None:
    """`ivr call --agent` prints what `ivr test` runs."""
    words = ["call", str(SCRIPTS / "desk.yaml"), "--agent", "ana: available", "--at", "2026-07-06T10:00"]
    called = CliRunner().invoke(commands, [*words, "--keys", "wait:60 answered:20:after:4"])
    assert called.exit_code == 0, called.output
    assert "agent ana: available\n" in called.output
    assert "\n  > 1\nen-US  Thank you for talking.\n" in called.output
    for name in ("desk.yaml", "team.yaml"):
        (tmp_path / name).write_text((SCRIPTS / name).read_text())
    (tmp_path / "saved.call").write_text(called.stdout)
    assert "1 passed" in CliRunner().invoke(commands, ["test", str(tmp_path)]).output
    refused = CliRunner().invoke(commands, [*words[:2], "--agent", "eve: available", "--keys", "1"])
    assert refused.exit_code == 2
    assert 'no agent "eve"' in refused.output
