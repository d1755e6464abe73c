"""Voice of the caller: how satisfied they are, over time and by what; what they said, to listen to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, url_for

from ivr.reports.call_wanted import read_score
from ivr.reports.figure import Figure
from ivr.reports.kpi import Kpi
from ivr.reports.survey_kpis import RESPONSE
from ivr.reports.voice_figures import KPIS, WEEKS_FROM, Part, by_weeks, figures, marks, surveys, voice_spreads
from ivr.reports.voices import Order, Place, Voice, What, voices
from ivr.reports.wording import amount
from ivr.web.people.office import office
from ivr.web.reports.calls import agent_name
from ivr.web.reports.filters import Filters, read_filters
from ivr.web.reports.frame import comparable, moment_words, show
from ivr.web.reports.links import calls_link, on_day, page_link
from ivr.web.reports.problems import BadFilters, bad
from ivr.web.reports.shown import interval, shown
from ivr.web.reports.voice_plots import marks_plot, time_plot

page = Blueprint("voice", __name__, url_prefix="/voice")

PARTS: Mapping[Part, str] = {
    "queue": "Queue", "agent": "Agent", "survey": "Survey",
    "version": "Version", "line": "Line", "language": "Language",
}  # fmt: skip
WHAT: Mapping[What, str] = {"all": "comments and messages", "comment": "comments", "message": "messages"}
ORDER: Mapping[Order, str] = {"newest": "the newest first", "lowest": "the lowest scores first"}
TIME_HEADS = (("Score", "num"), "95 % interval", ("Answers", "num"), ("Responded", "num"))
OWN = ("by", "survey", "score", "what", "order", "older")


@page.get("")
def index() -> str:
    """The page."""
    filters = read_filters(*OWN)
    own = filters.own or {}
    by, what, order = _one(own, "by", PARTS), _one(own, "what", WHAT), _one(own, "order", ORDER)
    survey, score, after = own.get("survey"), _read(own, "score", read_score), _read(own, "older", _place)
    engine, scope, zone = office().engine, filters.scope, filters.zone
    names = surveys(engine)
    if survey is not None and survey not in names:
        raise bad("survey", f"nobody was asked a survey {survey}; there are {', '.join(names) or 'none'}")
    now = voice_spreads(engine, scope, survey, "all")
    compares = comparable(filters)
    before = voice_spreads(engine, filters.before, survey, "all") if compares else {}
    daily = voice_spreads(engine, scope, survey, "day", zone)
    parts = voice_spreads(engine, scope, survey, by)
    weekly = (filters.until - filters.since).days > WEEKS_FROM
    times = {name: by_weeks(days) if weekly else days for name, days in daily.items()}
    given = {it.name: figures(now[it.name], it).get("") for it in KPIS}
    was = {it.name: figures(before.get(it.name, {}), it).get("") for it in KPIS}
    there = [it for it in KPIS if given[it.name]]
    moments = sorted({of for it in there for of in times[it.name]})
    over_time = {it.name: figures(times[it.name], it) for it in there}
    found = voices(engine, scope, what=what, order=order, survey=survey, score=score, after=after)
    spread = marks(engine, scope, survey)
    return show(
        "reports/voice.html",
        filters,
        heading="Voice of the caller",
        compares=compares,
        own=own,
        own_fields=_fields(own, names, by, what, order),
        tiles=[shown(it, given[it.name], filters, before=was[it.name], narrowed=_of_survey(filters)) for it in KPIS],
        plots=[
            (time_plot(it, over_time, moments, weekly), _time_rows(it, over_time, moments, filters, weekly))
            for it in there
            if it is not RESPONSE
        ],
        time_heads=["Week from" if weekly else "Day", *TIME_HEADS],
        part=PARTS[by],
        part_heads=[PARTS[by], *((head, "num") for it in KPIS for head in (_short(it), "n"))],
        parts=_part_rows(by, {it.name: figures(parts[it.name], it) for it in KPIS}, filters),
        marks=[(marks_plot(it, number), _marks_rows(it, filters)) for number, it in enumerate(spread)],
        mark_heads=["Mark", ("Answers", "num"), ("Share", "num")],
        what=WHAT[what],
        order=ORDER[order],
        number=f"{found.number:,}{' and more' if found.more else ''}",
        voices=[_voice(it, filters) for it in found.voices],
        older=_from(found.older, filters) if found.older else None,
        newest=_from(None, filters) if after else None,
    )


def _from(place: Place | None, filters: Filters) -> str:
    """This page with the comments and messages from behind a place on."""
    older = None if place is None else f"{place[0]}.{place[1]}"
    return f"{page_link('voice', filters, **{**(filters.own or {}), 'older': older})}#voices-title"


def _one(own: Mapping[str, str], name: str, words: Mapping[Any, str]) -> Any:
    """One of these words, the first where none is said. Raises BadFilters."""
    said = own.get(name, next(iter(words)))
    if said not in words:
        raise bad(name, f"there is no “{said}”; there are {', '.join(words)}")
    return said


def _read(own: Mapping[str, str], name: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(own[name]) if name in own else None
    except ValueError as error:
        raise BadFilters({name: str(error)}) from None


def _place(text: str) -> Place:
    found = re.fullmatch(r"(\d{1,3})\.(\d{1,15})", text)
    if found is None:
        raise ValueError("that is no place in the list; begin again at its top")
    return int(found[1]), int(found[2])


def _fields(own: Mapping[str, str], names: list[str], by: Part, what: What, order: Order) -> list[dict[str, Any]]:
    all_of = [("", "all"), *((it, it) for it in names)]
    return [
        {"name": "survey", "label": "Survey", "value": own.get("survey", ""), "choices": all_of},
        {"name": "by", "label": "Compared by", "value": by, "choices": list(PARTS.items())},
        {"name": "what", "label": "To listen to", "value": what, "choices": list(WHAT.items())},
        {"name": "order", "label": "In this order", "value": order, "choices": list(ORDER.items())},
        {"name": "score", "label": "Only with a score", "value": own.get("score", ""), "choices": None},
    ]  # fmt: skip


def _short(kpi: Kpi) -> str:
    return "Responded" if kpi is RESPONSE else kpi.name.upper()


def _of_survey(filters: Filters) -> dict[str, str]:
    """What narrows calls to the survey that the page is about, where it is about one."""
    return {"survey": said} if (said := (filters.own or {}).get("survey")) else {}


def _time_rows(kpi: Any, over_time: Any, moments: list[str], filters: Filters, weekly: bool) -> list[list[Any]]:
    rows = []
    for of in moments:
        it: Figure | None = over_time[kpi.name].get(of)
        asked: Figure | None = over_time.get("survey_response", {}).get(of)
        link = calls_link(filters, figure=kpi.name, **on_day(of, filters), **_of_survey(filters))
        head: Any = of if weekly else {"text": of, "href": link}
        share = amount(asked.value, "share") if asked else None
        if it is None or not it.n:
            rows.append([of, None, None, 0, share])
            continue
        rows.append([head, amount(it.value, kpi.unit), interval(it, kpi.unit) or None, f"{it.n:,}", share])
    return rows


def _part_rows(by: Part, measured: Mapping[str, Mapping[str, Figure]], filters: Filters) -> list[list[Any]]:
    rows = []
    for of in sorted({of for parts in measured.values() for of in parts}):
        name = agent_name(of) if by == "agent" else of
        narrowed = page_link("voice", filters, **{**(filters.own or {}), by: of, "older": None})
        row: list[Any] = [{"text": "none" if of == "-" else name, "href": None if of == "-" else narrowed}]
        for kpi in KPIS:
            it = measured[kpi.name].get(of)
            if it is None or not it.n:
                row += [None, None]
                continue
            link = calls_link(filters, figure=kpi.name, **{**_of_survey(filters), by: of})
            row += [
                {"text": amount(it.value, kpi.unit), "title": interval(it, kpi.unit), "href": None},
                {"text": f"{it.n:,}", "href": link, "title": "the calls"},
            ]
        rows.append(row)
    return rows


def _marks_rows(it: Any, filters: Filters) -> list[list[Any]]:
    return [
        [
            {
                "text": {0: "no", 1: "yes"}[mark] if it.kind == "yes_no" else str(mark),
                "href": calls_link(filters, score=f"{it.kind}:{mark}", survey=it.survey),
            },
            f"{times:,}",
            amount(times / it.n, "share"),
        ]
        for mark, times in it.times.items()
    ]


def _voice(it: Voice, filters: Filters) -> dict[str, Any]:
    about = [it.line, it.queue, agent_name(it.agent), it.language, f"…{it.last4}" if it.last4 else None]
    return {
        "at": moment_words(it.left_at, filters),
        "words": f"{'Comment in' if it.kind == 'comment' else 'Message for'} {it.box}, {it.seconds} s",
        "about": " · ".join(dict.fromkeys(part for part in about if part)),
        "scores": it.scores,
        "audio": it.audio,
        "src": url_for("reports.calls.call.audio", id_=it.id),
        "call": url_for("reports.calls.call.story", sid=it.call_sid, _anchor=f"r{it.seq}"),
    }
