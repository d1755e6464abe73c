"""What stands around each page of the console: the navigation, and how a moment is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

SECTIONS: tuple[tuple[str, str], ...] = (
    ("lines", "Lines"),
    ("notices", "Notices"),
    ("days", "Special days"),
    ("files", "Files"),
    ("numbers", "Numbers"),
    ("audit", "Audit trail"),
)
"""The pages of the navigation: blueprint (its first page is `index`) and name."""

LINE_SECTIONS: tuple[tuple[str, str], ...] = (
    ("lines.one", "Overview"),
    ("picture.index", "Picture"),
    ("files.edit", "Edit"),
    ("words.edit", "Words"),
    ("prompts.index", "Prompts"),
    ("trying.index", "Try"),
    ("publishing.index", "Publish"),
    ("trial.index", "Trial"),
    ("hours.index", "Hours"),
)
"""The pages of a line: endpoint and name. One of a file takes its name, the others the line's."""


def show(template: str, *, line: str | None = None, name: str | None = None, **words: Any) -> str:
    """A page of the console; one about a line, or about a file, has the navigation of that."""
    about = line or (name.removesuffix(".yaml") if name and "/" not in name else None)
    return render_template(
        template,
        line=about,
        name=name or (f"{line}.yaml" if line else None),
        sections=[(title, url_for(f"console.{it}.index"), _is_here(it, about)) for it, title in SECTIONS],
        line_sections=[(title, _address(it, about), it == _endpoint()) for it, title in LINE_SECTIONS] if about else [],
        **words,
    )


def _address(endpoint: str, line: str) -> str:
    about = {"name": f"{line}.yaml"} if endpoint.partition(".")[0] in ("files", "words") else {"line": line}
    return url_for(f"console.{endpoint}", **about)  # type: ignore[arg-type]


def _endpoint() -> str:
    found = (request.endpoint or "").removeprefix("console.").replace(".save", ".edit")
    return "prompts.index" if found.startswith("prompts") else found


def _is_here(section: str, line: str | None) -> bool:
    return section == "lines" if line else request.blueprint == f"console.{section}"


def moment(at: datetime, zone: ZoneInfo | None = None) -> str:
    """A moment for people, by the clock of the line: Sun 22 Nov 2026, 09:45."""
    local = at.astimezone(zone or UTC)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}{'' if zone else ' UTC'}"
