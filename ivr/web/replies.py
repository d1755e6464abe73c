"""What goes back: TwiML documents, and lines of text for what is none of ours."""

from __future__ import annotations

from flask import Response
from werkzeug.exceptions import HTTPException

from ivr.web.lean import Document


def document(text: str) -> Response:
    """A TwiML document: "a wrong type is error 12300"."""
    return Document(text, content_type="text/xml; charset=utf-8")


def plain(message: str, status: int) -> Response:
    """A line of text."""
    return Response(message + "\n", status=status, mimetype="text/plain")


def not_here(error: HTTPException) -> Response:
    """An address or method that is none of ours, in a line of text."""
    return plain(error.name.lower(), error.code or 500)
