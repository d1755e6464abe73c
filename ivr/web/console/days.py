"""Special days: the hours of one date, entered ahead, without touching the file; and holidays that are coming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ivr.store.notices import SpecialDay
from ivr.switchboard.hours import Told, of_line, of_queue
from ivr.switchboard.hours_ahead import HolidayAhead, holidays_ahead
from ivr.switchboard.notices import LONGEST_WHY, RefusedNotice
from ivr.web.console.frame import show
from ivr.web.console.notices_targets import Target, target, targets
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

page = Blueprint("days", __name__, url_prefix="/days")


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the form, as they were filled in."""

    day: str = ""
    of: str = ""
    closed: bool = True
    hours: str = ""
    why: str = ""


@page.get("")
def index() -> str:
    """The days that are coming, of one line or queue the form, and its holidays."""
    said = request.args
    asked = Asked(day=said.get("day", "")[:20], why=said.get("why", "")[:LONGEST_WHY])
    return _page(said.get("target", ""), asked)


@page.post("")
@needs("publish")
def add() -> str | Response | tuple[str, int]:
    """Enters a day. Entered twice, it is the same day."""
    key, asked = request.form.get("target", ""), _asked(request.form)
    try:
        if asked.closed and asked.hours:
            raise RefusedNotice("it says closed all day, and hours as well: choose one", "hours")
        hours = "off" if asked.closed else asked.hours
        done = office().emergencies.add_day(key, _day(asked.day), hours, of=asked.of, who=myself().name, why=asked.why)
    except RefusedNotice as error:
        return _page(key, asked, dict.fromkeys(error.about or ("",), str(error))), 422
    flash(f"{target(done.target).title}: on {day_told(done.day)} it is {hours_told(done)}.")
    return redirect(url_for("console.days.index", target=done.target))


@page.post("/<int:number>/drop")
@needs("publish")
def drop(number: int) -> Response:
    """Takes a day back: the hours of the file count again."""
    try:
        gone = office().emergencies.drop_day(number if number < 2**31 else abort(404), who=myself().name)
    except RefusedNotice:
        flash("That day was taken back, or entered anew, before.")
        return redirect(url_for("console.days.index"))
    flash(f"{target(gone.target).title}: {day_told(gone.day)} is a day like any other.")
    return redirect(url_for("console.days.index", target=gone.target))


def day_told(day: date) -> str:
    """A day for people: Thu 24 Dec 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def hours_told(day: SpecialDay) -> str:
    """A special day's hours for people; a span past midnight says so."""
    if day.hours == "off":
        return "closed all day"
    spans = [span.partition("-") for span in day.hours.split(",")]
    return "open " + " and ".join(f"{a} to {b}{' of the next day' if b < a else ''}" for a, _, b in spans)


def told_of(it: Target) -> Told | None:
    """Whose hours they are; None for a line that cannot be read, and a queue that is no longer there."""
    if it.queue:
        return of_queue(office().staff.now(), it.queue)
    return of_line(it.flow) if it.flow else None


def _asked(form: Mapping[str, str]) -> Asked:
    return Asked(
        day=form.get("day", "").strip()[:20],
        of=form.get("of", "")[:100],
        closed=form.get("open") != "yes",
        hours=" ".join(form.get("hours", "").split())[:200],
        why=" ".join(form.get("why", "").split())[: 2 * LONGEST_WHY],
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedNotice(f'"{text}" is no day such as 2026-12-24' if text else "say which day", "day") from None


def _page(key: str, asked: Asked, wrong: Mapping[str, str] | None = None) -> str:
    every = {it.key: it for it in targets()}
    it = every.get(key) or next(iter(every.values()), None)
    told = told_of(it) if it else None
    known, names = office().emergencies.days(), office().emergencies.of.hours(it.key) if it else ()
    return show(
        "console/days.html",
        targets=list(every.values()),
        it=it,
        asked=asked,
        names=names,
        wrong=wrong or {},
        below=set(wrong or ()) <= {"day", "hours", "why", *(["of"] if len(names) > 1 else [])},
        today=office().clock().astimezone(it.zone).date() if it else None,
        days=[(day, every.get(day.target) or target(day.target)) for day in known],
        holidays=_holidays(told) if told else [],
        country=told.country if told else None,
        longest_why=LONGEST_WHY,
        day_told=day_told,
        hours_told=hours_told,
    )


def _holidays(told: Told) -> list[HolidayAhead]:
    now = office().clock()
    return list(holidays_ahead(told, office().emergencies.board(now), now.astimezone(told.zone).date()))
