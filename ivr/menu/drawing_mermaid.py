"""A picture as Mermaid, which GitHub, GitLab and many wikis draw (https://mermaid.js.org/syntax/flowchart.html).

Mermaid has no rows in its boxes: each way is a line with its key and words on it, and a jump leads to a small box that
names the step. Whatever could mean something to Mermaid is written as a code of its own (`#34;` for a quote), so any
words may stand in a menu file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.menu.drawing import Box, Node, Picture, Way
from ivr.menu.drawing_dot import COLOURS, TROUBLE, box_ids, named, node_ids
from ivr.menu.drawing_figures import Figures, level, words
from ivr.menu.drawing_words import Kind

_BRACKETS: dict[str, tuple[str, str]] = {
    "menu": ("[", "]"), "queue": ("([", "])"), "dial": ("([", "])"), "voicemail": ("([", "])"), "end": ("((", "))"),
    "hours": ("{{", "}}"), "if": ("{{", "}}"), "switch": ("{{", "}}"), "lookup": ("{{", "}}"), "piece": ("[[", "]]"),
}  # fmt: skip


def mermaid(picture: Picture, figures: Figures | None = None) -> str:
    """The picture as a Mermaid flowchart."""
    ids, boxes = node_ids(picture), box_ids(picture)
    lines = ["flowchart LR", *_within(picture, None, ids, boxes, figures, "  ")]
    jumps = widths = 0
    for node in picture.nodes:
        for way in node.ways:
            said = _said(way, figures)
            arrow = "-.->" if way.faint else "-->"
            to = ids.get(way.to, "")
            if way.jump:
                to = f'j{jumps}(["{_safe(f"→ {named(way.to)}")}"]):::jump'
                jumps += 1
            lines.append(f"  {ids[node.step]} {arrow}{said} {to}")
            if figures is not None and figures.calls:
                lines.append(f"  linkStyle {widths} stroke-width:{figures.width(way):.1f}px")
            widths += 1
    lines += _legend(picture, figures)
    for kind, colour in COLOURS.items():
        text = "#ffffff" if kind == "end" else "#000000"
        lines.append(f"  classDef {_class(kind)} fill:{colour},stroke:#888888,color:{text}")
    lines += [f"  classDef trouble{n} fill:{colour},stroke:#888888,color:#000000" for n, colour in enumerate(TROUBLE)]
    lines += ["  classDef jump fill:#ffffff,stroke:#bbbbbb,color:#1f4e96"]
    lines += ["  classDef legend fill:#ffffff,stroke:#bbbbbb,color:#444444"]
    return "\n".join(lines) + "\n"


def _within(
    picture: Picture,
    box: Box | None,
    ids: Mapping[str, str],
    boxes: Mapping[str, str],
    figures: Figures | None,
    indent: str,
) -> Iterator[str]:
    inside = box.step if box else None
    for node in picture.nodes:
        if node.within == inside:
            yield f"{indent}{ids[node.step]}{_shape(node, figures)}"
    for inner in picture.boxes:
        if inner.within == inside:
            yield f'{indent}subgraph {boxes[inner.step]}["{_safe(inner.title)}"]'
            yield from _within(picture, inner, ids, boxes, figures, indent + "  ")
            yield f"{indent}end"


def _shape(node: Node, figures: Figures | None) -> str:
    begins, ends = _BRACKETS.get(node.kind, ("(", ")"))
    if node.kind == "end":
        return f'{begins}"the call ends"{ends}:::{_class(node.kind)}'
    lines = [f"<b>{_safe(node.name)}</b>"]
    lines += [_safe(node.meaning)] if node.meaning else []
    lines += [_safe(f"“{node.says}”")] if node.says else []
    lines += [_safe(f"★ {node.goal}")] if node.goal else []
    kind = _class(node.kind)
    if figures is not None and figures.calls:
        of = figures.of_node(node)
        lines.append(_safe(words(of)))
        kind = f"trouble{level(of)}" if level(of) else kind
    if figures is not None and (here := figures.at(node)):
        lines.append(_safe(f"● {here:,} here now"))
    return f'{begins}"{"<br/>".join(lines)}"{ends}:::{kind}'


def _said(way: Way, figures: Figures | None) -> str:
    """The label of a line: its key, its words, and how many took it."""
    told = " · ".join(it for it in (way.key, way.words) if it)
    if figures is not None and (count := figures.of_way(way)):
        told = f"{told} ({count:,})".strip()
    return f'|"{_safe(told)}"|' if told else ""


def _legend(picture: Picture, figures: Figures | None) -> Iterator[str]:
    told = [f"<b>{_safe(picture.title or picture.line)}</b>"]
    if picture.anywhere:
        keys = " · ".join(f"{key}: {does}" for key, does in picture.anywhere)
        told.append(_safe(f"Wherever keys are awaited: {keys}"))
    if figures is not None and figures.said:
        told.append(_safe(figures.said))
    yield f'  legend["{"<br/>".join(told)}"]:::legend'


def _class(kind: Kind) -> str:
    """The name of a kind's style: some kinds are words of Mermaid's own."""
    return f"is_{kind}"


def _safe(text: str) -> str:
    """The text with all but letters, digits, blanks and what means nothing to Mermaid as `#CODE;`.

    "1. x" and "- x" at a beginning would be a list, in Markdown, so dots and hyphens go as codes, too.
    """
    return "".join(it if it.isalnum() or it in _PLAIN else f"#{ord(it)};" for it in text if it.isprintable())


_PLAIN = " ,:!?'…“”·→★●_+"
