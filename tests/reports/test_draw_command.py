"""`ivr draw`: each format, with the calls of the log on it, and what it says to files that are no line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import flow_calls
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ivr.cli import ivr
from ivr.menu import Flow, load
from ivr.menu.drawing import picture
from ivr.menu.drawing_figures import Figures, StepFigures
from ivr.menu.load import _load_one
from ivr.menu.source import parse
from ivr.reports.drawn import figures, figures_of
from ivr.reports.flow import paths_of
from ivr.store.rollups.step_tally import Tally
from ivr.switchboard.graphviz import DrawingError, render
from ivr.switchboard.pictures import svg

Run = Callable[..., Result]
ROOT = Path(__file__).parents[2]
LINE = ROOT / "menus" / "meridian.yaml"


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Runs the command on that database."""
    given_ = {"DATABASE_URL": database_url, "IVR_DATA": str(tmp_path), "REDIS_URL": None, "PUBLIC_URL": None}
    return lambda *words: CliRunner().invoke(ivr, ["draw", *map(str, words)], env=given_)


def flow() -> Flow:
    """The line of the calls, as the newer version has it."""
    return load(flow_calls.FILES[1]).flows["meridian"]


def test_each_format_by_its_name_and_by_the_ending(run: Run, tmp_path: Path) -> None:
    """SVG unless something else is asked for; what is written is what would be printed."""
    beginnings = {"svg": b"<?xml", "png": b"\x89PNG", "mermaid": b"flowchart LR\n", "dot": b'digraph "meridian" {'}
    for format_, ending in (("svg", "svg"), ("png", "png"), ("mermaid", "mmd"), ("dot", "gv")):
        out = tmp_path / f"line.{ending}"
        assert run(LINE, "--out", out).exit_code == 0
        assert out.read_bytes().startswith(beginnings[format_])
        if format_ in ("mermaid", "dot"):
            assert run(LINE, "--format", format_).stdout_bytes == out.read_bytes()


def test_a_page_finds_each_step_in_the_svg() -> None:
    """Steps, boxes and lines are marked; steps are links where asked for; no script, no style that a policy forbids."""
    folder = ROOT / "tests" / "menu" / "ok_pieces"
    pieces = {path.name: path.read_bytes() for path in (folder / "pieces").glob("*.yaml")}
    line = load({"line.yaml": (folder / "line.yaml").read_bytes()}, pieces=pieces).flows["line"]
    drawn = picture(line)
    root = ElementTree.fromstring(svg(drawn, Figures(here={"find": 3}), {"who.number": "/console?step=who.number&x=1"}))
    assert root.tag.endswith("}svg")
    marked = {it.get("data-step"): it for it in root.iter() if it.get("data-step")}
    assert set(marked) == {node.step for node in drawn.nodes}
    assert marked["find"].get("class") == "node step lookup"
    assert "● 3 here now" in "".join(marked["find"].itertext())
    assert {it.get("data-box") for it in root.iter() if it.get("data-box")} == {
        "who",
        "again",
        "who.sure",
        "again.sure",
    }
    lines = [(it.get("data-from"), it.get("data-to")) for it in root.iter() if it.get("data-from")]
    assert sorted(lines) == sorted((node.step, way.to) for node in drawn.nodes for way in node.ways if not way.jump)
    links = [value for it in root.iter() for name, value in it.attrib.items() if name.endswith("}href")]
    assert set(links) == {"/console?step=who.number&x=1"}
    assert not [it for it in root.iter() if it.tag.endswith("}script") or "style" in it.attrib]


def test_calls_are_on_the_ways_that_they_took(engine: Engine) -> None:
    """Of both versions: who came, who was in trouble, who left by which key; what ended the call is on no way."""
    flow_calls.fill(engine)
    found = figures(engine, flow(), flow_calls.NOW - timedelta(days=2), flow_calls.NOW)
    assert found.calls == 11
    assert found.steps == {
        "main": StepFigures(19, 11, 3, 9), "told": StepFigures(8, 8, 0, 0), "office": StepFigures(2, 2, 0, 0)
    }  # fmt: skip
    assert found.ways == {
        ("main", "menu.1"): 8, ("told", "go"): 8, ("main", "give_up"): 2, ("office", "busy"): 2
    }  # fmt: skip
    assert found.said.startswith("11 calls from 2026-06-29 10:00 to 2026-07-01 10:00 (America/Chicago). ")
    assert "does not have" not in found.said


WAYS = {
    ("ask", "door", "gave_up:no_input"): ("ask", "go"),  # a language is given up by going on in the first one
    ("ask", "door", "language:es-MX"): ("ask", "go"),
    ("door", "desk", "chose:1"): ("door", "menu.1"),
    ("door", "desk", "chose:*"): ("door", "menu.star"),
    ("door", "desk", "answered"): ("door", "extension.go"),
    ("door", "desk", "gave_up:no_match"): ("door", "give_up"),  # which is the operator
    ("door", "ask", "chose:0"): "0",
    ("door", "ask", "chose:7"): None,  # a key of another version
    ("door", "door", "gave_up"): None,  # led back once
    ("desk", "door", "looked_up:failed"): ("desk", "failed"),
    ("desk", ".line", "looked_up:found"): ("desk", "found"),
    ("desk", ".lost", "hung_up"): None,
    ("gone", "door", "went_on"): None,
}
"""From, to and how in the log, and the way of the file; a key that works anywhere by itself."""

