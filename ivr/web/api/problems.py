"""Errors as programs read them: problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field

TYPE = "application/problem+json"


class Mistake(BaseModel):
    """One thing that makes no sense in a request."""

    where: Annotated[str, Field(description="the parameter")]
    words: Annotated[str, Field(description="what is wrong with it, and what to write instead")]


class Problem(BaseModel):
    """An error: what `title` and `status` say is the same for each error of the kind."""

    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(description="what to do about it")]
    errors: Annotated[list[Mistake], Field(description="what in the request makes no sense, or names nothing")] = []


KINDS: Mapping[int, tuple[str, str]] = {
    400: ("The request makes no sense", "See errors: each says where and what."),
    401: ("A token is wanted", "Send the header Authorization: Bearer TOKEN, with a token that is good."),
    404: ("There is nothing here", "Nothing has this name. See errors, where there are any."),
    405: ("That cannot be done here", "This API is read with GET alone."),
    406: ("It is there as JSON alone", "Accept application/json."),
    429: ("Too much at once", "Ask again after the seconds of Retry-After."),
    500: ("Something went wrong here", "It was logged. The phone line is not affected."),
    503: ("The data cannot be reached just now", "The phone line goes on. Ask again later."),
}
"""Title and detail of each status that there is."""


class Refused(Exception):  # noqa: N818 - it says what is the case
    """A request that is not served: with which status, and what is wrong in it."""

    def __init__(self, status: int, errors: Sequence[Mistake] = ()) -> None:
        super().__init__(KINDS[status][0])
        self.status = status
        self.errors = list(errors)


def problem(status: int, errors: Sequence[Mistake] = ()) -> Response:
    """The answer that says so; a status that is none of ours is a 500 or, below it, a 400."""
    status = status if status in KINDS else 500 if status >= 500 else 400
    title, detail = KINDS[status]
    body = Problem(title=title, status=status, detail=detail, errors=list(errors))
    response = Response(body.model_dump_json(), status, mimetype=TYPE)
    match status:
        case 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        case 429:
            response.headers["Retry-After"] = "1"
        case 503:
            response.headers["Retry-After"] = "10"
    return response
