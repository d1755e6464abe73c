"""Pieces: files that lines run like functions, checked across files."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ivr.call import Call, step
from ivr.call.inputs import HungUp, Input, Pressed, Silent, Started, Told
from ivr.call.says import Say
from ivr.call.wants import RunLookup
from ivr.menu import Flow, load
from ivr.menu.pieces import FOLDER, run_by
from ivr.menu.schema import piece_schema, schema
from ivr.menu.words import plain
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.menu_folder import check_files, files_of_line, piece_files
from ivr.switchboard.publish import Publisher, Refused

HERE = Path(__file__).parent / "ok_pieces"
GOLDEN = HERE.with_name("err_pieces.out")
MOMENTS = (datetime(2026, 6, 2, 17, 0, tzinfo=UTC), datetime(2026, 6, 7, 17, 0, tzinfo=UTC))  # open, closed
KEYS = ("1", "2", "9", "0", "*", "4021", "1234", "12", "")


def flows() -> dict[str, Flow]:
    """The line that runs pieces, and the same one with every step written out."""
    menus = check_files([HERE / "line.yaml", HERE / "by_hand.yaml"])
    assert menus.problems == ()
    return dict(menus.flows)


def heard(flow: Flow, inputs: list[tuple[str, str]], began: datetime) -> list[str]:
    """What is said in a call whose look-ups are answered, and what kinds of thing happen in it."""
    call = Call(sid="CA1", line=flow.name, version="v", caller="+12125550142", to=flow.numbers[0])
    lines: list[str] = []
    todo: list[Input] = [Started(began)]
    for number, (kind, keys) in enumerate(inputs):
        at = began + timedelta(seconds=10 * number + 5)
        todo.append(
            Silent(at) if kind == "silent" else HungUp(at, "completed") if kind == "gone" else Pressed(at, keys)
        )
    for number, input_ in enumerate(todo):
        turn = step(flow, call, input_)
        while isinstance(turn.want, RunLookup):
            lines += said(turn.says)
            account = call_value(turn.call.values)
            row = {"4021": "open", "1234": "closed"}.get(account)
            told = Told(input_.at, "found", {"status": row}) if row else Told(input_.at, "not_found")
            turn = step(flow, turn.call, told)
        lines += [f"-- {number}", *said(turn.says), *(it.kind for it in turn.events if it.kind != "entered")]
        call = turn.call
    return lines


def call_value(values: dict[str, object]) -> str:
    """The account for which the line looks, under the name that it has there."""
    return str(values.get("who.account") or values.get("account"))


def said(says: object) -> list[str]:
    """The words, and what else is told the carrier, by its kind."""
    return [
        f"{it.language} {it.prompt.texts[it.language][it.variant]} {it.values}" if isinstance(it, Say) else repr(it)
        for it in says  # type: ignore[attr-defined]
    ]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["keys"] * 8 + ["silent", "gone"]), st.sampled_from(KEYS)), max_size=20),
    st.sampled_from(MOMENTS),
)
def test_a_line_that_runs_pieces_is_the_line_with_their_steps_written_out(
    inputs: list[tuple[str, str]], began: datetime
) -> None:
    """Whatever callers do, they hear the same words, and the same things happen."""
    both = flows_once()
    by_piece = heard(both["line"], inputs, began)
    by_hand = heard(both["by_hand"], inputs, began)
    assert [words(line) for line in by_piece] == [words(line) for line in by_hand]


_FLOWS: dict[str, Flow] = {}


def flows_once() -> dict[str, Flow]:
    """The two lines, loaded once."""
    if not _FLOWS:
        _FLOWS.update(flows())
    return _FLOWS


def words(line: str) -> str:
    """A line of what was heard without the names that values have, and the one line's own box."""
    return re.sub(r"name='[a-z_.]*'", "name", line).replace("'by_hand'", "'line'")


