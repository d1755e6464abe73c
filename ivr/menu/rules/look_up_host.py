"""A look-up whose server is not written out: a caller's keys must not choose where a request goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.menu.flow import Flow, Request
from ivr.menu.problems import Severity

ID = "look-up-host"
SEVERITY: Severity = "error"

_FIXED = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/|\?|$)")


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each request."""
    for name, source in flow.lookups.items():
        if not isinstance(source, Request):
            continue
        first = source.url.pieces[0] if source.url.pieces else ""
        if not isinstance(first, str) or not _FIXED.match(first):
            method = "get" if source.get else "post"
            message = "an address begins with http:// or https:// and a server that is written out, without <names>"
            yield f".lookups.{name}.{method}", message
