"""The switch for emergencies: a line or a queue closed, words that callers hear first; set, switched on, ended."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ivr.store.notices import Notice
from ivr.switchboard.notices import LASTS as UNSAID
from ivr.switchboard.notices import LONGEST_WHY, LONGEST_WORDS, RefusedNotice
from ivr.web.console import once
from ivr.web.console.frame import show
from ivr.web.console.notices_form import LASTS, Asked, Words, WrongField, asked_like, asked_of
from ivr.web.console.notices_targets import Target, closing, target, targets
from ivr.web.console.wall_clock import told
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

MOST_OVER = 100

page = Blueprint("notices", __name__, url_prefix="/notices")


@page.get("")
def index() -> str:
    """What is on, coming, prepared and over; and the form for what the address names, if it does."""
    wanted = request.args.get("target", "")
    if wanted not in office().emergencies.targets():
        return _page()
    like = _known(request.args.get("like", ""))
    asked = asked_like(like) if like else Asked(closed=request.args.get("does") == "close")
    return _page(target(wanted), asked)


@page.post("")
@needs("publish")
def put() -> Response | tuple[str, int]:
    """Sets a notice, or keeps one prepared. What is refused comes back as it was filled in."""
    wanted = request.form.get("target", "")
    if wanted not in office().emergencies.targets():
        return _page(refused=f"Nothing was changed: there is no {wanted[:100]} any more."), 422
    it, asked = target(wanted), asked_of(request.form)
    if once.taken():
        flash("This was sent before, and was done once.")
        return _back()
    try:
        if request.form.get("then") == "prepare":
            asked.timeless()
            done = office().emergencies.prepare(
                it.key, asked.said(), closed=asked.closed, who=myself().name, why=asked.why
            )
            flash(f"It is prepared: number {done.id} can be switched on here, by command and by phone.")
            return _back()
        since, until, remarks = asked.span(it.zone, office().clock())
        done = office().emergencies.put(
            it.key, asked.said(), since=since, until=until, closed=asked.closed, who=myself().name, why=asked.why
        )
    except WrongField as wrong:
        once.give_back()
        return _page(it, asked, wrong={wrong.name: str(wrong)}), 422
    except RefusedNotice as error:
        once.give_back()
        return _page(it, asked, wrong=dict.fromkeys(error.about or ("",), str(error))), 422
    flash(" ".join([_done(it, done), *(f"{remark[0].upper()}{remark[1:]}." for remark in remarks)]))
    return _back()


@page.post("/<int:number>/on")
@needs("publish")
def switch_on(number: int) -> Response:
    """Switches a prepared notice on, for four hours."""
    return _deed(lambda: _on(office().emergencies.switch_on(_number(number), who=myself().name)))


@page.post("/<int:number>/end")
@needs("publish")
def end(number: int) -> Response:
    """Ends a notice at once; one that is to come never begins, a prepared one is thrown away."""

    def ended() -> str:
        done = office().emergencies.end(_number(number), who=myself().name)
        return f"{target(done.target).title}: notice {done.id} is over."

    return _deed(ended)


def _deed(deed: Callable[[], str]) -> Response:
    """Does it, and says what came of it, or why nothing did."""
    try:
        flash(deed())
    except RefusedNotice as error:
        flash(f"Nothing was changed: {error}.")
    return _back()


def _on(done: Notice) -> str:
    return _done(target(done.target), done)


def _done(it: Target, done: Notice) -> str:
    """What was set, for whoever did."""
    now = office().clock()
    does = "is closed" if done.closed else "plays it first"
    assert done.since is not None and done.until is not None  # noqa: S101, PT018 - it was set a moment ago
    since = "" if done.since <= now else f" from {told(done.since, it.zone, now)}"
    return f"{it.title} {does}{since} until {told(done.until, it.zone, now)} ({it.zone.key}). It ends by itself."


def _back() -> Response:
    return redirect(url_for("console.notices.index"))


def _number(number: int) -> int:
    return number if number < 2**31 else abort(404)


def _known(text: str) -> Notice | None:
    number = int(text) if text.isdecimal() and len(text) < 9 else 0
    return next((it for it in office().emergencies.all(MOST_OVER) if it.id == number), None)


def _page(
    it: Target | None = None, asked: Asked | None = None, *, wrong: dict[str, str] | None = None, refused: str = ""
) -> str:
    now = office().clock()
    every = {one.key: one for one in targets()}
    shown = [(one, every.get(one.target) or target(one.target)) for one in office().emergencies.all(MOST_OVER)]
    return show(
        "console/notices.html",
        targets=list(every.values()),
        it=it,
        asked=asked,
        fields=[Words(language, asked.words.get(language, "")) for language in it.languages] if it and asked else [],
        closing=closing(it) if it else "",
        wrong=wrong or {},
        below=set(wrong or ()) <= {"since", "until", "lasts", "why", *(it.languages if it else ())},
        refused=refused,
        once=once.mark(),
        now=now,
        told=lambda at, zone: told(at, zone, now),
        lasts=LASTS,
        longest=LONGEST_WORDS,
        longest_why=LONGEST_WHY,
        unsaid=int(UNSAID.total_seconds() // 3600),
        rows={
            state: [row for row in shown if row[0].state(now) == state]
            for state in ("on", "coming", "prepared", "over")
        },
    )
