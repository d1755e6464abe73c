"""The JSON Schema of a team file, from the same fields that read it, for editors."""

from __future__ import annotations

from typing import Any

from ivr.menu import shapes
from ivr.menu.schema import HOURS, ID
from ivr.menu.shapes import object_schema
from ivr.menu.team import Agent, Queue, TeamTop


def schema() -> dict[str, Any]:
    """The schema, as data."""
    name = {"propertyNames": {"pattern": f"^{shapes.NAME}$"}}
    agent = object_schema(Agent)
    agent |= {"oneOf": [{"required": [way]} for way in ("phone", "sip", "client")], "description": "an agent"}
    queue = object_schema(Queue)
    queue |= {"anyOf": [{"required": ["agents"]}, {"required": ["skill"]}], "description": "a queue"}
    sections: dict[str, Any] = {
        "hours": HOURS,
        "agents": {"type": "object", "additionalProperties": agent, "description": "who serves callers, by name"},
        "queues": {"type": "object", "additionalProperties": queue, "description": "where callers wait, by name"},
    }
    return {
        "$schema": ID,
        "title": "A Touchtone team file",
        "description": "The agents and queues that all lines share.",
        "type": "object",
        "properties": object_schema(TeamTop)["properties"] | {word: it | name for word, it in sections.items()},
        "required": ["agents", "queues"],
        "additionalProperties": False,
    }
