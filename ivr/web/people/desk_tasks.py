"""What waits for a person at the desk: messages to hear and resolve, callbacks to watch and cancel."""

from __future__ import annotations

from flask import Blueprint, abort, request, send_from_directory
from werkzeug.wrappers import Response

from ivr.store.callbacks import Callback
from ivr.store.messages import Message
from ivr.web.people.desk_polled import done, refused
from ivr.web.people.desk_state import reach
from ivr.web.people.guard import myself, needs
from ivr.web.people.listening import begins_listening
from ivr.web.people.office import office

LONGEST_NOTE = 1000

tasks = Blueprint("tasks", __name__)


@tasks.get("/desk/messages/<int:id_>.wav")
@needs("desk")
def audio(id_: int) -> Response:
    """The audio of a message, or a range of it, for who works through its box. Each listening is noted."""
    message = _message(id_)
    if message.audio != "kept" or not message.file:
        abort(404)
    folder = (office().settings.data / "messages").absolute()
    response = send_from_directory(folder, message.file, mimetype="audio/wav", conditional=True, max_age=None)
    if response.status_code < 300 and begins_listening(f"message {id_}"):
        _note("message_heard", message=str(id_), box=message.box)
    return response


@tasks.post("/desk/messages/<int:id_>/resolve")
@needs("desk")
def resolve(id_: int) -> Response:
    """Somebody did what the message asks for; a note says what."""
    message, note = _message(id_), request.form.get("note", "").strip()[:LONGEST_NOTE]
    if not office().messages.resolve(id_, myself().name, note, office().clock()):
        return refused("Somebody resolved it a moment ago.")
    _note("message_resolved", message=str(id_), box=message.box)
    return done("Resolved.")


@tasks.post("/desk/messages/<int:id_>/reopen")
@needs("desk")
def reopen(id_: int) -> Response:
    """It is a task again."""
    message = _message(id_)
    if not office().messages.reopen(id_):
        return refused("It is open already.")
    _note("message_reopened", message=str(id_), box=message.box)
    return done("It is open again.")


@tasks.post("/desk/callbacks/<path:id_>/cancel")
@needs("desk")
def cancel(id_: str) -> Response:
    """Nobody is called back: in every state but those in which it is over, or somebody talks."""
    callback = _callback(id_)
    why = request.form.get("why", "").strip()[:200] or "cancelled at the desk"
    if not office().callbacks.cancel(callback.id, myself().name, why, office().clock()):
        return refused("It is over, or they are talking already.")
    _note("callback_cancelled", callback=callback.id, queue=callback.queue)
    return done("Cancelled.")


@tasks.post("/desk/callbacks/<path:id_>/number")
@needs("unmask")
def number(id_: str) -> Response:
    """The whole number of an open callback, for who may see it; noted."""
    callback = _callback(id_)
    found = office().numbers.open(callback.number_sealed, callback.id) if callback.number_sealed else None
    if found is None:
        return refused("The number is kept no longer.")
    _note("number_seen", callback=callback.id)
    return done(found)


def _message(id_: int) -> Message:
    message, boxes = office().messages.get(id_), reach(myself())
    if message is None or (boxes is not None and message.box not in boxes):
        abort(404)
    return message


def _callback(id_: str) -> Callback:
    callback, queues = office().callbacks.get(id_), reach(myself())
    if callback is None or (queues is not None and callback.queue not in queues):
        abort(404)
    return callback


def _note(did: str, **about: str) -> None:
    office().audit.note(myself().name, did, **about)
