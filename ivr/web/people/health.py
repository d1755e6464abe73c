"""Whether this process answers, and whether it has what it needs; for machines."""

from __future__ import annotations

from flask import Blueprint, Response
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ivr.web.people.office import office
from ivr.web.replies import plain

health = Blueprint("people_health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """200 while the process answers at all."""
    return plain("ok", 200)


@health.get("/readyz")
def readyz() -> Response:
    """200 while SQL answers, since people sign in there; 503 else. Redis may be away, and the reply says so."""
    try:
        with office().engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return plain("SQL is away", 503)
    try:
        office().redis.ping()
    except RedisError:
        return plain("ready, but Redis is away", 200)
    return plain("ready", 200)
