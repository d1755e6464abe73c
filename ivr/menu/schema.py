"""The JSON Schema of a menu file, from the same fields that read it: for editors, and for whoever makes menus.

It describes a file as a YAML library gives it, where `3` is a number, `no` may be false and `9:` a number as
a key. What a schema cannot say (that a destination exists, that each language is there) `ivr check` says.
"""

from __future__ import annotations

from typing import Any

from ivr.menu import shapes
from ivr.menu.flow import Request, Table
from ivr.menu.header import Header
from ivr.menu.pieces import PieceHeader
from ivr.menu.reader import name_of
from ivr.menu.shapes import object_schema
from ivr.menu.steps import KINDS, Common, Run, Say

ID = "https://json-schema.org/draft/2020-12/schema"

HOURS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": shapes.SCALAR | {"description": 'such as "Mo-Fr 08:00-18:00; PH off"'},
    "description": "opening hours by name, in OpenStreetMap's opening_hours syntax",
}


def schema() -> dict[str, Any]:
    """The schema of a line's file, as data."""
    return _file(object_schema(Header), "A Touchtone menu file", "One phone line: what callers hear, where keys lead.")


def piece_schema() -> dict[str, Any]:
    """The schema of a piece's file, as data."""
    return _file(object_schema(PieceHeader), "A Touchtone piece", "Steps that lines run: what they need and give.")


def _file(header: dict[str, Any], title: str, description: str) -> dict[str, Any]:
    common = object_schema(Common)["properties"]
    kinds = [_step(cls, common) for cls in KINDS.values()]
    say_alone = _step(Say, common)
    say_alone["required"].append("say")
    name = {"propertyNames": {"pattern": f"^{shapes.NAME}$"}}
    properties = header["properties"] | {
        "hours": HOURS | name,
        "lookups": {
            "type": "object",
            "additionalProperties": {"anyOf": [object_schema(Table) | {"description": name_of(Table)}, _request()]},
            "description": "look-ups by name: in a table beside the menu, or over HTTP",
        }
        | name,
        "steps": {
            "type": "object",
            "additionalProperties": {"anyOf": [*kinds, say_alone]},
            "minProperties": 1,
            "description": "the places of the line, by name",
        }
        | name,
    }
    return {
        "$schema": ID,
        "title": title,
        "description": description,
        "type": "object",
        "properties": properties,
        "required": [*header["required"], "steps"],
        "additionalProperties": False,
    }


def _step(cls: type, common: dict[str, Any]) -> dict[str, Any]:
    """A kind of step, with what every step can have."""
    described = object_schema(cls)
    if cls is Run:  # each outcome of the piece is a key
        taken = "|".join((*described["properties"], *common))
        described["patternProperties"] = {f"^(?!({taken})$){shapes.NAME}$": shapes.destination.schema}
    return described | {"properties": described["properties"] | common, "description": name_of(cls)}


def _request() -> dict[str, Any]:
    """A look-up over HTTP: to one address, and with a body only where it is posted."""
    get = {"required": ["get"], "not": {"anyOf": [{"required": ["post"]}, {"required": ["body"]}]}}
    post = {"required": ["post"], "not": {"required": ["get"]}}
    return object_schema(Request) | {"oneOf": [get, post], "description": name_of(Request)}
