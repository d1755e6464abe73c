"""The team file: what checks, what is wrong word for word, its schema, and what lines ask of it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from snippets import line
from test_menu_files import as_an_editor

from ivr.cli import ivr
from ivr.menu import load
from ivr.menu.reader import keys_of
from ivr.menu.team import STRATEGIES, Agent, CallbackOffer, Queue, ServiceLevel, Team, TeamTop
from ivr.menu.team_lines import LINE_RULES
from ivr.menu.team_load import load_team
from ivr.menu.team_rules import RULES
from ivr.menu.team_schema import schema

REGENERATE = bool(os.environ.get("IVR_REGENERATE"))
HERE = Path(__file__).parent
ERR = HERE / "err_team"
GOOD = (HERE / "ok_team" / "team.yaml").read_bytes()
VALIDATOR = Draft202012Validator(schema())


def good() -> Team:
    """The team of the good file."""
    found = load_team("team.yaml", GOOD)
    assert found.problems == ()
    assert found.team is not None
    return found.team


def refusals(data: bytes) -> list[str]:
    """What the schema has against a file."""
    return [error.message for error in VALIDATOR.iter_errors(as_an_editor(yaml.safe_load(data)))]


def test_a_good_team_has_every_key() -> None:
    """It has no problem, and each key stands in it."""
    team = good()
    text = GOOD.decode()
    for cls in (TeamTop, Agent, Queue, CallbackOffer):
        assert [word for word in keys_of(cls) if f"{word}:" not in text] == []
    assert [agent.address for agent in team.agents.values()] == [
        "+15005550401", "sip:raj@example.com", "client:eva.torres",
    ]  # fmt: skip
    assert team.agents["raj"].pin == "0739"
    assert [agent.id for agent in team.members("bookings")] == ["ana", "raj", "eva"]
    assert [agent.id for agent in team.members("refunds")] == ["ana"]
    assert team.queues_of("raj") == ("bookings", "experts")


def test_what_is_left_out_has_its_default() -> None:
    """All but agents (or a skill) has one, and they are those of the documentation."""
    queue = good().queues["refunds"]
    assert queue == Queue(skill="refunds", name="refunds")
    bookings = good().queues["bookings"]
    assert (bookings.room_for, bookings.longest_wait, bookings.announce, bookings.wrap_up) == (40, 900, 45, 30)
    assert replace(bookings, agents=(), skill="refunds", hours=None, callback=None, allow=(), name="refunds") == queue
    assert bookings.callback == CallbackOffer(after=120, digit="1", tries=3, again=600, a_day=100)
    assert (queue.leave, queue.ring, queue.press_to_accept, queue.callback, queue.hold) == ("*", 15, True, None, None)
    assert queue.service_level == ServiceLevel(0.8, 20)


def test_hours_by_name_and_of_a_queue_s_own() -> None:
    """Both are in the team's zone; without any a queue is always open."""
    team, evening = good(), datetime(2026, 6, 3, 1, 0, tzinfo=UTC)  # Tuesday 20:00 in Chicago
    assert [team.queues[name].is_open(evening) for name in ("bookings", "refunds", "experts")] == [False, True, True]


def test_needs_widen_with_time() -> None:
    """The level that is enough goes down as the file says."""
    queue = good().queues["experts"]
    assert [queue.level_after(waited) for waited in (0, 29.9, 30, 59, 60, 7200)] == [2, 2, 1, 1, 0, 0]


def test_an_agent_s_pin_and_number_are_in_no_repr() -> None:
    """What is logged of an agent is the name."""
    assert repr(good().agents["ana"]) == "Agent('ana')"


# Problems, word for word


def problems(name: str) -> str:
    """What is wrong with that file, as `ivr check` prints it."""
    found = load_team(f"{name}.yaml", (ERR / f"{name}.yaml").read_bytes())
    assert (found.team is None) == any(problem.severity == "error" for problem in found.problems)
    return "".join(f"{problem}\n" for problem in found.problems)


@pytest.mark.parametrize("name", sorted(path.stem for path in ERR.glob("*.yaml")))
def test_a_mistake_gets_exactly_these_problems(name: str) -> None:
    """Each mistake is told once, where it stands, with what to write instead. No PIN is repeated."""
    golden, found = ERR / f"{name}.out", problems(name)
    if REGENERATE:
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")
    assert found
    pins = re.findall(r'pin: "?(\w+)', (ERR / f"{name}.yaml").read_text("utf-8"))
    assert not any(pin in found for pin in pins)


