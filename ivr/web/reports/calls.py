"""The calls: a search in the log, the newest first. Behind each figure stands such a list."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

import phonenumbers
from flask import Blueprint, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from ivr.reports.call_search import Found, FoundCall, search
from ivr.store.erasing.person import person
from ivr.store.versions import Versions
from ivr.switchboard.lines import UnknownVersion
from ivr.web.people.office import office
from ivr.web.reports import call
from ivr.web.reports.calls_wanted import Asked, chips, fields, list_of, read_asked
from ivr.web.reports.filters import Filters
from ivr.web.reports.frame import show
from ivr.web.reports.problems import bad

page = Blueprint("calls", __name__, url_prefix="/calls")
page.register_blueprint(call.page)

LONGEST_NUMBER = 64


@page.get("")
def index() -> str:
    """The list."""
    asked = read_asked()
    found = search(office().engine, asked.wanted, after=asked.after)
    return show(
        "reports/calls.html",
        asked.filters,
        heading="Calls",
        own=asked.own,
        own_fields=fields(asked),
        chips=chips(asked),
        found=found,
        heads=HEADS,
        hits=_hits(found),
        rows=[_row(it, asked.filters) for it in found.calls],
        older=_older(found, asked),
        newest=asked.query() if asked.after else None,
        search_query=request.query_string.decode(),
    )


@page.post("/number")
def number() -> Response:
    """To the calls of a number, or to the call of a sid. The number is in no URL and no log: its keyed hash is."""
    said = [(name, it) for name, it in request.args.items(multi=True) if name not in ("caller", "older")]
    text = request.form.get("number", "").strip()[:LONGEST_NUMBER]
    if not text:
        return redirect(list_of(said))
    if text[:2] in ("CA", "CR") and text.isalnum():
        return redirect(url_for("reports.calls.call.story", sid=text))
    hash_ = _hash(_caller(text))
    if hash_ is None:
        raise bad("number", "that is no number, but what stands for callers who show none")
    return redirect(list_of([*said, ("caller", hash_)]))


def _hash(caller: str) -> str | None:
    """The hash by which the log knows a caller; None for what stands for callers who show no number.

    Carriers write one number in several ways (with and without the plus), each with a hash of its own.
    """
    hashes = office().hashes
    try:
        known = office().log.newest_of(person(caller, hashes).hashes)
    except ValueError:
        known = None
    return known or hashes.of(caller)


def _caller(text: str) -> str:
    """The number as carriers write it. Raises BadFilters."""
    if text.partition(":")[0] in ("client", "sip", "sips", "whatsapp"):
        return text
    # Most of the world dials 00 to call abroad; where that is no way to begin a number, it is meant so.
    spelled = (_country(), text), (None, f"+{text[2:]}" if text.startswith("00") else "")
    read = [found for country, one in spelled if (found := _read(one, country))]
    found = next((it for it in read if phonenumbers.is_possible_number(it)), read[0] if read else None)
    if found is None:
        raise bad("number", "that is no number; write it with its country, such as +1 500 555 0006")
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def _read(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _country() -> str | None:
    """The country of the lines, where it is one."""
    countries = set()
    try:
        for version in Versions(office().engine).live().values():
            countries.add(office().lines.of(version).flow.country)
    except (UnknownVersion, SQLAlchemyError):
        return None
    return countries.pop() if len(countries) == 1 else None


def _hits(found: Found) -> str:
    what = "call" if found.hits == 1 else "calls"
    if found.more:
        return f"More than {found.hits:,} {what}"
    return f"{found.hits:,} {what}" if found.hits else "No calls"


def _older(found: Found, asked: Asked) -> str | None:
    return asked.query(older=f"{found.older[0]}.{found.older[1]}") if found.older else None


def _row(it: FoundCall, filters: Filters) -> list[Any]:
    logged = it.call
    zone = (filters.given or {}).get("zone")
    link = url_for("reports.calls.call.story", sid=logged.call_sid) + (f"?zone={quote(zone)}" if zone else "")
    return [
        {"text": _moment(it.at, filters), "href": link},
        logged.line,
        f"…{logged.caller_last4}" if logged.caller_last4 else None,
        None if logged.seconds is None else length(logged.seconds),
        ended(logged.how),
        logged.step,
        _names(it),
        ", ".join(goal.replace("_", " ") for goal in logged.goals) or None,
        logged.language,
    ]


HEADS = ("Began", "Line", "Caller", ("Length", "num"), "Ended", "Last step", "Queue, agent", "Goals", "Language")


def _names(it: FoundCall) -> str | None:
    return ", ".join(name for name in (it.queue, agent_name(it.agent)) if name) or None


def agent_name(agent: str | None) -> str | None:
    """How an agent is called, where the team has them."""
    there = office().staff.now().agents.get(agent or "")
    return there.full_name if there else agent


def length(seconds: int) -> str:
    """Minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"


def ended(how: str | None) -> str:
    """How a call ended, in a word or two."""
    return {None: "going on", "completed": "hung up", "line": "by the line"}.get(how, str(how))


def _moment(at: datetime, filters: Filters) -> str:
    return at.astimezone(filters.zone).strftime("%Y-%m-%d %H:%M:%S")
