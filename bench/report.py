"""The text of a run: printed as it comes, and written into docs/performance.md between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PAGE = Path("docs/performance.md")
END = "<!-- to here -->"


def section(title: str, rows: Sequence[str]) -> str:
    """One part of the text, with its title."""
    return "\n".join([title, "=" * len(title), "", *(row.rstrip() for row in rows), ""])


def write(text: str, page: Path = PAGE, *, of: str = "bench") -> None:
    """Puts the text of that make target between its marks of the page. Raises ValueError where it has none."""
    before, begin, rest = page.read_text("utf-8").partition(f"<!-- make {of} writes from here -->")
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks the marks between which the figures stand")
    page.write_text(f"{before}{begin}\n\n```text\n{text.strip()}\n```\n\n{END}{after}", "utf-8")
