"""What goes back: TwiML documents, and lines of text for what is none of ours."""

from __future__ import annotations

from flask import Response


def document(text: str) -> Response:
    """A TwiML document: "a wrong type is error 12300"."""
    return Response(text, mimetype="text/xml")


def plain(message: str, status: int) -> Response:
    """A line of text."""
    return Response(message + "\n", status=status, mimetype="text/plain")
