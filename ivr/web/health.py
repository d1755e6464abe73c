"""For machines: whether this process lives."""

from __future__ import annotations

from flask import Blueprint, Response

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """200 as long as the process answers, whatever else is away."""
    return Response("ok\n", mimetype="text/plain")
