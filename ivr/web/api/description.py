"""The API's description in OpenAPI 3.1, made of what requests are checked by and answers written by."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ivr.web.api.asked import HIDDEN, OfCalls
from ivr.web.api.problems import KINDS, TYPE, Problem
from ivr.web.api.requests import REQUESTS, SID, Request

_REF = "#/components/schemas/{model}"

_WORDS = (
    "Read-only: key figures, calls, answers to surveys, lines. Numbers of callers are masked, and a token hears and "
    "unmasks nothing. Moments are in UTC. An error is a problem (RFC 9457) whose errors say where and what."
)


@cache
def description() -> dict[str, Any]:
    """All of it."""
    answers, of_answers = _schemas([Problem, *(it.gives for it in REQUESTS)], "serialization")
    asked, of_asked = _schemas([it.asks for it in REQUESTS], "validation")
    named = {name: schema for name, schema in of_asked.items() if "properties" not in schema}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Touchtone reports", "version": "1", "description": _WORDS},
        "servers": [{"url": "/api"}],
        "security": [{"token": []}],
        "paths": {it.path: {"get": _operation(it, of_asked, asked, answers)} for it in REQUESTS},
        "components": {
            "schemas": dict(sorted((of_answers | named).items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`ivr token new NAME` makes one."}
            },
        },
    }


def _operation(
    it: Request, of_asked: dict[str, Any], asked: dict[type[BaseModel], Any], answers: dict[type[BaseModel], Any]
) -> dict[str, Any]:
    schema = of_asked[asked[it.asks]["$ref"].rpartition("/")[2]]
    parameters = [_parameter(name, one) for name, one in schema.get("properties", {}).items() if name not in HIDDEN]
    if it.sid:
        words = "The carrier's name of the call."
        sid = {"name": "sid", "in": "path", "required": True, "description": words}
        parameters.insert(0, sid | {"schema": {"type": "string", "pattern": SID}})
    findable = it.sid or issubclass(it.asks, OfCalls)
    statuses = [status for status in KINDS if status != 405 and (status != 404 or findable)]
    return {
        "operationId": it.name,
        "summary": it.words,
        "parameters": parameters,
        "responses": {
            "200": {"description": it.gives.__doc__, "content": _content("application/json", answers[it.gives])},
            **{str(status): _refusal(status, answers[Problem]) for status in statuses},
        },
    }


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter. Null is nothing that a query can say: what may be missing is left out."""
    schema = dict(schema)
    words = schema.pop("description", "")
    if "anyOf" in schema:
        real = [one for one in schema.pop("anyOf") if one.get("type") != "null"]
        schema = real[0] | {name: value for name, value in schema.items() if name == "examples"}
    if schema.get("default", "") in (None, []):
        del schema["default"]
    schema.pop("title", None)
    found = {"name": name, "in": "query", "required": False, "description": words, "schema": schema}
    return found | ({"explode": True, "style": "form"} if schema.get("type") == "array" else {})


def _refusal(status: int, ref: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"description": KINDS[status][0], "content": _content(TYPE, ref)}
    needed = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
    if name := needed.get(status):
        kind = "string" if status == 401 else "integer"
        found["headers"] = {name: {"required": True, "schema": {"type": kind}}}
    return found


def _content(type_: str, ref: dict[str, Any]) -> dict[str, Any]:
    return {type_: {"schema": ref}}


def _schemas(models: list[type[BaseModel]], mode: Any) -> tuple[dict[type[BaseModel], Any], dict[str, Any]]:
    """Where each model stands, and all schemas by name."""
    found, whole = models_json_schema([(it, mode) for it in dict.fromkeys(models)], ref_template=_REF)
    refs = {model: found[model, mode] for model in models}
    return refs, whole.get("$defs", {})
