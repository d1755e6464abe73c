"""Recordings sent for a line: judged by what is in them, heard, then kept, and taken away again.

A file is for one text, or several files are for the texts that their names say. What was sent is laid by until its
sender has heard it as callers would; then what they chose is kept, all of it or none. It is bound to the words that
they had read: where those are others meanwhile, they are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, send_from_directory, url_for
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ivr.menu.problems import visible
from ivr.switchboard.prompts import heaps, manifest
from ivr.switchboard.prompts.heaps import Heap, Upload
from ivr.switchboard.prompts.manifest import ManifestError, Overtaken
from ivr.switchboard.prompts.texts import PromptText, texts_of
from ivr.switchboard.prompts.unfit import LARGEST, UnfitError
from ivr.web.console import prompts_shown
from ivr.web.console.frame import show
from ivr.web.console.prompts import chosen_text, flow_of, media, standing_of, text_page
from ivr.web.console.standing import LineNow, known_line
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

if TYPE_CHECKING:  # it loads the audio libraries, which take half a second and their memory
    from ivr.switchboard.prompts.bringing import Judged

AT_ONCE = 2 * LARGEST
"""Bytes of all files that are sent together."""
LONGEST_NAME = 200

CHANGED = "the words were changed since the page was opened. They say now"

_ONE = Lock()
"""Judging takes memory by the seconds of a file: one request at a time in a process."""

page = Blueprint("prompts_sent", __name__, url_prefix="/lines/<line>/prompts")


@page.url_value_preprocessor
def _room(endpoint: str | None, _values: object) -> None:
    """Files are larger than forms, for those who may send them; the guard against forged forms reads the body next."""
    if endpoint == "console.prompts_sent.send" and current_user.is_authenticated and current_user.may("publish"):
        request.max_content_length = AT_ONCE + 1_000_000


@page.errorhandler(ManifestError)
def _unreadable(error: ManifestError) -> tuple[str, int]:
    return _stopped(503, f"Nothing was changed: the list of recordings cannot be read. {error}")


@page.errorhandler(OSError)
def _unwritable(error: OSError) -> tuple[str, int]:
    return _stopped(503, f"Nothing was changed: {visible(error.filename or 'the folder')}: {error.strerror or error}.")


@page.errorhandler(413)
def _too_large(_error: HTTPException) -> tuple[str, int]:
    most = f"a file has at most {LARGEST // 10**6} MB, and what is sent together {AT_ONCE // 10**6} MB"
    return _stopped(413, f"Nothing was changed: {most}.")


@page.post("")
@needs("publish")
def send(line: str) -> Response | tuple[str, int]:
    """Judges what was sent. What fits can be heard, and then kept."""
    it = known_line(line)
    sent = [(_name(file), _reader(file)) for file in request.files.getlist("files") if file.filename]
    text = chosen_text(it) if request.form.get("address") else None
    if not sent or (text is not None and len(sent) > 1):
        refused = "Choose a file first." if not sent else "Choose one file: this is one text."
        return (text_page(it, text, refused) if text else _review(it, (), refused=refused)), 422
    judged = _judged(it, sent, text)
    if any(one.fits for one in judged):
        token = heaps.lay_by(office().settings.data, line, myself().id, judged)
        return redirect(url_for("console.prompts_sent.heard", line=line, token=token), 303)
    code = 409 if any(CHANGED in one.problem for one in judged) else 422
    if text is not None:
        return text_page(it, text, f"{judged[0].problem}.", judged[0].file), code
    return _review(it, heaps.uploads_of(judged)), code


@page.get("/sent/<token>")
def heard(line: str, token: str) -> str:
    """What was sent, as callers would hear it, to be kept or thrown away."""
    return _review(known_line(line), _heap(line, token).uploads, token)


@page.get("/sent/<token>/<int:number>.wav")
def audio(line: str, token: str, number: int) -> Response:
    """The audio that would be kept, or a range of it."""
    _heap(line, token)
    folder = heaps.folder_of(office().settings.data, token).absolute()
    return media(send_from_directory(folder, f"{number}.wav", mimetype="audio/wav", conditional=True, max_age=None))


@page.post("/sent/<token>")
@needs("publish")
def keep(line: str, token: str) -> str | Response | tuple[str, int]:
    """Keeps what was chosen of it, or throws all of it away."""
    from ivr.switchboard.prompts import bringing

    it, heap = known_line(line), _heap(line, token)
    if request.form.get("away"):
        heaps.forget(office().settings.data, token)
        flash("Thrown away. Nothing was changed.")
        return redirect(url_for("console.prompts.index", line=line))
    numbers = {int(one) for one in request.form.getlist("keep") if one.isdecimal() and len(one) < 6}
    chosen = {number: one for number, one in enumerate(heap.uploads) if number in numbers and one.fits}
    texts = _texts(it)
    if not chosen:
        return _review(it, heap.uploads, token, "Choose what shall be kept."), 422
    if any(texts.get(one.place) is None or not one.is_for(texts[one.place]) for one in chosen.values()):
        return _review(it, heap.uploads, token, "Nothing was kept: words were changed meanwhile, see below."), 409
    of = {number: (one, texts[one.place]) for number, one in chosen.items()}
    seen = {text.path: request.form.get(f"seen {number}", "") for number, (_, text) in of.items()}
    try:
        judged = list(heaps.judged_again(office().settings.data, token, of))
        kept = bringing.keep(judged, office().settings.recordings, seen=seen)
    except Overtaken as overtaken:
        return _review(it, heap.uploads, token, f"Nothing was kept: {overtaken}. Hear it below."), 409
    office().audit.note(myself().name, "recordings_kept", line=line, number=str(len(kept)), recordings=", ".join(kept))
    heaps.forget(office().settings.data, token)
    flash(f"{'1 recording is' if len(kept) == 1 else f'{len(kept)} recordings are'} kept. {_from_when(it, of)}")
    first = next(iter(of.values()))[1]
    place = {"address": first.address, "variant": first.variant, "language": first.language} if len(of) == 1 else {}
    return redirect(url_for(f"console.prompts.{'one' if place else 'index'}", line=line, **place))  # type: ignore[arg-type]


@page.post("/away")
@needs("publish")
def away(line: str) -> Response | tuple[str, int]:
    """Takes a text's own recording away again: the text is spoken, or played from another with the same words."""
    from ivr.switchboard.prompts import bringing

    it = known_line(line)
    text = chosen_text(it)
    if standing_of(text).file != text.path:
        abort(404)
    try:
        bringing.drop([text.path], office().settings.recordings, seen={text.path: request.form.get("seen", "")})
    except Overtaken as overtaken:
        return text_page(it, text, f"Nothing was taken away: {overtaken}. Hear it below."), 409
    office().audit.note(myself().name, "recording_taken_away", line=line, recording=text.path)
    flash(f"The recording is taken away. {prompts_shown.SAYS[standing_of(text).state]}")
    where = {"address": text.address, "variant": text.variant, "language": text.language}
    return redirect(url_for("console.prompts.one", line=line, **where))  # type: ignore[arg-type]


