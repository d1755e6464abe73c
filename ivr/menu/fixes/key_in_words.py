"""An option's words without the key at their end: "To talk to us, press 1" becomes "To talk to us"."""

from __future__ import annotations

import re

from ivr.menu.options import KEYS
from ivr.menu.problems import Problem
from ivr.menu.rules.names_key import named_key
from ivr.menu.source import Node


def fix(rows: list[str], root: Node, problem: Problem) -> list[str] | None:
    """The rows with the option at the finding mended in each language; None where the key stands in other places."""
    found = _option(root, problem.line)
    if found is None:
        return None
    key, words = found
    changed = False
    for language, node in words:
        row = rows[node.line - 1]
        if node.text not in row:
            continue  # words over several lines
        for short in [language] if language else ["en", "es", "fr", "de", "pt"]:
            named = named_key(node.text, short)
            if named is None or named[1] != key:
                continue
            new = re.sub(rf"\s*[,;:.]?\s*{re.escape(named[0])}(\s*[.!]?)\s*$", "", node.text)
            if new != node.text and re.search(r"\w", new):
                at = row.index(node.text, min(node.column - 1, len(row)))
                rows[node.line - 1] = row[:at] + new + row[at + len(node.text) :]
                changed = True
                break
    return rows if changed else None


def _option(root: Node, line: int) -> tuple[str, list[tuple[str, Node]]] | None:
    """The key of the option in this line, and its words: each with its language, "" where none is written."""
    steps = root.get("steps")
    for _, step in steps.pairs if steps is not None else ():
        menu = step.get("menu")
        for name, value in menu.pairs if menu is not None else ():
            if name.line == line and "->" in name.text:
                key = KEYS.get(name.text.partition("->")[0].strip())
                say = value.get("say") if value.kind == "map" else None
                return (key, _words(say or value, "")) if key else None
    return None


def _words(node: Node, language: str) -> list[tuple[str, Node]]:
    if node.kind == "scalar":
        return [(language, node)]
    found = [it for item in node.items for it in _words(item, language)]
    return found + [it for name, value in node.pairs for it in _words(value, name.text)]
