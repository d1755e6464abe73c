"""The desk: an agent is available or away, sees the call that is offered, says what became of it, sends it on."""

from __future__ import annotations

import phonenumbers
from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from ivr.menu.dialable import allowed
from ivr.menu.team import Agent, Team
from ivr.store.callers import masked
from ivr.store.queues import Offer
from ivr.switchboard.known import caller_of
from ivr.web.people.desk_known import KnownCallers, known_call
from ivr.web.people.desk_polled import done, polled, refused
from ivr.web.people.desk_state import agent_of, mine, state_of
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

REASONS = ("lunch", "break", "training")
LONGEST_REASON = 60
LONGEST_NOTE = 1000

desk = Blueprint("desk", __name__)


@desk.record_once
def _keep(state: object) -> None:
    state.app.extensions["ivr_known_callers"] = KnownCallers()  # type: ignore[attr-defined]


@desk.get("/desk")
@needs("desk")
def page() -> str:
    """The page, which then asks for the state every second."""
    agent = agent_of(myself())
    return render_template("desk/desk.html", agent=agent, person=myself(), reasons=REASONS)


@desk.get("/desk/state")
@needs("desk")
def state() -> Response:
    """The state of the desk."""
    return polled(state_of(myself()))


@desk.post("/desk/available")
@needs("desk")
def available() -> Response:
    """Takes calls from now on; during a call, when it is over."""
    me = _agent()
    now = office().queues.set_agent(me.id, "available", _moment())
    _note("agent_available", agent=me.id)
    return done("You are available." if now else "You will be available when the call is over.")


@desk.post("/desk/away")
@needs("desk")
def away() -> Response:
    """Takes no calls from now on, for a reason; during a call, when it is over."""
    me, reason = _agent(), request.form.get("reason", "").strip()[:LONGEST_REASON]
    now = office().queues.set_agent(me.id, "away", _moment(), reason)
    _note("agent_away", agent=me.id, reason=reason)
    return done("You are away." if now else "You will be away when the call is over.")


@desk.post("/desk/wrapped")
@needs("desk")
def wrapped() -> Response:
    """Ends the wrap-up early: the agent is what they chose to be after the call, available where they chose nothing."""
    me = _agent()
    it = office().queues.agents([me.id])[0]
    if it.state != "wrap_up":
        return refused("You are not wrapping up.")
    office().queues.set_agent(me.id, "away" if it.next == "away" else "available", _moment(), it.next_reason)
    _note("wrap_up_ended", agent=me.id)
    return done("You are away." if it.next == "away" else "You are available.")


@desk.post("/desk/offers/<id_>/onward")
@needs("desk")
def onward(id_: str) -> Response:
    """Where the caller goes when the agent hangs up: another queue, a step of the line, a number; or nowhere."""
    offer, to = _offer(id_), request.form.get("to", "").strip()
    kind, _, name = to.partition(":")
    team = office().staff.now()
    match kind:
        case "":
            to, words = "", "The caller is not sent on."
        case "queue" if name in team.queues:
            words = f"Hang up, and the caller waits in {name}."
        case "step" if name in _steps(offer):
            words = f"Hang up, and the caller goes to {name}."
        case "dial":
            number, why = allowed(name, _countries(team, offer))
            if number is None:
                return refused(f"That cannot be dialled: {why}.", 400)
            to, words = f"dial:{number}", f"Hang up, and {_spaced(number)} is dialled for the caller."
        case _:
            return refused("There is no such queue or step.", 400)
    if not office().queues.send_on(id_, to):
        return refused("The call is over, or not taken yet.")
    _note("sent_on", call=offer.sid, to=f"dial:{masked(name)}" if kind == "dial" else to or "nowhere")
    return done(words)


@desk.post("/desk/offers/<id_>/wrap")
@needs("desk")
def wrap(id_: str) -> Response:
    """What became of a call: one of the queue's codes, and a note."""
    offer = _offer(id_)
    code, note = request.form.get("code", ""), request.form.get("note", "").strip()[:LONGEST_NOTE]
    queue = office().staff.now().queues.get(offer.queue)
    if code and (queue is None or code not in queue.wrap_up_codes):
        return refused(f"The queue {offer.queue} has no code {code[:40]}.", 400)
    if not office().queues.set_wrap_code(id_, code, note):
        return refused("There was no talk on this offer.")
    _note("wrapped_up", call=offer.sid, queue=offer.queue, code=code)
    return done("Noted.")


@desk.post("/desk/offers/<id_>/number")
@needs("unmask")
def number(id_: str) -> Response:
    """The caller's whole number, for who may see it; noted."""
    offer = office().queues.offered(id_) or abort(404)
    caller = caller_of(office(), offer.sid)
    if not caller:
        return refused("The call is no longer there.")
    _note("number_seen", call=offer.sid)
    return done(_spaced(caller))


def _agent() -> Agent:
    return agent_of(myself()) or abort(409)


def _offer(id_: str) -> Offer:
    return mine(myself(), id_) or abort(404)


def _moment() -> float:
    return office().clock().timestamp()


def _note(did: str, **about: str) -> None:
    office().audit.note(myself().name, did, **about)


def _steps(offer: Offer) -> tuple[str, ...]:
    call = known_call(offer.sid, offer.id, "")
    return call.steps if call else ()


def _countries(team: Team, offer: Offer) -> tuple[str, ...]:
    """Where an agent may send a caller: it is the same bill as a callback's."""
    queue = team.queues.get(offer.queue)
    return (queue.allow if queue else ()) or ((team.country,) if team.country else ())


def _spaced(number_: str) -> str:
    try:
        parsed = phonenumbers.parse(number_)
    except phonenumbers.NumberParseException:
        return number_
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
