"""A picture as DOT, the language of Graphviz (https://graphviz.org/doc/info/lang.html).

Each node is a table: its name, what it does, the words, and a row for each way out with a port from which the line
leaves. So no line has a label, and nothing hides which line belongs to which key. A jump is a row that names where it
leads. Nodes have the ids `n0`, `n1`, … in the picture's order, and boxes `b0`, `b1`, …: in an SVG they find the step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from textwrap import wrap

from ivr.menu.drawing import END, JUMPS, Box, Node, Picture, Way
from ivr.menu.drawing_figures import Figures, level, words
from ivr.menu.drawing_words import Kind

COLOURS: dict[Kind, str] = {
    "menu": "#cfe0f7", "ask": "#cdebe6", "language": "#cdebe6", "survey": "#cdebe6", "say": "#ededed", "set": "#ededed",
    "hours": "#f8e7b4", "if": "#f8e7b4", "switch": "#f8e7b4", "lookup": "#f8e7b4", "queue": "#cdeac0",
    "dial": "#cdeac0", "voicemail": "#cdeac0", "run": "#e3d7f5", "piece": "#e3d7f5", "end": "#444444",
}  # fmt: skip
"""Of each kind: what awaits keys is blue, what decides yellow, what hands callers over green, pieces are violet."""

TROUBLE = ("#ffffff", "#fde3c8", "#fbb77f", "#f2765c")
"""By `level`: how much trouble callers had there."""

_NAMES: dict[Kind, str] = {
    "ask": "question", "language": "language", "hours": "open?", "if": "if", "lookup": "look-up", "run": "piece",
}  # fmt: skip

_WIDE = 34
"""Characters of a line of text in a node; of a way out, six fewer."""

_GREY, _FAINT, _LINK = "#666666", "#999999", "#1f4e96"


def dot(picture: Picture, figures: Figures | None = None, links: Mapping[str, str] | None = None) -> str:
    """The picture as DOT.

    With `figures` each node and way tells its own, lines are as wide as callers are many. `links` are addresses by
    step: where an SVG leads who opens that step.
    """
    writer = _Writer(picture, figures, links or {})
    return "\n".join(writer.lines()) + "\n"


def node_ids(picture: Picture) -> dict[str, str]:
    """The id of each node by its step."""
    return {node.step: f"n{number}" for number, node in enumerate(picture.nodes)}


def box_ids(picture: Picture) -> dict[str, str]:
    """The id of each box by the step that runs the piece."""
    return {box.step: f"b{number}" for number, box in enumerate(picture.boxes)}


def named(to: str) -> str:
    """What a jump says of where it leads."""
    return "the call ends" if to == END else JUMPS.get(to, to)


class _Writer:
    """What all lines of one picture need."""

    def __init__(self, picture: Picture, figures: Figures | None, links: Mapping[str, str]) -> None:
        self._picture = picture
        self._figures = figures
        self._links = links
        self._ids = node_ids(picture)
        self._boxes = box_ids(picture)

    def lines(self) -> Iterator[str]:
        yield f"digraph {_quoted(self._picture.line)} {{"
        yield '  graph [rankdir=LR, nodesep=0.25, ranksep=0.7, pad=0.3, fontname="sans-serif", fontsize=11];'
        yield '  node [shape=plain, fontname="sans-serif", fontsize=10];'
        yield '  edge [color="#555555", arrowsize=0.7, fontname="sans-serif"];'
        yield f"  label={self._legend()}; labelloc=t; labeljust=l;"
        yield from self._within(None, "  ")
        for node in self._picture.nodes:
            for number, way in enumerate(node.ways):
                if not way.jump:
                    yield self._edge(node, number, way)
        yield "}"

    def _within(self, box: Box | None, indent: str) -> Iterator[str]:
        inside = box.step if box else None
        for node in self._picture.nodes:
            if node.within == inside:
                yield f"{indent}{self._node(node)}"
        for inner in self._picture.boxes:
            if inner.within == inside:
                yield f"{indent}subgraph cluster_{self._boxes[inner.step]} {{"
                yield f"{indent}  id={self._boxes[inner.step]}; label={_quoted(inner.title)}; labeljust=l;"
                yield f'{indent}  style="rounded,filled"; color="#9b83c9"; fillcolor="#f8f5fd";'
                yield from self._within(inner, indent + "  ")
                yield f"{indent}}}"

    def _node(self, node: Node) -> str:
        id_ = self._ids[node.step]
        told = {"id": id_, "tooltip": node.step, "class": f"step {node.kind}"}
        if node.step in self._links:
            told["URL"] = self._links[node.step]
        given = ", ".join(f"{name}={_quoted(value)}" for name, value in told.items())
        return f"{id_} [{given}, label=<{self._table(node)}>];"

    def _table(self, node: Node) -> str:
        if node.kind == "end":
            cell = _font("the call ends", "white", bold=True)
            return _tabled([f'<TR><TD PORT="in" CELLPADDING="6">{cell}</TD></TR>'], COLOURS["end"], COLOURS["end"])
        kind = _font(_NAMES.get(node.kind, node.kind), _GREY)
        head = f'<TD PORT="in" ALIGN="LEFT" COLSPAN="2">{_font(node.name, bold=True)}</TD>'
        rows = [f'<TR>{head}<TD ALIGN="RIGHT" COLSPAN="2">{kind}</TD></TR>']
        if node.meaning and node.kind != "say":
            rows.append(_wide(node.meaning))
        if node.says:
            rows.append(_wide(f"“{node.says}”", _GREY))
        if node.goal:
            rows.append(_wide(f"★ {node.goal}", "#2e7d32"))
        if self._figures is not None:
            of = self._figures.of_node(node)
            if self._figures.calls:
                rows.append(_wide(words(of), "black", TROUBLE[level(of)]))
            if here := self._figures.at(node):
                rows.append(_wide(f"● {here:,} here now", "white", "#1565c0"))
        rows += [self._row(number, way) for number, way in enumerate(node.ways) if self._has_row(node, way)]
        return _tabled(rows, COLOURS[node.kind], "#888888")

    def _row(self, number: int, way: Way) -> str:
        colour = _FAINT if way.faint else "black"
        key = _font(way.key, "black", bold=True) if way.key else ""
        text = _lines(way.words or "then", _WIDE - 6, colour)
        count = self._figures.of_way(way) if self._figures and self._figures.calls else 0
        cells = f'<TD ALIGN="RIGHT">{key}</TD><TD ALIGN="LEFT" BALIGN="LEFT">{text}</TD>'
        if not key:
            cells = f'<TD ALIGN="LEFT" BALIGN="LEFT" COLSPAN="2">{text}</TD>'
        cells += f'<TD ALIGN="RIGHT">{_font(f"{count:,}", "black") if count else ""}</TD>'
        to = _font(f"→ {named(way.to)}", _LINK) if way.jump else ""
        link = ""
        if way.jump and way.to in self._links:
            # With its own title, as it gets the one of the step around it else.
            link = f' HREF="{escape(self._links[way.to])}" TITLE="{escape(way.to)}"'
        cells += f'<TD ALIGN="LEFT" PORT="w{number}"{link}>{to}</TD>'
        return f"<TR>{cells.replace('<TD ', '<TD BGCOLOR=' + chr(34) + 'white' + chr(34) + ' ')}</TR>"

    def _has_row(self, node: Node, way: Way) -> bool:
        """Not where it is the only way out, and there is nothing to tell of it but its line."""
        counted = self._figures is not None and self._figures.of_way(way) > 0
        return counted or way.jump or len(node.ways) > 1 or bool(way.key or way.words)

    def _edge(self, node: Node, number: int, way: Way) -> str:
        port = f":w{number}:e" if self._has_row(node, way) else ""
        told = [f'id="{self._ids[node.step]}_{self._ids[way.to]}_{number}"']
        told += ['color="#bbbbbb"', "style=dashed"] if way.faint else []
        if self._figures is not None and self._figures.calls:
            told.append(f"penwidth={self._figures.width(way):.1f}")
            told.append(f'tooltip="{self._figures.of_way(way):,}"')
        given = f" [{', '.join(told)}]" if told else ""
        return f"  {self._ids[node.step]}{port} -> {self._ids[way.to]}:in:w{given};"

    def _legend(self) -> str:
        rows = [_font(self._picture.title or self._picture.line, bold=True, size=16)]
        if self._picture.anywhere:
            rows.append(_font(f"Wherever keys are awaited: {' · '.join(self._anywhere())}", _GREY))
        if self._figures is not None and self._figures.said:
            rows.append(_font(self._figures.said, _GREY))
        cells = "".join(f'<TR><TD ALIGN="LEFT">{row}</TD></TR>' for row in rows)
        return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{cells}</TABLE>>'

    def _anywhere(self) -> Iterator[str]:
        for key, does in self._picture.anywhere:
            count = self._figures.anywhere.get(key, 0) if self._figures else 0
            yield f"{key}: {does}" + (f" ({count:,})" if count else "")


def _tabled(rows: list[str], background: str, border: str) -> str:
    """The HTML-like table of a node: https://graphviz.org/doc/info/shapes.html#html."""
    style = f'BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="ROUNDED" COLOR="{border}"'
    return f'<TABLE {style} BGCOLOR="{background}">{"".join(rows)}</TABLE>'


def _wide(text: str, colour: str = "black", background: str = "") -> str:
    given = f' BGCOLOR="{background}"' if background else ""
    return f'<TR><TD COLSPAN="4" ALIGN="LEFT" BALIGN="LEFT"{given}>{_lines(text, _WIDE, colour)}</TD></TR>'


def _lines(text: str, width: int, colour: str) -> str:
    """Text broken into lines; words that are longer than a line are broken, too."""
    return "<BR/>".join(_font(it, colour) for it in wrap(text, width)) or " "


def _font(text: str, colour: str = "black", *, bold: bool = False, size: int = 0) -> str:
    given = f' COLOR="{colour}"' + (f' POINT-SIZE="{size}"' if size else "")
    safe = escape(_printable(text))
    return f"<FONT{given}>{f'<B>{safe}</B>' if bold else safe}</FONT>" if safe else " "


def _quoted(text: str) -> str:
    """A quoted string of DOT: only quotes and backslashes mean anything in it."""
    safe = _printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'


def _printable(text: str) -> str:
    return "".join(it if it.isprintable() else " " for it in text)
