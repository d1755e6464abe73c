"""The drawn menus of a process: laid out once, kept while they are looked at, and made ready for a page."""

from __future__ import annotations

import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

from flask import current_app
from markupsafe import Markup

from ivr.menu.drawing import END, Picture, picture
from ivr.reports.drawn import figures
from ivr.switchboard.pictures import DrawingError, svg
from ivr.web.console.picture_look import Look
from ivr.web.people.office import office

KEPT = 40
"""Pictures that are kept: one of forty steps is 150 kB."""

AT_ONCE = 1
"""Pictures that are laid out at the same time: each has a core of its own for half a second, which callers need"""


PATIENCE = 15.0
"""Seconds that somebody waits for another's drawing: the desk is served by the same threads."""

TROUBLE_KEPT = 60.0
"""Seconds for which a picture that cannot be made is not tried again: to find that out may take as long."""


class Drawings:
    """What was drawn, the latest. Safe between threads: who asks for what somebody else is drawing waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Semaphore(AT_ONCE)
        self._kept: OrderedDict[Hashable, Future[str]] = OrderedDict()
        self._failed: dict[Hashable, float] = {}

    def of(self, key: Hashable, draw: Callable[[], str]) -> str:
        """What `draw` gives for the key, drawn once. Raises DrawingError, also where others take too long, and what
        `draw` raises.
        """
        with self._lock:
            if time.monotonic() > self._failed.get(key, math.inf) + TROUBLE_KEPT:
                self._forget(key)
            there = self._kept.get(key)
            if there is None:
                mine = self._kept[key] = Future[str]()
                while len(self._kept) > KEPT:
                    self._forget(next(iter(self._kept)))
            else:
                self._kept.move_to_end(key)
        if there is None:
            self._draw(key, mine, draw)
            return mine.result()
        try:
            return there.result(PATIENCE)
        except TimeoutError:
            raise DrawingError("it is still being drawn; reload the page in a moment") from None

    def _draw(self, key: Hashable, mine: Future[str], draw: Callable[[], str]) -> None:
        waited = self._turn.acquire(timeout=PATIENCE)
        try:
            if not waited:
                raise DrawingError("others are being drawn just now; reload the page in a moment")
            mine.set_result(draw())
        except BaseException as error:
            with self._lock:
                if isinstance(error, DrawingError) and waited:
                    self._failed[key] = time.monotonic()
                else:
                    self._forget(key)
            mine.set_exception(error)
        finally:
            if waited:
                self._turn.release()

    def _forget(self, key: Hashable) -> None:
        self._kept.pop(key, None)
        self._failed.pop(key, None)


def drawn(look: Look) -> Markup:
    """The `<svg>` of a look, each step a link. Raises DrawingError and SQLAlchemyError."""
    drawings = current_app.extensions.setdefault("ivr_drawings", Drawings())
    since, until = look.span
    plain = look.at(None)
    key = (look.line, look.of, look.version, look.calls, look.closed, *([until] if look.days else []))

    def draw() -> str:
        of = shown(look)
        told = figures(office().engine, look.flow, since, until) if look.days else None
        links = {node.step: plain.at(node.step).href() for node in of.nodes if node.step != END}
        return _for_page(svg(of, told, links))

    return Markup(drawings.of(key, draw))  # noqa: S704 - Graphviz escapes what is in it, and a test looks


def shown(look: Look) -> Picture:
    """The picture of a look, as data."""
    return picture(look.flow, look.closed)


def _for_page(drawing: str) -> str:
    """The SVG for people who do not see it, too: no names of our own in it, links that say where they lead.

    Of the many links of a step by which other steps are named, none is a stop of the Tab key: the panel of the
    step has them.
    """
    drawing = re.sub(r"<!--.*?-->\n?|<title>[^<]*</title>\n?", "", drawing, flags=re.S)
    return re.sub(r'<g id="a_(\w+)">(\s*)<a xlink:href="([^"]*)"( xlink:title="([^"]*)")?', _link, drawing)


def _link(match: re.Match[str]) -> str:
    id_, space, href, _, title = match.groups()
    of_step = re.fullmatch(r"n\d+", id_)
    return f'<g id="a_{id_}">{space}<a href="{href}"' + (f' aria-label="{title}"' if of_step else ' tabindex="-1"')
