"""The text of a run: printed as it comes, and written into docs/performance.md between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PAGE = Path("docs/performance.md")
BEGIN = "<!-- make bench writes from here -->"
END = "<!-- to here -->"


def section(title: str, rows: Sequence[str]) -> str:
    """One part of the text, with its title."""
    return "\n".join([title, "=" * len(title), "", *(row.rstrip() for row in rows), ""])


def write(text: str, page: Path = PAGE) -> None:
    """Puts the text between the marks of the page. Raises ValueError where it has none."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks the marks between which the figures stand")
    page.write_text(f"{before}{BEGIN}\n\n```text\n{text.strip()}\n```\n\n{END}{after}", "utf-8")