LINE_OF_WAYS = """
line: Ways
numbers: ["+15005550006"]
timezone: UTC
languages: [en-US, es-MX]
start: ask
operator: desk
anywhere: {0: ask}
lookups: {stops: {table: stops.csv, where: {a: b}, gives: {c: text}}}
steps:
  ask: {language: [en-US, es-MX], go: door}
  door:
    menu:
      1 -> desk:
        en-US: One
        es-MX: Uno
      star -> desk:
        en-US: Two
        es-MX: Dos
    extension: {digits: 3, save: x, go: desk}
  desk: {lookup: stops, found: hangup, not_found: ask, failed: door}
"""


def test_each_way_of_the_log_is_one_of_the_file() -> None:
    """By its name, where the file has it and it leads there; else by where it leads; else it is told of."""
    line = _load_one("ways.yaml", parse("ways.yaml", LINE_OF_WAYS.encode()), None, None, {})[0]
    assert line is not None
    for (source, target, way), known in WAYS.items():
        tally = Tally()
        tally.counts = {("visit", source): [1, 1], ("way", source, target, way): [1, 1]}
        found = figures_of(line, paths_of(tally), "today")
        assert dict(found.ways) == ({known: 1} if isinstance(known, tuple) else {}), way
        assert dict(found.anywhere) == ({known: 1} if isinstance(known, str) else {}), way
        assert ("1 visit left by ways" in found.said) == (known is None and way != "hung_up"), way


def test_ways_that_the_file_no_longer_has_are_said(engine: Engine) -> None:
    """A file in which a step leads elsewhere: its way has no calls, and nobody is hidden."""
    flow_calls.fill(engine)
    changed = {"meridian.yaml": flow_calls.FILES[1]["meridian.yaml"].replace(b"go: main", b"go: office")}
    found = figures(engine, load(changed).flows["meridian"], flow_calls.NOW - timedelta(days=2), flow_calls.NOW)
    assert ("told", "go") not in found.ways
    assert found.said.endswith(". 8 visits left by ways that this file does not have")


def test_calls_are_asked_for_by_a_span(run: Run, engine: Engine, tmp_path: Path) -> None:
    """The log's calls since then are in the picture, in words; a log without any says so."""
    flow_calls.fill(engine)
    file = tmp_path / "meridian.yaml"
    file.write_bytes(flow_calls.FILES[1]["meridian.yaml"])
    result = run(file, "--calls", "2026-06-29T00:00", "--format", "mermaid")
    assert result.exit_code == 0, result.output
    assert "11 calls from 2026#45;06#45;29" in result.output
    assert "11 calls, 27 #37; in trouble, 9 hung up" in result.output
    assert "1 · To hear when the next coach leaves #40;8#41;" in result.output
    assert "0 calls from" in run(file, "--calls", "5m", "--format", "mermaid").output
    assert run(file, "--calls", "2099-01-01T00:00").exit_code == 2


def test_what_is_no_line_gets_a_clear_answer(run: Run, tmp_path: Path) -> None:
    """A folder, nothing, a team, a piece, bytes, a file with mistakes, a place where nothing can be written."""
    piece = ROOT / "tests" / "menu" / "ok_pieces" / "pieces" / "confirm.yaml"
    answers = {
        tmp_path: (2, "this is a folder; name the file of a line"),
        tmp_path / "none.yaml": (2, "there is no such file"),
        ROOT / "menus" / "team.yaml": (2, "this is no line"),
        piece: (2, "this is no line; a piece is drawn in the lines that run it"),
    }
    (tmp_path / "bytes.yaml").write_bytes(bytes(range(256)))
    answers[tmp_path / "bytes.yaml"] = (1, "bytes.yaml has errors, so there is no picture")
    for file, (code, words) in answers.items():
        result = run(file)
        assert (result.exit_code, words in result.output) == (code, True), result.output
    result = run(LINE, "--out", tmp_path / "none" / "x.dot")
    assert (result.exit_code, "No such file or directory" in result.output) == (2, True)


@given(st.integers(0, 400), st.integers(0, 400), st.binary(max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_get_a_picture_or_problems(run: Run, tmp_path: Path, at: int, length: int, put: bytes) -> None:
    """A line with a part cut out and anything in its place."""
    data = flow_calls.FILES[1]["meridian.yaml"]
    (tmp_path / "fuzz.yaml").write_bytes(data[:at] + put + data[at + length :])
    result = run(tmp_path / "fuzz.yaml", "--format", "dot")
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_what_graphviz_refuses_is_said() -> None:
    """In words, without a trace."""
    with pytest.raises(DrawingError, match="Graphviz cannot draw it"):
        render("digraph {", "svg")
