"""The page of reports says of each export what its columns are."""

from __future__ import annotations

import pytest
from examples import DOCS
from test_docs_complete import section

from ivr.reports.export_columns import EXPORTS, Export

PAGE = (DOCS / "reports.md").read_text("utf-8")


@pytest.mark.parametrize("export", EXPORTS.values(), ids=lambda it: it.name)
def test_each_column_is_documented(export: Export) -> None:
    """In its order, with its words, and no other."""
    rows = [line for line in section(PAGE, f"`{export.name}`").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{column.name}` | {column.words} |" for column in export.columns]
