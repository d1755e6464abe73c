"""The picture of a line: each step once, each way out of the file on it, and text that Graphviz and Mermaid can read.

`drawings/` has what is drawn of the line of ok_pieces/, word for word. After a change: `IVR_REGENERATE=1 python -m
pytest tests/menu/test_menu_drawing.py`, and look at what changed: `ivr draw tests/menu/ok_pieces/line.yaml`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pygraphviz
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snippets import flow_of
from test_menu_graph import bare, files

from ivr.menu import Flow, load
from ivr.menu.drawing import END, JUMPS, Box, Kind, Node, Picture, Way, picture
from ivr.menu.drawing_dot import dot, node_ids
from ivr.menu.drawing_figures import Figures, StepFigures, level
from ivr.menu.drawing_mermaid import mermaid
from ivr.menu.drawing_words import short
from ivr.menu.graph import exits
from ivr.menu.load import _with_service

HERE = Path(__file__).parent
REGENERATE = bool(os.environ.get("IVR_REGENERATE"))


def pieces_line() -> Flow:
    """The line of ok_pieces/, which runs a piece twice that runs another one."""
    folder = HERE / "ok_pieces"
    pieces = {path.name: path.read_bytes() for path in (folder / "pieces").glob("*.yaml")}
    return load({"line.yaml": (folder / "line.yaml").read_bytes()}, pieces=pieces).flows["line"]


FIGURES = Figures(
    "1,000 calls",
    1000,
    {"who": StepFigures(1000, 1000, 30, 12), "who.number": StepFigures(1200, 990, 400, 1)},
    {("who.number", "go"): 900, ("who.number", "give_up"): 90, ("find", "found"): 333},
    {"9": 17},
    {"find": 2, "who.number": 1},
)

DRAWN = {
    "open.dot": lambda: dot(picture(pieces_line())),
    "open.mmd": lambda: mermaid(picture(pieces_line())),
    "closed.dot": lambda: dot(picture(pieces_line(), None), FIGURES, {"who": "/who?a=1&b=2"}),
    "closed.mmd": lambda: mermaid(picture(pieces_line(), None), FIGURES),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_line_is_drawn_exactly_so(name: str) -> None:
    """The whole text of a picture, open and closed, with figures and without."""
    golden, found = HERE / "drawings" / name, DRAWN[name]()
    if REGENERATE:
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


@given(files())
@settings(max_examples=30, deadline=None)
def test_every_step_is_there_once_with_all_its_ways(text: str) -> None:
    """Whatever leads where: each step is one node, each way out one way of it, and each leads to what is there."""
    flow = _with_service(bare(text))
    found = picture(flow)
    names = [node.step for node in found.nodes]
    assert len(set(names)) == len(names)
    own = {name for name in flow.steps if not name.startswith("service.")}
    assert own <= set(names) <= {*flow.steps, END}
    for node in found.nodes:
        if node.step in flow.steps:
            assert [way.exits for way in node.ways] == [((node.step, it.key),) for it in exits(flow.steps[node.step])]
        assert all(way.to in names or (way.jump and way.to in JUMPS) for way in node.ways)


@given(files())
@settings(max_examples=30, deadline=None)
def test_lines_are_a_tree_and_little_more(text: str) -> None:
    """From the start one comes along lines to every node that callers can come to by the file's ways; no line goes back
    to a node that lies before it."""
    flow = _with_service(bare(text))
    found = picture(flow)
    place = {node.step: number for number, node in enumerate(found.nodes)}
    lines = [(node.step, way.to) for node in found.nodes for way in node.ways if not way.jump and way.to in place]
    assert all(place[source] < place[to] for source, to in lines)
    first = {}
    for source, to in lines:
        first.setdefault(to, source)
    ways = {node.step: [way.to for way in node.ways] for node in found.nodes}
    todo, reached = [flow.start], {flow.start}
    while todo:
        new = [to for to in ways.get(todo.pop(), ()) if to in place and to not in reached]
        reached |= set(new)
        todo += new
    assert reached - {flow.start} <= set(first)


ODD = st.lists(
    st.sampled_from(
        [*"\"'\\<>&#;|[](){}%`-=.:/~ \n\t\0\x1b\u202e\u2028é漢😀", "end", "--> ", "%%", "#quot;", "<b>", "1. "]
    ),
    max_size=20,
).map("".join)
"""What people may write, and what could mean something to Graphviz or Mermaid."""


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """A picture of three nodes in a box, with any words at all."""
    steps = ["a", "who.b", END]
    nodes = []
    for step in steps[:2]:
        jumps = (
            Way(draw(st.sampled_from(["", "1", "star"])), draw(ODD), to, ((step, to),), jump=True)
            for to in (*steps, "back")
        )
        ways = (*jumps, Way("", draw(ODD), END, ((step, "go"),), faint=draw(st.booleans())))
        kind = draw(st.sampled_from(get_args(Kind)[:-1]))
        within = "a" if step == "who.b" else None
        nodes.append(Node(step, draw(ODD), kind, draw(ODD), draw(ODD), ways, within, draw(st.none() | ODD)))
    nodes.append(Node(END, "end", "end", "the call ends", ""))
    return Picture("line", draw(ODD), "en-US", tuple(nodes), (Box("a", draw(ODD)),), (("9", draw(ODD)),))


@given(pictures(), st.none() | st.just(FIGURES))
@settings(max_examples=30, deadline=None)
def test_any_words_make_dot_that_graphviz_reads(drawn: Picture, figures: Figures | None) -> None:
    """Graphviz' own parser finds the nodes and lines of the picture; each label is XML, as they have to be."""
    text = dot(drawn, figures)
    graph = pygraphviz.AGraph(string=text)
    assert set(graph.nodes()) == set(node_ids(drawn).values())
    assert len(graph.edges()) == sum(not way.jump for node in drawn.nodes for way in node.ways)
    for label in re.findall("label=<(.*)>(?:];|; labelloc)", text):
        ElementTree.fromstring(label)


