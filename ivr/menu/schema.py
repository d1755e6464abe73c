"""The JSON Schema of a menu file, from the same fields that read it: for editors, and for whoever makes menus.

It describes a file as a YAML library gives it, where `3` is a number, `no` may be false and `9:` a number as
a key. What a schema cannot say (that a destination exists, that each language is there) `ivr check` says.
"""

from __future__ import annotations

from typing import Any

from ivr.menu import shapes
from ivr.menu.flow import Request, Table
from ivr.menu.load import Header
from ivr.menu.shapes import object_schema
from ivr.menu.steps import KINDS, Common, Say

ID = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema, as data."""
    header = object_schema(Header)
    common = object_schema(Common)["properties"]
    kinds = [_step(cls, common) for cls in KINDS.values()]
    say_alone = _step(Say, common)
    say_alone["required"].append("say")
    name = {"propertyNames": {"pattern": f"^{shapes.NAME}$"}}
    properties = header["properties"] | {
        "hours": {
            "type": "object",
            "additionalProperties": shapes.SCALAR,
            "description": "opening hours by name, in OpenStreetMap's opening_hours syntax",
        }
        | name,
        "lookups": {
            "type": "object",
            "additionalProperties": {"anyOf": [object_schema(Table), _request()]},
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
        "title": "A Touchtone menu file",
        "type": "object",
        "properties": properties,
        "required": [*header["required"], "steps"],
        "additionalProperties": False,
    }


def _step(cls: type, common: dict[str, Any]) -> dict[str, Any]:
    described = object_schema(cls)
    return described | {
        "properties": common | described["properties"],
        "description": (cls.__doc__ or "").split("\n")[0],
    }


def _request() -> dict[str, Any]:
    return object_schema(Request) | {"oneOf": [{"required": ["get"]}, {"required": ["post"]}]}