def test_names_of_a_piece_are_its_own() -> None:
    """A step runs under the running step's name, and so do values, hours and look-ups; twice is two of each."""
    flow = flows_once()["line"]
    assert {"who", "who.number", "who.sure", "who.sure.right", "again.sure.heard"} <= set(flow.steps)
    assert flow.types["who.branch"] == flow.types["who.account"] == "digits"
    assert flow.types["again.sure.answer"] == "yes_no"
    assert set(flow.hours) == {"who.office", "again.office"}
    assert {name: use.piece for name, use in flow.uses.items()} == {
        "who": "identify", "who.sure": "confirm", "again": "identify", "again.sure": "confirm"
    }  # fmt: skip
    assert all(
        set(prompt.texts) == {"en-US", "es-MX"} for prompt in flow.prompts() if prompt.address.startswith("who.")
    )


def test_a_version_is_the_line_and_the_pieces_that_it_runs() -> None:
    """Those that pieces run among them, no others; loaded again without the folder, it is the same flow."""
    files = files_of_line(HERE / "line.yaml")
    assert set(files) == {"line.yaml", f"{FOLDER}/identify.yaml", f"{FOLDER}/confirm.yaml"}
    assert set(files_of_line(HERE / "by_hand.yaml")) == {"by_hand.yaml"}
    again = load(files).flows["line"]
    assert again.steps == flows_once()["line"].steps
    assert run_by("line.yaml", files["line.yaml"], {}) == {}


def test_pieces_are_checked_where_no_line_runs_them() -> None:
    """The good ones have no problem of their own."""
    assert check_files(piece_files(HERE)).problems == ()


LINE = (HERE / "line.yaml").read_text("utf-8")
IDENTIFY = (HERE / FOLDER / "identify.yaml").read_text("utf-8")
CONFIRM = (HERE / FOLDER / "confirm.yaml").read_text("utf-8")

WRONG = {
    "no such piece": {"line": LINE.replace('identify\n    with: {branch: "12"}', 'identfy\n    with: {branch: "12"}')},
    "an outcome is missing": {"line": LINE.replace("    unknown: people\n", "")},
    "an outcome too many": {"line": LINE.replace("    known: find\n", "    known: find\n    knwn: find\n")},
    "what it needs is missing": {"line": LINE.replace('    with: {branch: "12"}\n', "")},
    "what it does not need": {"line": LINE.replace('{branch: "12"}', '{branch: "12", brnch: "1"}')},
    "of another type": {"line": LINE.replace('{branch: "12"}', "{branch: twelve}")},
    "a name of another type": {"line": LINE.replace('{branch: "12"}', "{branch: <call.language>}")},
    "a value that stays inside": {"line": LINE.replace("who.account == ", "who.branch == ")},
    "a piece that does not speak the line's language": {
        "identify": IDENTIFY.replace("[en-US, es-MX, fr-CA]", "[en-US, fr-CA]").replace("es-MX:", "# "),
    },
    "a mistake in the piece, told once": {"identify": IDENTIFY.replace("go: sure", "go: shure")},
    "circles": {
        "confirm": CONFIRM.replace("go: heard", "go: more").replace(
            "  heard:\n",
            '  more:\n    run: identify\n    with: {branch: "1"}\n    known: heard\n    unknown: heard\n  heard:\n',
        )
    },
    "an outcome that is never reached": {"confirm": CONFIRM.replace("else: no_it_is_not", "else: said_nothing")},
    "a given value that is none": {"identify": IDENTIFY.replace("gives: [account]", "gives: [account, acount]")},
    "the caller's language": {
        "identify": IDENTIFY.replace("start: number", "start: tongue").replace(
            "steps:\n", "steps:\n  tongue:\n    language: [en-US, es-MX]\n    go: number\n"
        )
    },
    "no outcome at all": {"confirm": CONFIRM.replace("outcomes: [yes_it_is, no_it_is_not, said_nothing]\n", "")},
    "an outcome with the name of a key": {"confirm": CONFIRM.replace("said_nothing]", "menu]")},
    "a step with the name of a key": {"confirm": CONFIRM.replace("heard", "say")},
    "a step that could be a value": {
        "line": LINE.replace("  booking:\n", "  who:\n").replace("lookup: booking", "lookup: who")
    },
}


