"""Numbers: which line answers each, what the carrier's account has set for it, and one button that sets it right."""

from __future__ import annotations

from flask import Blueprint, abort, request

from ivr.carrier.rest import Carrier
from ivr.switchboard.account_numbers import (
    DEED,
    MOST,
    Look,
    Outcome,
    account,
    changes,
    lacking,
    look,
    set_numbers,
)
from ivr.switchboard.desk_line import LINE as DESK
from ivr.switchboard.numbers import CALLED, SAYS, Number, wanted
from ivr.web.console.frame import show
from ivr.web.console.standing import all_lines
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

_FIRST = ("wrong", "missing")
"""What has to be seen to stands first."""

page = Blueprint("numbers", __name__, url_prefix="/numbers")


@page.get("")
def index() -> str:
    """Every number of the menus and of the account."""
    with account(office().settings) as carrier:
        return _page(_look(carrier))


@page.post("")
@needs("publish")
def set_() -> str | tuple[str, int]:
    """Sets what is wrong: of the number that the form names, or of all but those that would be taken from elsewhere."""
    one = request.form.get("number", "")
    if not one and request.form.get("all") != "yes":
        abort(400)
    with account(office().settings) as carrier:
        before = _look(carrier)
        if carrier is None or before.trouble or lacking(office().settings):
            return _page(before, refused="Nothing was set."), 503
        chosen = [it for it in before.wrong if it.number == one and it.settable] if one else before.at_once
        if not chosen:
            return _page(before, refused=_nothing(before, one)), 409
        done = set_numbers(carrier, chosen, _note, take_over=bool(one))
        after = {it.number.number: it.number for it in done}
        now = Look(tuple(after.get(it.number, it) for it in before.numbers), before.trouble, before.more)
        return _page(now, done=done)


def _look(carrier: Carrier | None) -> Look:
    lines = all_lines()
    live = [it.live_flow for it in lines if it.live_flow]
    drafts = [it.draft for it in lines if it.draft]
    return look(office().settings, carrier, live, drafts, office().staff.now().desk)


def _nothing(found: Look, one: str) -> str:
    """Why nothing was set."""
    if not one:
        return "Nothing was set: no number is wrong that can be set together with others."
    state = next((it.state for it in found.numbers if it.number == one), None)
    if state == "right":
        return f"Nothing was set: {one} is as it should be already."
    if state in ("other", "draft"):
        return f"Nothing was set: no live line answers {one}, and only numbers of live lines are ever changed."
    return f"Nothing was set: {one} cannot be set from here."


def _note(done: Outcome, was: Number) -> None:
    line = was.answer.line if was.answer else ""
    unknown = done.words if done.came == "nobody knows" else ""
    office().audit.note(myself().name, DEED, number=was.number, line=line, **changes(was, done.number), result=unknown)


def _page(found: Look, *, done: list[Outcome] | None = None, refused: str = "") -> str:
    settings = office().settings
    lacks = lacking(settings)
    return show(
        "console/numbers.html",
        found=found,
        here=sorted((it for it in found.numbers if it.state != "other"), key=lambda it: it.state not in _FIRST),
        others=[it for it in found.numbers if it.state == "other"],
        right=sum(it.state == "right" for it in found.numbers),
        judged=sum(it.state in ("right", "wrong", "missing") for it in found.numbers),
        compared=not lacks and not found.trouble,
        lacks=lacks,
        general=wanted(settings.public_url, settings.fallback_url, "LINE") if settings.public_url else None,
        clear=(settings.public_url or "").startswith("http:"),
        settings=settings,
        called=CALLED,
        says=SAYS,
        desk=DESK,
        most=MOST,
        done=done or [],
        refused=refused,
    )
