"""Why a line and its queues are open or closed at a moment, and when that changes, in the words of `ivr hours`."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from flask import Blueprint, request

from ivr.menu.steps import Queue
from ivr.switchboard.hours import of_line, of_queue, told
from ivr.web.console.frame import show
from ivr.web.console.standing import known_line
from ivr.web.console.wall_clock import read
from ivr.web.people.office import office

page = Blueprint("hours", __name__, url_prefix="/lines/<line>/hours")


@page.get("")
def index(line: str) -> str:
    """Now, or at the moment that the address asks for by the line's clock."""
    it = known_line(line)
    if it.flow is None:
        return show("console/hours.html", line=line, it=it, told=[], asked="", wrong="", remark="")
    zone, asked, wrong, remark = it.flow.zone, request.args.get("at", "")[:40], "", ""
    moment: datetime = office().clock()
    if asked.strip():
        try:
            moment, remark = read(asked, zone)
        except ValueError as error:
            wrong = str(error)
    queues = dict.fromkeys(step.act.queue for step in it.flow.steps.values() if isinstance(step.act, Queue))
    team = office().staff.now()
    whose = [of_line(it.flow), *(found for name in queues if (found := of_queue(team, name)))]
    board = office().emergencies.board(moment)
    return show(
        "console/hours.html",
        line=line,
        it=it,
        told=[_paragraphs(list(told(one, board, moment))) for one in whose] if not wrong else [],
        asked=asked,
        wrong=wrong,
        remark=remark,
        past=moment < office().clock() and bool(asked),
    )


def _paragraphs(rows: list[str]) -> list[list[str]]:
    """Rows between empty ones belong together."""
    return [[row.strip() for row in found] for filled, found in groupby(rows, key=bool) if filled]
