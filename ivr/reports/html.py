"""A report as a page of HTML: one file, its styles with each element, as mail programs want it; it prints well."""

from __future__ import annotations

from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from ivr.reports.report import Report
from ivr.reports.wording import HEADS, cells, empty_words, only, settings, spoken_span

_templates = Environment(
    loader=PackageLoader("ivr.reports"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(it: Report, made_at: datetime) -> str:
    """The page. It refers to nothing outside."""
    made = made_at.astimezone(it.zone).strftime("%Y-%m-%d %H:%M")
    words = {"span": spoken_span(it), "only": only(it), "empty": empty_words(it) if it.empty else "", "made": made}
    return _templates.get_template("report.html").render(it=it, heads=HEADS, cells=cells, settings=settings, **words)
