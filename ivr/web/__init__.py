"""The web: Flask. `voice` is what carriers call."""

from ivr.web.app import create_app

__all__ = ["create_app"]
