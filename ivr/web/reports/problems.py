"""Filters that make no sense: which of them, and why."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.exceptions import BadRequest


class BadFilters(BadRequest):
    """What is wrong, by the parameter's name, in words for whoever wrote the URL."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in problems.items()))
        self.problems = dict(problems)


def bad(name: str, words: str) -> BadFilters:
    """One parameter that makes no sense; raise it."""
    return BadFilters({name: words})
