"""All pages of the console, behind one guard."""

from __future__ import annotations

from flask import Blueprint

from ivr.web.console import (
    audit,
    comparing,
    days,
    files,
    hours,
    lines,
    notices,
    numbers,
    picture,
    prompts,
    prompts_sent,
    publishing,
    retiring,
    trial,
    trying,
    words,
)
from ivr.web.people.guard import needs

console = Blueprint("console", __name__, url_prefix="/console")

for page in (
    lines, picture, notices, days, hours, files, words, prompts, prompts_sent,
    publishing, trying, audit, trial, retiring, comparing, numbers,
):  # fmt: skip
    console.register_blueprint(page.page)

# Of all pages at once: none can forget it. Whatever changes something needs `publish` beside it.
console.before_request(needs("console")(lambda: None))
