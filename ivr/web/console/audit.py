"""The audit trail of the console: who saved, published and took back what."""

from __future__ import annotations

from flask import Blueprint, request

from ivr.web.console.deeds import DEEDS
from ivr.web.console.frame import moment, show
from ivr.web.people.office import office

MOST = 200

page = Blueprint("audit", __name__, url_prefix="/audit")


@page.get("")
def index() -> str:
    """The newest deeds, of one kind where the address names it."""
    kind = request.args.get("did", "")
    deeds = office().audit.newest(MOST, (kind,) if kind in DEEDS else DEEDS)
    return show("console/audit.html", deeds=[(it, moment(it.at)) for it in deeds], kinds=DEEDS, kind=kind)
