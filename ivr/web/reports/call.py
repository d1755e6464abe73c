"""One call: its story, its recordings, whose it was, and how to make it again."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import orjson
from flask import Blueprint, Response, abort, render_template, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from ivr.menu.flow import Flow
from ivr.reports.call_again import Again, again
from ivr.reports.call_files import callbacks_of, hash_of, recording, recordings_of
from ivr.reports.timeline import Story, story_of
from ivr.store.log_queries import KeptRecord, LoggedCall
from ivr.switchboard.lines import UnknownVersion
from ivr.web.people.browser_phone import browser_phone
from ivr.web.people.guard import myself, needs
from ivr.web.people.listening import begins_listening
from ivr.web.people.office import office
from ivr.web.reports.filters import Filters, read_filters
from ivr.web.reports.frame import show

page = Blueprint("call", __name__)

OTHERS = 20
"""Other calls of the same caller that the page shows."""


@page.get("/<sid>")
def story(sid: str) -> str | tuple[str, int]:
    """The story."""
    filters = read_filters()
    found = office().log.call(sid)
    if found is None:
        return _unknown(sid)
    records = office().log.records(sid)
    flow = _flow(found.version)
    names = {name: it.full_name for name, it in office().staff.now().agents.items()}
    told = story_of(found, records, office().log.effects(sid), flow, names)
    caller = hash_of(office().engine, sid)
    return show(
        "reports/call.html",
        filters,
        heading="A call",
        call=found,
        told=told,
        rows=_rows(told, filters),
        recordings=recordings_of(office().engine, sid),
        callbacks=callbacks_of(office().engine, sid),
        others=office().log.of_caller(caller, besides=sid, most=OTHERS) if caller else [],
        caller=caller,
        at=found.at,
        began=_clock(found.at, filters.zone, "%A, %-d %B %Y, %H:%M:%S"),
        clock_of=lambda moment: _clock(moment, filters.zone, "%Y-%m-%d %H:%M"),
        agents=names,
        **_again(found, records, flow),
    )


@page.get("/<sid>/again.call")
def script(sid: str) -> Response:
    """The call as a script for `ivr test`, to download."""
    found = office().log.call(sid)
    made = again(found, office().log.records(sid)) if found else None
    if found is None or made is None:
        abort(404)
    name = re.sub(r"[^A-Za-z0-9_-]", "_", sid)[:64]
    return Response(
        made.script(_zone(_flow(found.version))),
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{name}.call"'},
    )


@page.get("/recordings/<int:id_>.wav")
@needs("listen")
def audio(id_: int) -> AnyResponse:
    """The audio of a message or a comment, or a range of it. Each listening is noted."""
    found = recording(office().engine, id_)
    if found is None or found.audio != "kept" or not found.file:
        abort(404)
    folder = (office().settings.data / "messages").absolute()
    response = send_from_directory(folder, found.file, mimetype="audio/wav", conditional=True, max_age=None)
    if response.status_code < 300 and begins_listening(f"message {id_}"):
        office().audit.note(
            myself().name, f"{found.kind}_heard", recording=str(id_), call=found.call_sid, box=found.box
        )
    return response


@page.post("/<sid>/number")
@needs("unmask")
def number(sid: str) -> str | tuple[str, int]:
    """The whole number, where it is still kept: in an open callback. Noted."""
    if office().log.call(sid) is None:
        return _unknown(sid)
    for it in callbacks_of(office().engine, sid):
        whole = office().numbers.open(it.number_sealed, it.id) if it.number_sealed else None
        if whole is not None:
            office().audit.note(myself().name, "number_seen", callback=it.id, call=sid)
            return render_template("reports/number.html", sid=sid, number=whole)
    return render_template("reports/number.html", sid=sid, number=None), 404


def _unknown(sid: str) -> tuple[str, int]:
    words = f"The log has no call {sid[:64]}."
    return render_template("people/error.html", code=404, words=words), 404


def _flow(version: str | None) -> Flow | None:
    try:
        return office().lines.of(version).flow if version else None
    except UnknownVersion:
        return None


def _zone(flow: Flow | None) -> tzinfo:
    return flow.zone if flow else UTC


# The story as the page shows it


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as it is shown: when, by the viewer's clock and from the beginning, and how it looks."""

    seq: int
    clock: str
    offset: str
    look: str
    did: str
    notes: Sequence[tuple[str, str]]
    heard: Sequence[tuple[str, str]]


_LOOKS = {
    "pressed": "keys", "hidden": "keys", "silent": "silence",
    "waited": "wait", "released": "wait", "queue_left": "wait",
    "offered": "person", "accepted": "person", "dialed": "person", "recorded": "voice", "recording_ready": "voice",
    "told": "lookup", "started": "edge", "hung_up": "edge", "troubled": "bad",
}  # fmt: skip


def _rows(told: Story, filters: Filters) -> list[Row]:
    rows = []
    for it in told.passages:
        until = f" until {_clock(it.until, filters.zone, '%H:%M:%S')}" if it.until else ""
        rows.append(
            Row(
                it.seq,
                _clock(it.at, filters.zone, "%H:%M:%S"),
                "" if it.after is None else offset(it.after),
                _LOOKS.get(it.kind, "other"),
                f"{it.did}{until}",
                [(note.kind, note.text) for note in it.notes],
                [(words.text, words.language) for words in it.heard],
            )
        )
    return rows


def offset(seconds: float) -> str:
    """From the beginning: +0:00, +12:34."""
    whole = round(seconds)
    return f"{'-' if whole < 0 else '+'}{abs(whole) // 60}:{abs(whole) % 60:02}"


def _clock(moment: datetime, zone: tzinfo, form: str) -> str:
    return moment.astimezone(zone).strftime(form)


# Again


def _again(call: LoggedCall, records: Sequence[KeptRecord], flow: Flow | None) -> Mapping[str, Any]:
    made = again(call, records)
    if made is None:
        return {"made": None}
    phone = browser_phone()
    return {
        "made": made,
        "command": made.command(_zone(flow)),
        "script": url_for("reports.calls.call.script", sid=call.call_sid),
        "phone": f"{phone}/#again={_packed(made)}" if phone else None,
    }


def _packed(made: Again) -> str:
    """For the part of a URL that no browser sends anywhere."""
    return base64.urlsafe_b64encode(orjson.dumps(made.payload())).decode().rstrip("=")
