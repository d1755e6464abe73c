"""The WSGI doors, for any server: `app:app` is the whole service, `app:voice` the half that carriers call, `app:people`
the half with desk, console and reports. Each is made when it is asked for.

The settings come from the environment; docs/operations.md lists them. `ivr serve` does all of it by itself.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    app: Flask
    voice: Flask
    people: Flask


def __getattr__(name: str) -> "Flask":
    """The door of that name. Raises AttributeError for any other."""
    if name == "voice":
        from ivr.web import create_app

        made = create_app()
    elif name == "people":
        from ivr.web.people import create_people

        made = create_people()
    elif name == "app":
        from ivr.web.whole import create_whole

        made = create_whole()
    else:
        raise AttributeError(name)
    globals()[name] = made
    return made