_TEXT = r'"(?:[^"\\<>&`%{}\[\]()|;#\x00-\x1f]|#\d+;|</?b>|<br/>)*"'
_NODE = rf"n\d+(?:\[{_TEXT}\]|\[\[{_TEXT}\]\]|\({_TEXT}\)|\(\({_TEXT}\)\)|\(\[{_TEXT}\]\)|\{{\{{{_TEXT}\}}\}}):::\w+"
_LINE = re.compile(
    rf"flowchart LR|\s*end|\s+{_NODE}|\s+subgraph b\d+\[{_TEXT}\]"
    rf"|\s+n\d+ (?:-->|-\.->)(?:\|{_TEXT}\|)? (?:n\d+|j\d+\(\[{_TEXT}\]\):::jump)"
    rf"|\s+linkStyle \d+ stroke-width:\d+\.\dpx|\s+legend\[{_TEXT}\]:::legend"
    r"|\s+classDef \w+ fill:#\w{6},stroke:#\w{6},color:#\w{6}"
)
"""A line of the Mermaid that we write: the part of its grammar that we use; in quotes nothing that it could read."""


@given(pictures(), st.none() | st.just(FIGURES))
@settings(max_examples=30, deadline=None)
def test_any_words_make_mermaid_of_the_grammar(drawn: Picture, figures: Figures | None) -> None:
    """Each line is one of those that Mermaid knows; what people wrote is in quotes, as codes."""
    lines = mermaid(drawn, figures).removesuffix("\n").split("\n")
    assert [line for line in lines if not _LINE.fullmatch(line)] == []
    assert sum("->" in line for line in lines) == sum(len(node.ways) for node in drawn.nodes)


def test_pieces_open_and_close() -> None:
    """Open, a piece is a box around its steps; closed, one node whose ways are its outcomes, by their names."""
    flow = pieces_line()
    opened, closed, half = picture(flow), picture(flow, None), picture(flow, {"who.sure"})
    assert [box.step for box in opened.boxes] == ["who", "again", "who.sure", "again.sure"]
    assert [box.within for box in opened.boxes] == [None, None, "who", "again"]
    assert {node.within for node in opened.nodes if node.step.startswith("who.sure.")} == {"who.sure"}
    assert closed.boxes == ()
    who = closed.node("who")
    assert who is not None
    assert [(way.words, way.to) for way in who.ways] == [("unknown", "people"), ("known", "find")]
    again = closed.node("again")
    assert again is not None
    assert [(way.words, way.to, way.jump) for way in again.ways] == [("unknown", "people", True), ("known", END, True)]
    assert ("who.choice", "menu.1") in who.ways[1].exits
    assert closed.node("who.number") is None
    sure = half.node("who.sure")
    assert sure is not None
    ways = {way.words: way.to for way in sure.ways}
    assert ways == {"said_nothing": "people", "yes_it_is": "who.try", "no_it_is_not": "who.number"}


def test_figures_of_a_closed_piece_are_those_of_its_steps() -> None:
    """Who came, what troubled them at any of its steps, and how many left by each outcome."""
    who = picture(pieces_line(), None).node("who")
    assert who is not None
    assert FIGURES.of_node(who) == StepFigures(1000, 1000, 430, 13)
    assert [FIGURES.of_way(way) for way in who.ways] == [90, 0]
    assert FIGURES.at(who) == 1


def test_trouble_has_four_levels() -> None:
    """From 5, 15 and 30 per cent of the calls; of a handful of calls nothing is said by colour."""
    assert [level(StepFigures(100, 100, trouble, 0)) for trouble in (0, 4, 5, 14, 15, 29, 30, 100)] == [
        0,
        0,
        1,
        1,
        2,
        2,
        3,
        3,
    ]
    assert level(StepFigures(19, 19, 19, 0)) == 0
    assert level(None) == 0


def test_words_are_those_of_the_file_and_short() -> None:
    """Options without the key, which the service says itself; a line of ninety characters at most."""
    flow = flow_of("steps:\n  main:\n    menu:\n      star -> main: To hear it all, all of it.\n    give_up: hangup\n")
    main = picture(flow).nodes[0]
    assert [(way.key, way.words, way.to, way.jump) for way in main.ways] == [
        ("star", "To hear it all, all of it", "main", True), ("", "gives up", END, False)
    ]  # fmt: skip
    assert short("a\x00b\u2028 c") == "a b c"
    assert short("word " * 40) == "word " * 18 + "…"
