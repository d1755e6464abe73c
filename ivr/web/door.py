"""What the routes work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from ivr.switchboard.wiring import Parts


@dataclass(frozen=True, slots=True)
class Door:
    """The collaborators of one process."""

    parts: Parts

    @property
    def close(self) -> Callable[[], None]:
        """Ends what the collaborators hold open."""
        return self.parts.close


def parts() -> Parts:
    """The collaborators of the application that answers this request."""
    door = current_app.extensions["ivr"]
    assert isinstance(door, Door)  # noqa: S101 - create_app puts it there
    return door.parts
