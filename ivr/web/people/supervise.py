"""The supervisors' page: queues, callers and agents as they are now; callers are moved, agents set."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from ivr.web.people.desk import LONGEST_REASON
from ivr.web.people.desk_polled import done, polled, refused
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office
from ivr.web.people.supervise_state import Today, live_state

supervise = Blueprint("supervise", __name__)


@supervise.record_once
def _keep(state: object) -> None:
    state.app.extensions["ivr_today"] = Today()  # type: ignore[attr-defined]


@supervise.get("/desk/live")
@needs("supervise")
def page() -> str:
    """The page, which then asks for the state every second."""
    return render_template("desk/live.html", team=office().staff.now())


@supervise.get("/desk/live/state")
@needs("supervise")
def state() -> Response:
    """Queues, callers and agents."""
    return polled(live_state())


@supervise.post("/desk/live/move")
@needs("supervise")
def move() -> Response:
    """A caller waits in another queue from now on, by the order in which they came."""
    sid, queue = request.form.get("sid", ""), request.form.get("queue", "")
    team = office().staff.now()
    caller = office().queues.caller(sid)
    if queue not in team.queues:
        abort(400)
    if caller is None or not office().queues.move(sid, queue):
        return refused("They wait no longer, or an agent is being called for them.")
    office().audit.note(myself().name, "caller_moved", call=sid, queue=caller.queue, to=queue)
    there = office().waits.there(team, queue)
    return done(f"Moved to {queue}." if there else f"Moved to {queue}, where nobody is in.")


@supervise.post("/desk/live/agent")
@needs("supervise")
def set_agent() -> Response:
    """An agent is away or available from now on; during a call, when it is over."""
    name, wanted = request.form.get("agent", ""), request.form.get("state", "")
    agent = office().staff.now().agents.get(name)
    if agent is None:
        abort(404)
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON] or f"set by {myself().name}"
    moment = office().clock().timestamp()
    match wanted:
        case "available":
            now = office().queues.set_agent(name, "available", moment)
        case "away":
            now = office().queues.set_agent(name, "away", moment, reason)
        case _:
            abort(400)
    office().audit.note(
        myself().name, f"agent_{wanted}", agent=name, **({"reason": reason} if wanted == "away" else {})
    )
    return done(f"{agent.full_name} is {wanted}." if now else f"{agent.full_name} will be {wanted} after the call.")
