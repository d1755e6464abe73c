"""The page of key figures says of each what its data say."""

from __future__ import annotations

import pytest
from examples import DOCS
from test_docs_complete import section

from ivr.reports import KPIS, Kpi

PAGE = (DOCS / "kpis.md").read_text("utf-8")


@pytest.mark.parametrize("kpi", KPIS, ids=lambda it: it.name)
def test_each_figure_is_documented(kpi: Kpi) -> None:
    """Its name, formula, source, and each parameter with its default and words, as they stand in the code."""
    text = " ".join(section(PAGE, kpi.title).split())
    assert f"`{kpi.name}`, a {kpi.unit}, of each {kpi.of}." in text
    assert kpi.formula in text
    assert kpi.source in text
    for it in kpi.parameters:
        default = {True: "yes", False: "no"}[it.default] if isinstance(it.default, bool) else f"{it.default:g}"
        assert f"| `{it.name}` | {default} | {it.words} |" in text
