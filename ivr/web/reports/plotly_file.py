"""plotly.min.js, as it comes in its wheel: for pages with plots, once a browser and release."""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for

page = Blueprint("plotly", __name__)


@cache
def _script() -> bytes:
    spec = find_spec("plotly")  # to import it would cost what nobody needs here
    if spec is None or spec.origin is None:
        raise FileNotFoundError("plotly is not installed")
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()


@cache
def _zipped() -> bytes:
    return gzip.compress(_script(), 6, mtime=0)


@cache
def _release() -> str:
    return version("plotly")


@cache
def map_sheet() -> str:
    """The id of the style element in which plotly looks for its style of maps, and which it makes where it is missing.

    We draw no maps, and the style is refused: an element that has the id already keeps it quiet.
    """
    found = re.search(rb'getElementById\("([0-9a-f]{64})"\)', _script())
    return found[1].decode() if found else "plots"


def plotly_url() -> str:
    """Where the script is: another release is another address, so a browser may keep it."""
    return url_for("reports.plotly.script", release=_release())


@page.get("/plotly-<release>.min.js")
def script(release: str) -> Response:
    """The script, compressed where the browser takes that."""
    if release != _release():
        abort(404)
    zipped = request.accept_encodings["gzip"] > 0
    answer = Response(_zipped() if zipped else _script(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    answer.headers["Vary"] = "Accept-Encoding"
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    return answer
