"""All pages of the reports, behind one guard."""

from __future__ import annotations

from flask import Blueprint

from ivr.web.people.guard import needs
from ivr.web.reports import agents, calls, downloads, figures, flow, overview, plotly_file, queues, voice
from ivr.web.reports.frame import careful, refused
from ivr.web.reports.known_names import KnownNames
from ivr.web.reports.problems import BadFilters

reports = Blueprint("reports", __name__, url_prefix="/reports")

for page in (overview, flow, queues, agents, voice, calls, figures, downloads, plotly_file):
    reports.register_blueprint(page.page)

# Of all pages at once: none can forget it.
reports.before_request(needs("reports")(lambda: None))
reports.after_request(careful)
reports.register_error_handler(BadFilters, refused)


@reports.record_once
def _keep(state: object) -> None:
    state.app.extensions["ivr_names"] = KnownNames()  # type: ignore[attr-defined]
