"""Flask without what this service never uses, for the webhook that somebody on the phone waits for.

Flask routes each request and calls its view. What is left out is what it would look for beside that: a server name
and subdomains, and headers that a finished document could still lack.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, Response
from werkzeug.datastructures import Headers
from werkzeug.routing import MapAdapter


class LeanFlask(Flask):
    """An application whose addresses are the same whatever host is asked."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What matches the path of a request; None outside of one, where no address can be made."""
        if request is None:
            return None
        environ = request.environ
        return MapAdapter(
            self.url_map,
            server_name=environ.get("HTTP_HOST") or environ["SERVER_NAME"],
            script_name=environ.get("SCRIPT_NAME", "") + "/",
            subdomain="",
            url_scheme=environ["wsgi.url_scheme"],
            path_info=request.path,
            default_method=environ["REQUEST_METHOD"],
            query_args=environ.get("QUERY_STRING", ""),
        )


class Document(Response):
    """A response of which all is known when it is made."""

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:  # noqa: ARG002 - werkzeug calls it so
        """Its headers, as they are."""
        return self.headers
