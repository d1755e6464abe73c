"""What the phone's tests share: a line to call."""

from collections.abc import Iterator

import pytest
from little_line import Line, little_line


@pytest.fixture
def line() -> Iterator[Line]:
    """A line on a free port of this machine."""
    with little_line() as made:
        yield made
