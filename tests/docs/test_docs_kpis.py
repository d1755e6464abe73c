"""The page of key figures says of each what its data say."""

from __future__ import annotations

import pytest
from examples import DOCS
from test_docs_complete import section

from ivr.reports import KPIS, Kpi
from ivr.reports.figure import Unit
from ivr.reports.wording import setting

PAGE = (DOCS / "kpis.md").read_text("utf-8")

UNITS: dict[Unit, str] = {
    "share": "a share",
    "seconds": "an average in seconds",
    "score": "a score from -100 to 100",
    "number": "a number",
    "total": "seconds in all",
}


@pytest.mark.parametrize("kpi", KPIS, ids=lambda it: it.name)
def test_each_figure_is_documented(kpi: Kpi) -> None:
    """Its name, formula, source, and each parameter with its default and words, as they stand in the code."""
    text = " ".join(section(PAGE, kpi.title).split())
    assert f"`{kpi.name}`, {UNITS[kpi.unit]}, of each {kpi.of}." in text
    assert kpi.formula in text
    assert kpi.source in text
    for it in kpi.parameters:
        assert f"| `{it.name}` | {setting(it.default)} | {it.words} |" in text
