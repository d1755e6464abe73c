"""The plots of the flow: the picture of paths, and the funnels."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.menu.flow import Flow
from ivr.reports.flow import Paths
from ivr.reports.flow_picture import BACK, SILENCE, TROUBLE, WRONG, Link, Node, Picture
from ivr.reports.flow_words import place_words, way_words
from ivr.reports.funnel import Funnel
from ivr.reports.wording import amount
from ivr.store.rollups.way_through import LEFT, LINE, LOST, OPEN, START
from ivr.web.reports.flow_links import FlowLinks
from ivr.web.reports.flow_tables import Cell
from ivr.web.reports.plots import Plot

ENDS = {
    BACK: "Back to an earlier step",
    SILENCE: "Silence, tries used up",
    WRONG: "Wrong keys, tries used up",
    TROUBLE: "Other trouble",
}

_COLOURS = {
    LOST: ("--bad", "--flow-bad"), SILENCE: ("--warn", "--flow-warn"), WRONG: ("--warn", "--flow-warn"),
    TROUBLE: ("--warn", "--flow-warn"), LEFT: ("--good", "--flow-good"), LINE: ("--good", "--flow-good"),
    BACK: ("--quiet", "--flow-quiet"), OPEN: ("--quiet", "--flow-quiet"),
}  # fmt: skip

_MOST_WAYS = 4
"""Ways that the words of one link name."""


def sankey(of: Picture, paths: Paths, flow: Flow | None, links: FlowLinks) -> Plot:
    """The flow picture. Nodes of steps lead to their calls, and links to the calls that went so."""
    nodes, worst = of.nodes, next((it for it in paths.steps if it.in_trouble), None)
    words = f"Flow picture: {paths.calls:,} calls and the steps they went through; the table below has all of it."
    if worst is not None:
        words += f" Most were lost or in trouble at {worst.name}: {worst.in_trouble:,} calls."
    trace = {
        "type": "sankey",
        "arrangement": "fixed",  # else plotly takes a click for the beginning of a drag
        "valueformat": ",d",
        "textfont": {"size": 11},  # so that a name and its number fit between two nodes
        "node": {
            "label": [_safe(f"{_name(it)} {it.visits:,}") for it in nodes],
            "color": [_node_colour(it) for it in nodes],
            "customdata": [_node_link(it, links) for it in nodes],
            "hovertemplate": "%{label}<extra></extra>",
            "pad": 14,
            "thickness": 14,
            "line": {"width": 0},
        },
        "link": {
            "source": [it.source for it in of.links],
            "target": [it.target for it in of.links],
            "value": [it.visits for it in of.links],
            "label": [_safe(_link_words(it, nodes, flow)) for it in of.links],
            "color": [_COLOURS.get(nodes[it.target].name, ("", "--flow-link"))[1] for it in of.links],
            "customdata": [links.passage(it.ways[0]) if len(it.ways) == 1 else "" for it in of.links],
            "hovertemplate": "%{label}<extra></extra>",
        },
    }
    return Plot("flow", "Where they went", words, [trace], {"margin": {"l": 8, "r": 8, "t": 8, "b": 8}}, "huge")


@dataclass(frozen=True, slots=True)
class FunnelShown:
    """A funnel, drawn, with the rows of its table."""

    goal: str
    plot: Plot
    rows: list[list[Cell]]


def funnel(number: int, of: Funnel, links: FlowLinks) -> FunnelShown:
    """The way to a goal; `number` tells several on a page apart."""
    rows: list[list[Cell]] = []
    names, hrefs = [], []
    for place, stage in enumerate(of.stages):
        name = stage.step or ("Goal reached" if place else "Calls")
        href = links.calls(step=stage.step) if stage.step else links.calls(goal=of.goal if place else None)
        names.append(_safe(name))
        hrefs.append(href)
        number_of_calls: Cell = {"text": f"{stage.calls:,}", "href": href}
        before = amount(stage.of_before.value, "share") if place else None
        rows.append([name, number_of_calls, amount(stage.of_all.value, "share"), before])
    first, last = of.stages[0], of.stages[-1]
    words = f"Funnel to {of.goal}: {last.calls:,} of {first.calls:,} calls, by {len(of.stages) - 2} steps."
    trace = {
        "type": "funnel", "y": names, "x": [it.calls for it in of.stages], "customdata": hrefs,
        "texttemplate": "%{value:,d} · %{percentInitial}", "hoverinfo": "y+x+percent initial+percent previous",
        "marker": {"color": ["--accent"] * len(names)}, "connector": {"fillcolor": "--flow-quiet"},
    }  # fmt: skip
    layout = {"yaxis": {"automargin": True}, "margin": {"l": 8, "r": 8, "t": 4, "b": 4}}
    return FunnelShown(of.goal, Plot(f"funnel-{number}", of.goal, words, [trace], layout, "low"), rows)


def _node_colour(it: Node) -> str:
    return _COLOURS[it.name][0] if it.name in _COLOURS else "--quiet" if len(it.steps) > 1 else "--accent"


def _name(it: Node) -> str:
    return ENDS.get(it.name) or place_words(it.name)


def _node_link(it: Node, links: FlowLinks) -> str:
    if it.name == START:
        return links.calls()
    return links.calls(step=it.steps[0]) if len(it.steps) == 1 else ""


def _link_words(it: Link, nodes: tuple[Node, ...], flow: Flow | None) -> str:
    """From main to stop: pressed 1, “To hear …”: 1,204."""
    several = len(nodes[it.source].steps) > 1
    ways = []
    for way in it.ways[:_MOST_WAYS]:
        words = way_words(way.way, way.source, flow)
        times = f" ({way.times:,})" if len(it.ways) > 1 else ""
        ways.append(f"{way.source}: {words}{times}" if several else f"{words}{times}")
    more = len(it.ways) - len(ways)
    if more > 0:
        ways.append(f"and {more} more")
    return "\n".join((f"{_name(nodes[it.source])} → {_name(nodes[it.target])}: {it.visits:,}", *ways))


def _safe(text: str) -> str:
    """To plotly `<` begins a tag, as values in words of a menu file do."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
