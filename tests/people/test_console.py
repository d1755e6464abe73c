"""The console for ops: what is live, editing without losing anything, publishing, and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Visitor

from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.publish import Publisher
from ivr.web.people.office import Office

LINE = """\
# A line of two languages; this comment stays.
line: Corner Shop
numbers: ["+15005550006"]
timezone: America/Chicago
languages: [en-US, es-MX]   # both, everywhere
start: hello
operator: bye
steps:
  hello:
    menu:
      1 -> news:
        en-US: To hear the news
        es-MX: Para escuchar las noticias
      2 -> bye:
        say:
          en-US: "To hang up"
          es-MX: 'Para colgar'
  news:
    say:
      - en-US: >-
          The shop is open
          all day.
        es-MX: La tienda abre todo el día.
      - en-US: Open all day.
        es-MX: Abre todo el día.
    go: bye
  bye:
    say:
      en-US: Goodbye.
      es-MX: Adiós.
    go: hangup
"""

SignedIn = Callable[..., Visitor]


@pytest.fixture
def shop(office: Office) -> Path:
    """Give the file of a line that is live."""
    path = office.settings.menus / "shop.yaml"
    path.write_text(LINE, "utf-8")
    Publisher(Versions(office.engine), office.redis, utc_now).publish(path, who="olga", why="the first")
    return path


@pytest.fixture
def ops(signed_in: SignedIn, shop: Path) -> Visitor:
    """Give somebody who edits and publishes."""
    return signed_in("otto", "ops")


def read_as(page: str) -> str:
    """The mark of what a page read."""
    found = re.search(r'name="read_as" value="([^"]+)"', page)
    assert found
    return found[1]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


def test_smoke(ops: Visitor, shop: Path) -> None:
    """X."""
    for path in (
        "",
        "/lines/shop",
        "/files",
        "/files/shop.yaml",
        "/words/shop.yaml",
        "/lines/shop/try",
        "/lines/shop/publish",
        "/audit",
    ):
        answer = ops.get(f"/console{path}")
        print(path, answer.status_code)
        assert answer.status_code == 200, answer.get_data(as_text=True)