def problems(wrong: Mapping[str, str]) -> str:
    """What is said of the three files, of which some are wrong, as `ivr check` prints it."""
    text = {"line": LINE, "identify": IDENTIFY, "confirm": CONFIRM} | wrong
    files = {"line.yaml" if name == "line" else f"{FOLDER}/{name}.yaml": it.encode() for name, it in text.items()}
    found = load(files, {"bookings.csv": (HERE / "bookings.csv").read_bytes()}).problems
    return "".join(f"{problem}\n" for problem in found)


def test_mistakes_across_files_are_told_where_they_are() -> None:
    """Each in the file where it can be mended, once, however many lines run the piece: err_pieces.out has them all."""
    told = "".join(f"## {name}\n{problems(wrong)}" for name, wrong in WRONG.items())
    if os.environ.get("IVR_REGENERATE"):
        GOLDEN.write_text(told, "utf-8")
    assert told == GOLDEN.read_text("utf-8")


def test_the_schemas_know_pieces() -> None:
    """What checks here fits the schemas that editors have, and an outcome without a step does not."""
    lines, pieces = Draft202012Validator(schema()), Draft202012Validator(piece_schema())
    assert lines.is_valid(yaml.safe_load(LINE))
    assert pieces.is_valid(yaml.safe_load(IDENTIFY))
    assert pieces.is_valid(yaml.safe_load(CONFIRM))
    assert not lines.is_valid(yaml.safe_load(LINE.replace("known: find", "known: [find]")))
    assert not lines.is_valid(yaml.safe_load(IDENTIFY))
    assert not pieces.is_valid(yaml.safe_load(LINE))
    for path in HERE.glob("*.yaml"):
        assert lines.is_valid(yaml.safe_load(path.read_text("utf-8"))), path.name
    for path in (HERE / FOLDER).glob("*.yaml"):
        assert pieces.is_valid(yaml.safe_load(path.read_text("utf-8"))), path.name
    for wrong in ("outcomes: {}", "steps: []", "needs: [account]", "gives: nothing", "numbers: ['+15005550006']"):
        key = wrong.partition(":")[0]
        bad = yaml.safe_load(IDENTIFY) | yaml.safe_load(wrong)
        assert not pieces.is_valid(bad), key


def test_a_piece_goes_live_with_its_lines(tmp_path: Path) -> None:
    """It is no line: publishing it says which lines run it. Changed, it makes a new version of these alone."""
    folder = shutil.copytree(HERE, tmp_path / "menus")
    engine = open_engine(f"sqlite:///{tmp_path}/touchtone.db")
    migrate(engine)
    publisher = Publisher(Versions(engine), None, lambda: MOMENTS[0])
    first = publisher.publish(folder / "line.yaml", who="me")
    publisher.publish(folder / "by_hand.yaml", who="me")
    with pytest.raises(Refused, match=r"publish the lines that run it: line\.yaml"):
        publisher.publish(folder / FOLDER / "confirm.yaml", who="me")
    assert publisher.changed(folder) == []
    (folder / FOLDER / "confirm.yaml").write_text(CONFIRM.replace("right?", "correct?"), "utf-8")
    assert publisher.changed(folder) == [folder / "line.yaml"]
    second = publisher.publish(folder / "line.yaml", who="me")
    assert second.changed
    assert second.version != first.version
    old, new = (load(Versions(engine).files(it.version) or {}).flows["line"] for it in (first, second))
    assert plain(old.steps["who.sure.right"].act.ask.text("en-US")).endswith("right?")  # type: ignore[union-attr]
    assert plain(new.steps["who.sure.right"].act.ask.text("en-US")).endswith("correct?")  # type: ignore[union-attr]
    engine.dispose()