def _judged(
    it: LineNow, sent: Sequence[tuple[PurePosixPath, Callable[[], bytes]]], text: PromptText | None
) -> list[Judged]:
    """What becomes of each file. For words that are not those that the sender had read, nothing does."""
    from ivr.switchboard.prompts import bringing

    language, read_as = request.form.get("language", ""), set(request.form.get("read_as", "").split())
    flow = flow_of(it)
    if language not in flow.languages:
        abort(400)
    with _ONE:
        if text is None:
            judged = bringing.judge_heap(sent, list(texts_of(flow)), language)
        else:
            name, reads = sent[0]
            try:
                judged = [bringing.judge(reads(), text, str(name))]
            except UnfitError as error:
                judged = [bringing.Judged(str(name), text, problem=str(error))]
    return [
        bringing.Judged(one.file, one.text, problem=f"{CHANGED}: “{one.text.words}”")
        if one.text and not one.problem and prompts_shown.mark(one.text) not in read_as
        else one
        for one in judged
    ]


def _review(it: LineNow, uploads: Sequence[Upload], token: str = "", refused: str = "") -> str:
    """What was sent, file by file: with the words, what is there now, and whether it can be kept."""
    texts, recorded = _texts(it), manifest.read(office().settings.recordings)
    rows = []
    for number, one in enumerate(uploads):
        text = texts.get(one.place)
        problem = one.problem
        if one.fits and (text is None or not one.is_for(text)):
            problem = f"{CHANGED}: “{text.words}”" if text else "the line has no such text any more"
        own = recorded.get(text.path) if text else None
        rows.append((number, one, text, problem, own))
    return show(
        "console/prompts_sent.html",
        line=it.name,
        it=it,
        rows=rows,
        fit=sum(one.fits and not problem for _, one, _, problem, _ in rows),
        token=token,
        refused=refused,
    )


def _texts(it: LineNow) -> Mapping[tuple[str, int, str], PromptText]:
    """The texts of the line, by address, variant and language."""
    return {(one.address, one.variant, one.language): one for one in texts_of(flow_of(it))}


def _from_when(it: LineNow, kept: Mapping[int, tuple[Upload, PromptText]]) -> str:
    """From when callers hear what was kept."""
    live = {prompts_shown.mark(text) for text in texts_of(it.live_flow)} if it.live_flow else set()
    if all(prompts_shown.mark(text) in live for _, text in kept.values()):
        return "Callers hear it from now on."
    return "Callers hear it where these words are live; publish the line for the rest."


def _heap(line: str, token: str) -> Heap:
    """The heap, if it is theirs; else 404."""
    found = heaps.find(office().settings.data, token)
    return found if found and found.line == line and found.who == myself().id else abort(404)


def _name(file: FileStorage) -> PurePosixPath:
    """What the file is called where it comes from: its folders may name the language. Nothing is opened by it."""
    return PurePosixPath(visible(file.filename or "")[-LONGEST_NAME:])


def _reader(file: FileStorage) -> Callable[[], bytes]:
    def reads() -> bytes:
        size = file.stream.seek(0, 2)
        if size > LARGEST:
            raise UnfitError(f"too large: {size / 1e6:.0f} MB, and {LARGEST / 1e6:.0f} MB are the most")
        file.stream.seek(0)
        return file.stream.read()

    return reads


def _stopped(code: int, words: str) -> tuple[str, int]:
    return render_template("people/error.html", code=code, words=words), code
