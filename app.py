"""The WSGI door: `app:app` is the whole service for any WSGI server, `app:voice` the half that carriers call.

The settings come from the environment; docs/operations.md lists them. `ivr serve` does all of it by itself.
"""

from ivr.web import create_app

app = create_app()
voice = app
