"""All pages of the console, behind one guard."""

from __future__ import annotations

from flask import Blueprint

from ivr.web.console import audit, files, lines, publishing, trying, words
from ivr.web.people.guard import needs

console = Blueprint("console", __name__, url_prefix="/console")

for page in (lines, files, words, publishing, trying, audit):
    console.register_blueprint(page.page)

# Of all pages at once: none can forget it. Whatever changes something needs `publish` beside it.
console.before_request(needs("console")(lambda: None))
