"""The audio of messages for carriers, while an agent hears them by phone: by an address that few minutes outlive."""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_from_directory
from sqlalchemy.exc import SQLAlchemyError

from ivr.web.door import parts

message_audio = Blueprint("message_audio", __name__)


@message_audio.get("/messages/<token>.wav")
def audio(token: str) -> Response:
    """The audio of the message that the token opens to. Nobody but the caller on the phone may keep it."""
    here = parts()
    id_ = here.message_audio.opened(token)
    try:
        message = here.messages.get(id_) if id_ is not None else None
    except SQLAlchemyError:
        abort(503)
    if message is None or message.audio != "kept" or not message.file:
        abort(404)
    folder = (here.settings.data / "messages").absolute()
    response = send_from_directory(folder, message.file, mimetype="audio/wav", conditional=True, max_age=None)
    response.headers["Cache-Control"] = "private, no-store"
    return response
