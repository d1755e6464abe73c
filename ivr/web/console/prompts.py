"""The prompts of a line as recordings: how each text stands, its audio, the studio's script."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from flask import Blueprint, Response, abort, render_template, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from ivr.menu import Flow
from ivr.switchboard.prompts import manifest
from ivr.switchboard.prompts.manifest import ManifestError
from ivr.switchboard.prompts.script import as_csv, as_page, readings
from ivr.switchboard.prompts.standing import STATES, Standing, standings
from ivr.switchboard.prompts.texts import PromptText, texts_of
from ivr.switchboard.prompts.unfit import LARGEST
from ivr.web.console import prompts_shown
from ivr.web.console.frame import show
from ivr.web.console.prompts_shown import Shown
from ivr.web.console.standing import LineNow, known_line
from ivr.web.people.office import office

MOST = 300
"""Texts on a page; the next page has more."""

page = Blueprint("prompts", __name__, url_prefix="/lines/<line>/prompts")


@page.errorhandler(ManifestError)
def _unreadable(error: ManifestError) -> tuple[str, int]:
    """The manifest says which recording is of which words: without it nothing can be told, and nothing is changed."""
    words = f"The list of recordings cannot be read, so all prompts are spoken. {error}"
    return render_template("people/error.html", code=503, words=words), 503


@page.get("")
def index(line: str) -> str:
    """Each text of the line, by step; of one state and language where the address names them."""
    it = known_line(line)
    if it.flow is None:
        return show("console/prompts.html", line=line, it=it, flow=None)
    flow, texts = flow_of(it), all_of(it)
    state, language = request.args.get("state", ""), request.args.get("language", "")
    if state not in ("", "wanted", *STATES) or language not in ("", *flow.languages):
        abort(404)
    found = prompts_shown.chosen(texts, state, language)
    number = max(1, request.args.get("page", 1, type=int))
    part = found[(number - 1) * MOST : number * MOST]
    return show(
        "console/prompts.html",
        line=line,
        it=it,
        flow=flow,
        state=state,
        language=language,
        states=STATES,
        counts=prompts_shown.counts(texts),
        lengths={one: prompts_shown.length(prompts_shown.chosen(texts, "", one)) for one in flow.languages},
        steps=prompts_shown.by_step(part, flow),
        found=len(found),
        number=number,
        last=-(-len(found) // MOST),
        read_as=" ".join(prompts_shown.mark(one.text) for one in texts),
        example=next((one.text.name for one in texts if one.standing.state != "spoken"), "main.say"),
        largest=LARGEST,
    )


@page.get("/one")
def one(line: str) -> str:
    """One text: how it stands, its audio, and the form for a recording of it."""
    it = known_line(line)
    return text_page(it, chosen_text(it))


@page.get("/audio")
def audio(line: str) -> AnyResponse:
    """What callers hear for a text, or a range of it; a stale recording only where it is asked for.

    The words are those of the file, or of the live version (`of=live`).
    """
    it = known_line(line)
    found = standing_of(chosen_text(it, live=request.args.get("of") == "live"))
    if not found.file or (found.state == "stale" and request.args.get("stale") != "yes"):
        abort(404)
    return media(send_from_directory(_folder(), found.file, mimetype="audio/wav", conditional=True, max_age=None))


@page.get("/script.<form>")
def script(line: str, form: str) -> Response:
    """What is to be read, for a studio: as CSV, or as a page to print. `all=yes`: also what is recorded."""
    it = known_line(line)
    flow, language = flow_of(it), request.args.get("language", "")
    if form not in ("csv", "html") or language not in ("", *flow.languages):
        abort(404)
    found = [one for one in _standings(flow) if language in ("", one.text.language)]
    takes = readings(found, {flow.name: flow}, missing=request.args.get("all") != "yes")
    if form == "html":
        return _printable(as_page(takes))
    response = Response(as_csv(takes), content_type="text/csv; charset=utf-8")
    name = re.sub(r"[^\w-]", "_", f"{line}-{language or 'script'}", flags=re.ASCII)[:80]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def text_page(it: LineNow, text: PromptText, refused: str = "", file: str = "") -> str:
    """The page of a text; `refused` says what is wrong with the file that was sent for it."""
    found = next(one for one in all_of(it) if one.text == text)
    own = manifest.read(office().settings.recordings).get(text.path)
    return show(
        "console/prompt.html",
        line=it.name,
        it=it,
        one=found,
        own=own,
        read_as=prompts_shown.mark(text),
        refused=refused,
        file=file,
        largest=LARGEST,
    )


def flow_of(it: LineNow, *, live: bool = False) -> Flow:
    """The flow whose prompts are shown: what the file says, else what is live. 404 where there is neither."""
    flow = it.live_flow if live else it.draft or it.live_flow
    return flow or abort(404)


def all_of(it: LineNow) -> list[Shown]:
    """The texts of the line, each with how it stands. Raises ManifestError."""
    flow = flow_of(it)
    return prompts_shown.shown(_standings(flow), flow)


def chosen_text(it: LineNow, *, live: bool = False) -> PromptText:
    """The text that the request names by address, variant and language; 404 where the line has none such."""
    asked = request.values
    place = (asked.get("address", ""), asked.get("variant", "0"), asked.get("language", ""))
    texts = texts_of(flow_of(it, live=live))
    return next((one for one in texts if (one.address, str(one.variant), one.language) == place), None) or abort(404)


def standing_of(text: PromptText) -> Standing:
    """How one text stands. Raises ManifestError."""
    return standings([text], office().settings.recordings)[0]


def media(response: AnyResponse) -> AnyResponse:
    """The response of audio: nothing but a player makes anything of it."""
    response.headers["Content-Security-Policy"] = "default-src 'none'; media-src 'self'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _standings(flow: Flow) -> list[Standing]:
    return standings(texts_of(flow), office().settings.recordings)


def _folder() -> str:
    return str(office().settings.recordings.absolute())


def _printable(text: str) -> Response:
    """A page that refers to nothing, with a style of its own: that one is allowed, and no other."""
    style = text.partition("<style>")[2].partition("</style>")[0]
    hash_ = b64encode(sha256(style.encode()).digest()).decode()
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{hash_}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response