def test_every_rule_of_a_team_has_a_pair() -> None:
    """And says what it is for."""
    told = {row.split()[2] for path in ERR.glob("*.out") for row in path.read_text("utf-8").splitlines()}
    assert {rule.ID for rule in RULES} - told == set()
    assert all(len(rule.check.__doc__ or "") > 20 for rule in (*RULES, *LINE_RULES))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever a file holds, it is a team or has problems."""
    found = load_team("team.yaml", data)
    assert found.team is not None or found.problems


@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)), st.sampled_from(["", "x", ": ", "\n", "[", "no", "-"]))
def test_no_change_of_a_good_file_raises(start: int, end: int, put: str) -> None:
    """A piece cut out, another put in."""
    found = load_team("team.yaml", GOOD[:start] + put.encode() + GOOD[max(start, end) :])
    assert found.team is not None or found.problems


# The schema


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    """An editor marks nothing in a file that checks; each key has a description of its own."""
    Draft202012Validator.check_schema(schema())
    assert refusals(GOOD) == []
    queue = schema()["properties"]["queues"]["additionalProperties"]["properties"]
    assert set(queue) == set(keys_of(Queue))
    assert queue["strategy"]["enum"] == list(STRATEGIES)
    hovers = [value["description"] for value in queue.values()]
    assert len(set(hovers)) == len(hovers)


@pytest.mark.parametrize("name", ["values", "missing", "missing_keys", "pins_odd", "agent_values"])
def test_the_schema_refuses_what_the_reader_refuses(name: str) -> None:
    """Mistakes of shape are marked while somebody types."""
    assert refusals((ERR / f"{name}.yaml").read_bytes())


# What lines ask of the team

STEP = """\
steps:
  main:
    queue: {queue}
    answered: hangup
    left: hangup
    callback_booked: hangup
    timed_out: hangup
    full: hangup
    nobody_in: hangup
    closed: hangup
"""


def said(queue: str, team: Team | None, languages: str = "[en-US]") -> list[str]:
    """The problems of a line that waits in the queue, without file and place."""
    data = line(STEP.format(queue=queue)).replace(b"[en-US]", languages.encode())
    return [str(problem).split(": ", 1)[1] for problem in load({"test.yaml": data}, None, team).problems]


def test_a_queue_that_the_team_does_not_have() -> None:
    """It is told with what was meant; a published version, whose team is live, hears nothing of it."""
    known = "known: bookings, refunds or experts"
    assert said("booking", good()) == [
        f'error unknown-queue there is no queue "booking" in team.yaml (did you mean "bookings"?); {known}'
    ]
    assert said("bookings", Team()) == [
        'error unknown-queue there is no queue "bookings" in team.yaml; team.yaml names none'
    ]
    assert said("bookings", good()) == []
    assert said("booking", None) == []


def test_a_number_of_the_desk_is_no_line_s() -> None:
    """Agents call it to sign in."""
    team = replace(good(), desk=("+15005550006",))
    (told,) = said("bookings", team)
    assert told.startswith("error number-taken +15005550006 is the desk's in team.yaml")


def test_a_language_that_nobody_speaks() -> None:
    """A warning, unless the queue widens beyond languages; another country's kind of the language will do."""
    assert said("bookings", good(), "[de-DE]") == [
        "warning language-unserved no agent of bookings speaks de-DE; such callers wait for nobody. "
        "Add the language to an agent, or any_language: to the queue"
    ]
    assert said("experts", good(), "[de-DE]") == []
    assert said("bookings", good(), "[en-GB]") == []


# On disk


def folder(path: Path, team: bytes | None, queue: str = "bookings") -> Path:
    """A folder of menus: one line that waits in the queue, and a team."""
    (path / "test.yaml").write_bytes(line(STEP.format(queue=queue)))
    if team is not None:
        (path / "team.yaml").write_bytes(team)
    return path


def checked(path: Path) -> tuple[int, list[str]]:
    """What `ivr check` exits with and prints for a path, without the folder's name."""
    result = CliRunner().invoke(ivr, ["check", str(path)])
    return result.exit_code, result.stdout.replace(f"{path.parent if path.is_file() else path}/", "").splitlines()


def test_a_folder_is_checked_with_its_team(tmp_path: Path) -> None:
    """The team file among the menus is no line; its problems and those between it and the lines are told."""
    assert checked(folder(tmp_path, GOOD)) == (0, [])
    code, rows = checked(folder(tmp_path, GOOD, "booking"))
    assert (code, [row.split()[2] for row in rows]) == (1, ["unknown-queue"])
    code, rows = checked(folder(tmp_path, (ERR / "unknown_agents.yaml").read_bytes()))
    assert code == 1
    assert [row.split(":")[0] for row in rows] == ["team.yaml"] * 3  # of a broken team no line is told anything


def test_a_line_is_checked_with_the_team_beside_it(tmp_path: Path) -> None:
    """Also where it is named alone; without a team file it has no queue to name. So it cannot be published."""
    code, rows = checked(folder(tmp_path, GOOD, "booking") / "test.yaml")
    assert (code, len(rows)) == (1, 1)
    (tmp_path / "team.yaml").unlink()
    assert checked(folder(tmp_path, None) / "test.yaml")[1] == [
        'test.yaml:8:12: error unknown-queue there is no queue "bookings" in team.yaml; team.yaml names none'
    ]
    assert checked(folder(tmp_path, GOOD) / "team.yaml") == (0, [])


def test_the_schema_is_printed() -> None:
    """For editors, by a flag of its own."""
    result = CliRunner().invoke(ivr, ["check", "--team-schema"])
    assert json.loads(result.stdout) == schema()
