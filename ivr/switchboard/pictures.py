"""Pictures of lines, ready to be shown: as SVG for pages, as PNG for documents, as text for wikis and git."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Literal, get_args

from ivr.menu.drawing import Picture
from ivr.menu.drawing_dot import box_ids, dot, node_ids
from ivr.menu.drawing_figures import Figures
from ivr.menu.drawing_mermaid import mermaid
from ivr.switchboard.graphviz import DrawingError, render

__all__ = ["FORMATS", "DrawingError", "Format", "drawn", "svg"]

Format = Literal["svg", "png", "mermaid", "dot"]
FORMATS: tuple[Format, ...] = get_args(Format)


def drawn(picture: Picture, format_: Format, figures: Figures | None = None) -> bytes:
    """A picture in a format. Raises DrawingError where Graphviz does not make one."""
    match format_:
        case "svg":
            return ('<?xml version="1.0" encoding="UTF-8"?>\n' + svg(picture, figures)).encode()
        case "png":
            return render(dot(picture, figures), "png")
        case "mermaid":
            return mermaid(picture, figures).encode()
        case "dot":
            return dot(picture, figures).encode()


def svg(picture: Picture, figures: Figures | None = None, links: Mapping[str, str] | None = None) -> str:
    """The `<svg>` element alone, for a page: no script in it and no style that a strict policy forbids.

    Each step is `<g id="nN" class="node step KIND" data-step="NAME">`, each box `<g … data-box="STEP">`, each line
    `<g class="edge" data-from="STEP" data-to="STEP">`. Raises DrawingError.
    """
    text = render(dot(picture, figures, links), "svg").decode()
    text = re.sub(r'font-size="([\d.]+)"', _smaller, text[text.index("<svg") :])
    steps = {id_: step for step, id_ in node_ids(picture).items()}
    boxes = {id_: step for step, id_ in box_ids(picture).items()}

    def named(match: re.Match[str]) -> str:
        id_, more = match[1], match[2]
        if id_ in steps:
            return f'<g id="{id_}" data-step="{escape(steps[id_])}"{more}>'
        if id_ in boxes:
            return f'<g id="{id_}" data-box="{escape(boxes[id_])}"{more}>'
        source, target = (escape(steps[it]) for it in id_.split("_")[:2])
        return f'<g id="{id_}" data-from="{source}" data-to="{target}"{more}>'

    return re.sub(r'<g id="([nb]\d+(?:_n\d+_\d+)?)"([^>]*)>', named, text)


def _smaller(match: re.Match[str]) -> str:
    """Browsers set letters up to 4 % wider than Graphviz reckons, and other fonts than its own differ as well."""
    return f'font-size="{0.95 * float(match[1]):.2f}"'
