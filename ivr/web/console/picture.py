"""The picture of a line: its menu drawn, each step with its words, audio and figures, and who is where now."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app, render_template
from markupsafe import Markup
from redis import RedisError

from ivr.menu.pieces import FOLDER as PIECES
from ivr.switchboard.pictures import DrawingError
from ivr.switchboard.whereabouts import Callers, LiveCalls
from ivr.web.console.frame import show
from ivr.web.console.picture_drawn import drawn, shown
from ivr.web.console.picture_look import SPANS, TITLES, Look, flows_of, read_look
from ivr.web.console.picture_step import panel
from ivr.web.console.standing import known_line
from ivr.web.people.desk_polled import polled
from ivr.web.people.office import office

page = Blueprint("picture", __name__, url_prefix="/lines/<line>/picture")

TRAFFIC = {"": "without", "7d": "7 days", "28d": "28 days"}


@page.get("")
def index(line: str) -> str:
    """The page: the picture, the step that is open, and the callers."""
    it = known_line(line)
    look = read_look(it)
    if look is None:
        return show("console/picture.html", line=line, it=it, look=None, there=flows_of(it), titles=TITLES)
    drawing, trouble = _drawing(look)
    return show(
        "console/picture.html",
        line=line,
        it=it,
        look=look,
        trouble=trouble,
        drawing=drawing,
        steps=[node for node in shown(look).nodes if node.step in look.flow.steps],
        pieces=list(_pieces(look)),
        spans={calls: TRAFFIC[calls] for calls in SPANS},
        titles=TITLES,
        callers=_callers(line),
        spent=_spent,
        panel=panel(look),
    )


@page.get("/step")
def step(line: str) -> str:
    """What is told of a step, alone: the page's script puts it beside the picture."""
    look = read_look(known_line(line))
    if look is None or look.step is None:
        abort(404)
    return render_template("console/picture_step.html", line=line, look=look, panel=panel(look))


@page.get("/live")
def live(line: str) -> Response:
    """Where the callers of the line are. No number is in it, and nothing that anybody entered."""
    found = live_calls().of(line)
    calls = [
        {"sid": it.sid, "caller": it.caller, "step": it.step, "since": it.since, "version": it.version}
        for it in found.here
    ]
    return polled({"calls": calls, "more": found.more})


def live_calls() -> LiveCalls:
    """The live calls as this application knows them."""
    made = current_app.extensions.get("ivr_live_calls")
    if made is None:
        made = current_app.extensions.setdefault("ivr_live_calls", LiveCalls(office().calls))
    assert isinstance(made, LiveCalls)  # noqa: S101 - nobody else puts anything there
    return made


def _drawing(look: Look) -> tuple[Markup | None, str]:
    """The picture, or why there is none."""
    try:
        return drawn(look), ""
    except DrawingError as error:
        return None, f"There is no picture of it: {error}."


def _callers(line: str) -> Callers | None:
    """Who is on the line; None where Redis is away."""
    try:
        return live_calls().of(line)
    except RedisError:
        return None


def _spent(since: float) -> str:
    """How long ago a moment is: 0:07, 12:30."""
    minutes, seconds = divmod(max(0, int(office().clock().timestamp() - since)), 60)
    return f"{minutes}:{seconds:02}"


def _pieces(look: Look) -> Iterator[tuple[str, str, bool, str]]:
    """The pieces that can be opened or closed: running step, what it runs, whether it is open, where that changes."""
    order = {name: number for number, name in enumerate(look.flow.steps)}
    for name, use in sorted(look.flow.uses.items(), key=lambda it: order[it[0]]):
        if not any(name.startswith(f"{outer}.") for outer in look.closed):
            yield name, use.title or f"{PIECES}/{use.piece}.yaml", name not in look.closed, look.toggled(name).href()
